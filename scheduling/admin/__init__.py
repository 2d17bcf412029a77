"""What a practice admin sets up of its calendars."""

from . import calendars, cutover, visits, working

__all__ = ["calendars", "cutover", "visits", "working"]
