"""The second factor (security.md section 4)."""
