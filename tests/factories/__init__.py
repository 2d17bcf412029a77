"""Rows for tests, without surprises: every value that matters to a test is given by the test."""
