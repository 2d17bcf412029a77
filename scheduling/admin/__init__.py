"""What a practice admin sets up of its calendars."""

from . import bringing, calendars, cutover, visits, working

__all__ = ["bringing", "calendars", "cutover", "visits", "working"]
