"""The audit trail against those who can write to the database (security.md section 3)."""
