"""Days and moments that come from outside: read within the years that a practice can mean, or not at all."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date

FIRST, LAST = 1900, 2199  # years; beyond them a zone's midnight, or the day after, may be no date
OTHER_AGE = f"Choose a year between {FIRST} and {LAST}."


def is_near(day: date) -> bool:
    """Within the years that can be meant."""
    return FIRST <= day.year <= LAST


def near(day: date) -> None:
    """Validator of a day or a moment."""
    if not is_near(day):
        raise ValidationError(OTHER_AGE)


def read_day(text: str) -> date | None:
    """The day of 2026-11-23; None for a text that is none."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and is_near(day) else None


def read_moment(text: str) -> datetime | None:
    """The whole minute of 2026-11-23T16:00Z; None for a text that is none, or says no offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    is_whole = not (moment.second or moment.microsecond)
    return moment if moment.tzinfo and is_whole and is_near(moment) else None
