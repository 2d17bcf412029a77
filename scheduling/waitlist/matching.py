"""Who of the wait list a free time suits, in order, and why it does not suit the others. Writes nothing.

Order: priority band, then longest waiting, then distance to the days that were wished (workflows.md section 2). The
filter stands on plain columns; ranges and arrays as conditions are not leakproof under the wall.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

from django.db.models import DateField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from scheduling import kinds
from scheduling.contacting import CALLABLE
from scheduling.enums import TAKES_TIME, Mode
from scheduling.enums_waiting import WAIT_OPEN, WaitStatus
from scheduling.models import WaitEntry
from scheduling.presence import kept_words
from scheduling.waitlist.free import Free

QUARTER = timedelta(minutes=15)
PART = 25  # rows read at once
SHOWN_OF = ("visit_type", "patient", "later_visit__location")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Candidate:
    """Somebody on the list: from when she can be seen in the free time, or why not."""

    entry: WaitEntry
    starts_at: datetime | None
    reasons: tuple[str, ...] = ()


def ranked(free: Free, entries: "QuerySet[WaitEntry]", *, now: datetime, limit: int = 20) -> list[Candidate]:
    """Those whom the time suits, the first to be asked in front."""
    rows = in_order(fitting(free, entries, now=now), free).select_related(*SHOWN_OF)
    return list(islice(_suited(free, rows, now), limit))


def who_waits(free: Free, entries: "QuerySet[WaitEntry]") -> "QuerySet[WaitEntry]":
    """Those who wait for this provider or any, in the same order."""
    rows = entries.filter(status__in=WAIT_OPEN).filter(_this_provider(free))
    return in_order(rows, free).select_related(*SHOWN_OF)


def passed_over(free: Free, rows: Iterable[WaitEntry], *, now: datetime) -> list[Candidate]:
    """Those of some who wait (`who_waits`) whom the time does not suit, each with the reasons."""
    found = (look(row, free, now=now) for row in _of_their_minutes(list(rows), now))
    return [one for one in found if one.reasons]


def fitting(free: Free, entries: "QuerySet[WaitEntry]", *, now: datetime) -> "QuerySet[WaitEntry]":
    """What the columns alone can say; times of the day are looked at row by row."""
    begins, ends = (one.astimezone(free.zone) for one in (free.starts_at, free.ends_at))
    notice = int((free.ends_at - now).total_seconds() // 3600)
    length = int((free.ends_at - free.starts_at).total_seconds() // 60)
    return (
        entries.filter(_this_provider(free), status=WaitStatus.WAITING)
        .filter(Q(visit_type__minutes__lte=length) | Q(visit_type__new_minutes__lte=length))
        .filter(Q(earliest_on__isnull=True) | Q(earliest_on__lte=free.day))
        .filter(Q(latest_on__isnull=True) | Q(latest_on__gte=free.day))
        .filter(Q(expires_on__isnull=True) | Q(expires_on__gte=free.day))
        .filter(Q(from_time__isnull=True) | Q(from_time__lt=ends.time()))
        .filter(Q(until_time__isnull=True) | Q(until_time__gt=begins.time()))
        .filter(min_notice_hours__lte=max(notice, 0))
        .annotate(that_day=F("weekdays").bitand(1 << free.day.weekday()))
        .filter(that_day__gt=0)
        .exclude(patient=free.given_back_by)
        .exclude(later_visit__status__in=TAKES_TIME, later_visit__starts_at__lte=free.starts_at)
        .filter(**CALLABLE)
    )


def in_order(rows: "QuerySet[WaitEntry]", free: Free) -> "QuerySet[WaitEntry]":
    """Band, longest waiting, then how many days the time lies after the first one that she wished."""
    day = Value(free.day, output_field=DateField())
    return rows.annotate(distance=day - Coalesce(F("earliest_on"), day)).order_by("band", "waiting_since", "distance", "pk")


def look(entry: WaitEntry, free: Free, *, now: datetime) -> Candidate:
    """When she can be seen in the free time, or every reason why not."""
    reasons = tuple(_against(entry, free))
    found = (starts_in(entry, part, now=now) for part in free.open_to(entry.visit_type, now))
    starts_at = None if reasons else next((one for one in found if one), None)
    if not reasons and starts_at is None:
        kept = free.kept_from(entry.visit_type, now)
        left = f"Nothing of {entry.visit_type.minutes} minutes is left in the hours that are wished."
        reasons = tuple(kept_words(one, free.zone) for one in kept) or (left,)
    return Candidate(entry, starts_at, reasons)


def starts_in(entry: WaitEntry, free: Free, *, now: datetime) -> datetime | None:
    """The first beginning within both the free time and her hours, with the notice that she needs."""
    kind = entry.visit_type
    start = free.starts_at + timedelta(minutes=kind.buffer_before)
    if entry.from_time:
        start = max(start, datetime.combine(free.day, entry.from_time, free.zone))
    notice = timedelta(hours=max(entry.min_notice_hours, kind.lead_hours))
    while start < now + notice:
        start += QUARTER
    over = start + timedelta(minutes=kind.minutes)
    if over + timedelta(minutes=kind.buffer_after) > free.ends_at:
        return None
    if entry.until_time and over > datetime.combine(free.day, entry.until_time, free.zone):
        return None
    if _has_one_by(entry, start):
        return None
    return start


def _has_one_by(entry: WaitEntry, starts_at: datetime) -> bool:
    """Whether the visit that is to be had earlier stands, and is no later than a time."""
    later = entry.later_visit
    return later is not None and later.status in TAKES_TIME and later.starts_at <= starts_at


def mode_for(entry: WaitEntry) -> str | None:
    """In which way she is seen; None when only ways are offered that she does not wish."""
    modes = entry.visit_type.modes
    if not modes or Mode.OFFICE in modes:
        return Mode.OFFICE
    return modes[0] if entry.telehealth_ok else None


def _suited(free: Free, rows: "QuerySet[WaitEntry]", now: datetime) -> Iterator[Candidate]:
    """A part at a time: with a limit the index answers in order, and most searches end in the first part."""
    for start in count(0, PART):
        part = _of_their_minutes(list(rows[start : start + PART]), now)
        yield from (one for one in (look(row, free, now=now) for row in part) if not one.reasons)
        if len(part) < PART:
            return


def _of_their_minutes(rows: list[WaitEntry], now: datetime) -> list[WaitEntry]:
    """The same, each with its kind of the minutes that it takes of a new or a known patient: one query at most."""
    asked = [row for row in rows if row.visit_type.new_minutes]
    seen = kinds.seen_among((row.patient_id for row in asked), now=now) if asked else set()
    for row in asked:
        row.visit_type = row.visit_type.as_for(new_patient=row.patient_id not in seen)
    return rows


def _this_provider(free: Free) -> Q:
    return Q(provider__isnull=True) | Q(provider=free.provider)


def _against(entry: WaitEntry, free: Free) -> Iterator[str]:
    yield from _about_her(entry)
    if entry.patient_id == free.given_back_by:
        yield "Gave this time back."
    if entry.later_visit and _has_one_by(entry, free.starts_at):
        has = entry.later_visit.starts_at.astimezone(ZoneInfo(entry.later_visit.location.time_zone))
        yield f"Has an earlier visit, on {_short(has)}."
    day, local = free.day, free.ends_at.astimezone(free.zone).time()
    if entry.visit_type.minutes > (free.ends_at - free.starts_at).total_seconds() / 60:
        yield f"{entry.visit_type} takes {entry.visit_type.minutes} minutes, which is longer."
    if entry.locations and free.location.pk not in entry.locations:
        yield f"Does not wish to come to {free.location}."
    if not entry.weekdays & (1 << day.weekday()):
        yield f"Cannot come on {DAYS[day.weekday()]}s."
    if entry.earliest_on and entry.earliest_on > day:
        yield f"Wishes no day before {_short(entry.earliest_on)}."
    if entry.latest_on and entry.latest_on < day:
        yield f"Wishes no day after {_short(entry.latest_on)}."
    if entry.from_time and entry.from_time >= local:
        yield f"Can come from {_clock(entry.from_time)} on."
    if entry.until_time and entry.until_time <= free.starts_at.astimezone(free.zone).time():
        yield f"Can come until {_clock(entry.until_time)}."


def _about_her(entry: WaitEntry) -> Iterator[str]:
    if entry.status == WaitStatus.OFFERED:
        yield "Another time is offered already."
    if entry.patient.is_deceased or not entry.patient.is_active:
        yield "The record is not active."
    elif entry.patient.do_not_contact:
        yield "Does not wish to be contacted."
    if mode_for(entry) is None:
        yield f"{entry.visit_type} is offered by video or phone only, which is not wished."


def _short(day: date) -> str:
    return f"{day:%b} {day.day}"


def _clock(wall: object) -> str:
    return f"{wall:%I:%M %p}".lstrip("0")
