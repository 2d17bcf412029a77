"""What a practice admin sets up of its calendars."""

from . import bringing, calendars, closing, cutover, days, things, visits, working

__all__ = ["bringing", "calendars", "closing", "cutover", "days", "things", "visits", "working"]
