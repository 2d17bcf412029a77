"""Today's hours, so that the day is under way whenever the demo is started; lunch, holidays, and a week of vacation."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays

from compliance.models import Practice, User
from scheduling import public_holidays, set_up
from scheduling.enums import DayKind
from scheduling.models import Closure, DayException, Provider, WorkingHours

if TYPE_CHECKING:
    from secretary_portal.demo.data.days import Desk

LUNCH = "Lunch"
USUAL = 8
SINCE, UNTIL = 9.5, 15.5  # within these the usual hours show a living day
BEFORE, EARLIEST, LATEST = 5, 1, 14
AHEAD, BEHIND = 14, 7
THURSDAY, SATURDAY, TRAINING = 3, 5, range(6, 13)  # one of these days is a Thursday


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins."""
    return datetime.combine(day, time.min, zone)


def has_begun(practice: Practice, *, now: datetime) -> bool:
    """Whether this day was laid out already: the providers' own lunch stands."""
    zone = ZoneInfo(practice.time_zone)
    start = midnight(now.astimezone(zone).date(), zone)
    own = Closure.objects.filter(reason=LUNCH, provider__isnull=False)
    return own.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=1)).exists()


def lay_out(practice: Practice, *, by: User, now: datetime) -> None:
    """Today's hours around the present hour; lunch on all days that are filled; somebody's vacation next week."""
    zone = ZoneInfo(practice.time_zone)
    here = now.astimezone(zone)
    shift = _shift(here.hour + here.minute / 60)
    providers = list(Provider.objects.working())
    _open_holiday(here.date(), by=by, now=now)
    _lunch_of_other_days(here.date(), zone, by=by, now=now)
    for provider in providers:
        if here.weekday() >= SATURDAY:
            _works_today(provider, here.date(), shift, by=by, now=now)
        elif shift:
            _shifted(provider, here.date(), shift, by=by, now=now)
    for number, provider in enumerate(providers):
        noon = midnight(here.date(), zone) + timedelta(hours=12 + shift, minutes=30 * (number % 2))
        set_up.close_time(
            starts_at=noon, ends_at=noon + timedelta(minutes=45), reason=LUNCH, provider=provider, by=by, now=now
        )
    if not Closure.objects.filter(reason="Vacation", ends_at__gt=now).exists():
        start = midnight(here.date() + timedelta(days=5), zone)
        end = midnight(here.date() + timedelta(days=10), zone)
        set_up.close_time(starts_at=start, ends_at=end, reason="Vacation", provider=providers[1], by=by, now=now)


def train(practice: Practice, number: int, *, by: User, now: datetime) -> None:
    """On a Thursday to come one afternoon is closed over booked visits: they wait for other times."""
    zone = ZoneInfo(practice.time_zone)
    day = now.astimezone(zone).date() + timedelta(days=number)
    if day.weekday() != THURSDAY or number not in TRAINING:
        return
    start = midnight(day, zone) + timedelta(hours=13)
    provider = Provider.objects.working()[0]
    set_up.close_time(
        starts_at=start, ends_at=start + timedelta(hours=4), reason="Training", provider=provider, by=by, now=now
    )


def close_holidays(practice: Practice, *, by: User, now: datetime) -> None:
    """The federal holidays of this year and the next are closed, but for today: its day is under way."""
    today = now.astimezone(ZoneInfo(practice.time_zone)).date()
    for year in (today.year, today.year + 1):
        keys = {f"{day}" for day in holidays.country_holidays("US", years=year) if day != today}
        listed = {one.key for one in public_holidays.of_year(year, practice)}
        public_holidays.choose(keys & listed, year, practice=practice, by=by, now=now)


def close_past_holidays(desk: "Desk", first: date, last: date) -> None:
    """Those that lay between two days, once."""
    federal = holidays.country_holidays("US", years=[first.year, last.year])
    for day, name in sorted(federal.items()):
        if first <= day <= last and not Closure.objects.filter(holiday=day).exists():
            start, end = midnight(day, desk.zone), midnight(day + timedelta(days=1), desk.zone)
            set_up.close_time(starts_at=start, ends_at=end, reason=name, holiday=day, by=desk.by, now=desk.now)


def _open_holiday(today: date, *, by: User, now: datetime) -> None:
    for closure in Closure.objects.filter(holiday=today):
        set_up.open_time(closure, by=by, now=now)


def _works_today(provider: Provider, today: date, shift: int, *, by: User, now: datetime) -> None:
    """At the weekend nobody works, except on the day on which the demo is started."""
    usual = WorkingHours.objects.filter(provider=provider).order_by("valid_from", "weekday", "pk")[0]
    span = {"starts": _later(usual.starts, shift), "ends": _later(usual.ends, shift)}
    row = DayException(provider=provider, day=today, kind=DayKind.EXTRA, location=usual.location, reason="Weekend", **span)
    set_up.add(row, by=by, now=now)


def _shift(hour: float) -> int:
    """How many hours later than usual the day begins; the present hour lies well within it."""
    return 0 if SINCE <= hour < UNTIL else max(EARLIEST, min(int(hour) - BEFORE, LATEST)) - USUAL


def _lunch_of_other_days(today: date, zone: ZoneInfo, *, by: User, now: datetime) -> None:
    around = [today + timedelta(days=number) for number in (*range(-BEHIND, 0), *range(1, AHEAD + 1))]
    federal = holidays.country_holidays("US", years=[around[0].year, around[-1].year])
    for day in (one for one in around if one.weekday() < SATURDAY and one not in federal):
        noon = midnight(day, zone) + timedelta(hours=12)
        if not Closure.objects.filter(reason=LUNCH, starts_at=noon).exists():
            set_up.close_time(starts_at=noon, ends_at=noon + timedelta(hours=1), reason=LUNCH, by=by, now=now)
    noon = midnight(today, zone) + timedelta(hours=12)
    for closure in Closure.objects.filter(reason=LUNCH, starts_at=noon, provider__isnull=True):
        set_up.open_time(closure, by=by, now=now)


def _shifted(provider: Provider, today: date, shift: int, *, by: User, now: datetime) -> None:
    """Other hours today; the usual ones hold until yesterday and from tomorrow on."""
    usual = WorkingHours.objects.filter(provider=provider, weekday=today.weekday(), valid_until__isnull=True)
    for row in usual:
        same = {"provider": provider, "location": row.location, "weekday": row.weekday}
        set_up.change(row, {"valid_until": today - timedelta(days=1)}, version=row.version, by=by, now=now)
        moved = {"starts": _later(row.starts, shift), "ends": _later(row.ends, shift)}
        set_up.add(WorkingHours(**same, **moved, valid_from=today, valid_until=today), by=by)
        kept = {"starts": row.starts, "ends": row.ends}
        set_up.add(WorkingHours(**same, **kept, valid_from=today + timedelta(days=1)), by=by)


def _later(wall: time, shift: int) -> time:
    return time(max(0, min(wall.hour + shift, 23)), wall.minute)
