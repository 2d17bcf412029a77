"""Health data is sealed, and opening it is recorded (security.md section 2)."""
