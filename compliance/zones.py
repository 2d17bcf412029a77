"""Time zones by their IANA names."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def validate_zone(name: str) -> None:
    """Refuse a zone that does not exist, in words."""
    if name not in _names():
        raise ValidationError(f"There is no time zone “{name}”. Choose one like America/Chicago.")


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name."""
    return ZoneInfo(name)


_SPOKEN = {"E": "Eastern", "C": "Central", "M": "Mountain", "P": "Pacific", "AK": "Alaska", "H": "Hawaii"}


def spoken(name: str, moment: datetime) -> str:
    """The zone as people say it in the United States: Central. Elsewhere its abbreviation, or the place's name."""
    short = moment.astimezone(zone(name)).tzname() or ""
    if short[-2:] in {"ST", "DT"} and short[:-2] in _SPOKEN and name.startswith(("America/", "US/", "Pacific/")):
        return _SPOKEN[short[:-2]]
    return short if short.isalpha() else name.rsplit("/", 1)[-1].replace("_", " ")
