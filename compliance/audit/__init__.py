"""What was read and changed, by whom (security.md section 3)."""
