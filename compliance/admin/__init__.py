"""What a practice admin sets up on the floor."""

from . import people, practice

__all__ = ["people", "practice"]
