"""What somebody wishes who waits, in words for a list."""

from datetime import time

from scheduling.models import WaitEntry
from scheduling.models.waiting import EVERY_DAY

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def in_words(entry: WaitEntry) -> str:
    """Mon, Wed, from 9:00 AM, until Dec 12, 24 h notice. Without any wish: Any time."""
    parts = []
    if entry.weekdays != EVERY_DAY:
        parts.append(", ".join(name for day, name in enumerate(DAYS) if entry.weekdays & (1 << day)))
    if entry.from_time:
        parts.append(f"from {_clock(entry.from_time)}")
    if entry.until_time:
        parts.append(f"until {_clock(entry.until_time)}")
    if entry.earliest_on:
        parts.append(f"from {entry.earliest_on:%b} {entry.earliest_on.day}")
    if entry.latest_on:
        parts.append(f"to {entry.latest_on:%b} {entry.latest_on.day}")
    if entry.min_notice_hours:
        parts.append(f"{entry.min_notice_hours} h notice")
    if entry.telehealth_ok:
        parts.append("video is fine")
    return ", ".join(parts) or "Any time"


def _clock(wall: time) -> str:
    return f"{wall:%I:%M %p}".lstrip("0")
