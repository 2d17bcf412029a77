"""What a practice admin sets up of its calendars."""

from . import calendars, visits

__all__ = ["calendars", "visits"]
