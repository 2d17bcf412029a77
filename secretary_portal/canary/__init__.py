"""Patients that nobody treats, and the daily look for what they left where no health data may be."""
