"""What an attacker tries first. The name of each test says the attack."""
