"""What a practice admin sets up of its calendars."""

from . import calendars, visits, working

__all__ = ["calendars", "visits", "working"]
