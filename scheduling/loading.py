"""Providers and their templates from a spreadsheet: checked row by row, all of it written or nothing.

A row names a provider, and may give her one stretch of working hours on one or more weekdays, with a break. Loading
the same again changes nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from compliance.models import Location, OfficeHours, User
from compliance.moments import read_day
from scheduling import set_up
from scheduling.enums import PartKind
from scheduling.models import HoursPart, Provider, WorkingHours

WHO = ("Provider", "Full name", "Credentials", "Specialty", "NPI")
WHEN = ("Place", "Days", "From", "To")
COLUMNS = (*WHO, *WHEN, "First day", "Last day", "Every weeks", "Break from", "Break to")
NEEDED = ("Provider",)
FIELDS = {"Full name": "name", "Credentials": "credentials", "Specialty": "specialty", "NPI": "npi"}
DAYS = {day.label.casefold(): day.value for day in OfficeHours.Weekday}
CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::00)?\s*([ap])?\.?m?\.?", re.IGNORECASE)
US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class Wrong(Exception):
    """A row cannot be taken. The text says why."""


class _TakeBack(Exception):
    pass


@dataclass(frozen=True)
class Line:
    """What becomes, or would become, of one row of the sheet; the header is row 1."""

    row: int
    about: str
    said: str
    is_wrong: bool = False


def load(rows: Sequence[Mapping[str, str]], *, by: User, now: datetime, is_trial: bool) -> list[Line]:
    """Take each row; a trial, or one wrong row, takes all of them back. The answer is the same either way."""
    lines: list[Line] = []
    try:
        with transaction.atomic():
            for number, row in enumerate(rows, start=2):
                lines.append(_line(number, row, by=by, now=now))
            if is_trial or any(line.is_wrong for line in lines):
                raise _TakeBack
    except _TakeBack:
        pass
    return lines


def _line(number: int, row: Mapping[str, str], *, by: User, now: datetime) -> Line:
    about = row.get("Provider", "")
    try:
        with transaction.atomic():
            done = _take(row, by=by, now=now)
    except (Wrong, set_up.DoesNotFit) as wrong:
        return Line(number, about, str(wrong), is_wrong=True)
    except set_up.HoursOverlap as overlap:
        other = overlap.other
        span = f"{other.get_weekday_display()} {other.starts:%-I:%M %p} – {other.ends:%-I:%M %p}"
        return Line(number, about, f"Overlaps with hours that {other.provider} has: {span}.", is_wrong=True)
    said = ", ".join(done) or "is there already"
    return Line(number, about, f"{said[0].upper()}{said[1:]}.")


def _take(row: Mapping[str, str], *, by: User, now: datetime) -> list[str]:
    provider, done = _provider(row, by=by, now=now)
    given = [name for name in COLUMNS[len(WHO) :] if row.get(name)]
    if not given:
        return done
    missing = [name for name in WHEN if not row.get(name)]
    if missing:
        raise Wrong(f"“{missing[0]}” is empty. Working hours need place, days, from and to.")
    place = Location.objects.filter(name__iexact=row["Place"], is_active=True).first()
    if place is None:
        raise Wrong(f"There is no place called “{row['Place'][:60]}”. Add it first, or correct its name.")
    for day in weekdays(row["Days"]):
        done += _hours(row, provider, place, day, by=by, now=now)
    return done


def _provider(row: Mapping[str, str], *, by: User, now: datetime) -> tuple[Provider, list[str]]:
    short = row.get("Provider", "")
    if not short:
        raise Wrong("“Provider” is empty. Enter the name as on the schedule, like Dr. Okafor.")
    values = {field: row[column] for column, field in FIELDS.items() if row.get(column)}
    known = Provider.objects.filter(short_name=short).first()
    if known is None:
        new = Provider(short_name=short, **({"name": short} | values))
        _well_formed(new)
        return set_up.add_provider(new, by=by), ["provider added"]
    changed = {field: value for field, value in values.items() if getattr(known, field) != value}
    if not changed:
        return known, []
    for field, value in changed.items():
        setattr(known, field, value)
    _well_formed(known)
    return set_up.change_provider(known, changed, version=known.version, by=by, now=now), ["provider changed"]


def _well_formed(provider: Provider) -> None:
    if provider.npi and not (provider.npi.isascii() and provider.npi.isdigit() and len(provider.npi) == 10):
        raise Wrong("An NPI has ten digits, like 1234567893.")
    try:
        provider.clean_fields(exclude=["resource", "practice", "user"])
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Wrong(f"{field.replace('_', ' ').capitalize()}: {sentences[0]}") from error


def _hours(row: Mapping[str, str], provider: Provider, place: Location, day: int, *, by: User, now: datetime) -> list[str]:
    span = {"starts": clock(row["From"]), "ends": clock(row["To"]), "every_weeks": _weeks(row.get("Every weeks", ""))}
    first, last = (_day(row.get(name, "")) for name in ("First day", "Last day"))
    if first and last and last < first:
        raise Wrong("The last day must be on or after the first.")
    same = WorkingHours.objects.filter(provider=provider, location=place, weekday=day, valid_until=last, **span)
    hours = (same.filter(valid_from=first) if first else same).order_by("valid_from", "pk").first()
    done = []
    if hours is None:
        hours = WorkingHours(
            provider=provider, location=place, weekday=day, valid_from=first or timezone.localdate(now), **span
        )
        hours.valid_until = last
        if last and last < hours.valid_from:
            raise Wrong("The last day has passed.")
        set_up.add(hours, by=by)
        done = [f"{OfficeHours.Weekday(day).label} added"]
    return done + _break(row, hours, by=by, now=now)


def _break(row: Mapping[str, str], hours: WorkingHours, *, by: User, now: datetime) -> list[str]:
    given = [row.get("Break from", ""), row.get("Break to", "")]
    if not any(given):
        return []
    if not all(given):
        raise Wrong("A break needs both “Break from” and “Break to”.")
    span = {"starts": clock(given[0]), "ends": clock(given[1])}
    if HoursPart.objects.filter(hours=hours, kind=PartKind.BREAK, **span).exists():
        return []
    set_up.add(HoursPart(hours=hours, kind=PartKind.BREAK, name="Break", **span), by=by, now=now)
    return ["break added"]


def weekdays(text: str) -> list[int]:
    """Monday, Wed or Mon-Fri, as in a list with commas. Raises Wrong."""
    found: list[int] = []
    for part in re.split(r"[,;/]+", text):
        ends = [_weekday(word) for word in re.split(r"\s*[-–]\s*", part.strip()) if word]
        if not ends or len(ends) > 2 or ends[-1] < ends[0]:
            raise Wrong(f"“{text[:40]}” are no days. Write them like Monday, Wed or Mon-Fri.")
        found += range(ends[0], ends[-1] + 1)
    return sorted(set(found))


def _weekday(word: str) -> int:
    name = word.strip().casefold()
    fitting = [value for label, value in DAYS.items() if len(name) >= 2 and label.startswith(name)]
    if len(fitting) != 1:
        raise Wrong(f"“{word[:40]}” is no day of the week. Write it like Monday or Mon.")
    return fitting[0]


def clock(text: str) -> time:
    """9:00, 9 AM or 13:30. Raises Wrong."""
    match = CLOCK.fullmatch(text.strip())
    if match:
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
        is_fine = 1 <= hour <= 12 if half else hour <= 23 and match[2] is not None
        if is_fine and minute <= 59:
            return time(hour % 12 + 12 * (half == "p") if half else hour, minute)
    raise Wrong(f"“{text[:20]}” is no time. Write it like 9:00 AM or 13:30.")


def _day(text: str) -> date | None:
    if not text:
        return None
    american = US_DAY.fullmatch(text)
    day = read_day(f"{american[3]}-{int(american[1]):02}-{int(american[2]):02}" if american else text)
    if day is None:
        raise Wrong(f"“{text[:20]}” is no day. Write it like 2027-01-04 or 01/04/2027.")
    return day


def _weeks(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= 12):
        raise Wrong(f"“{text[:20]}” is no number of weeks. Write 1 for every week, up to 12.")
    return int(text)
