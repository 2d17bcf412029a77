"""What an attacker tries first (security.md section 8); docs/security.md is the table of all."""
