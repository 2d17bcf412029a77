"""Argon2 that counts how often it ran; cheap, so that many may run."""

from typing import ClassVar

from django.contrib.auth.hashers import Argon2PasswordHasher


class Counting(Argon2PasswordHasher):
    """Each run is one in `runs`: hashing a new password, or checking one."""

    time_cost, memory_cost, parallelism = 1, 64, 1
    runs: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.runs.append("encode")
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        self.runs.append("verify")
        return super().verify(password, encoded)


def compared() -> int:
    """How many passwords were compared with somebody's own."""
    return Counting.runs.count("verify")
