"""One day of a practice as columns of 15-minute rows: what the board shows, worked out in ten queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet

from compliance.models import Practice, User
from compliance.models.charts import BARRED, RESTRICTED
from compliance.tenancy import current_practice_id
from patients.names import rows_of
from scheduling.cells import NOT_THERE, ROW, Column, Maker
from scheduling.enums import LOOKS, Status
from scheduling.hours import Hours
from scheduling.intervals import Stretch
from scheduling.local import at, moment
from scheduling.models import Appointment, Occupation, Provider

USUAL = (time(8), time(17))  # shown when nobody works
MOST_ROWS = 96

# Asked by every open board twice a minute: by SQL, because making the same of five QuerySets costs more than its answer.
# Whose calendars count is `Provider.objects.open_to`, as everywhere; a closure without a provider is everybody's.
SEEN = """
SELECT 'v', count(*), max(updated_at) FROM scheduling_appointment
 WHERE practice_id = %s AND starts_at >= %s AND starts_at < %s AND provider_id IN (SELECT id FROM calendars)
UNION ALL
SELECT 'h', count(*), max(updated_at) FROM scheduling_occupation
 WHERE practice_id = %s AND ends_at > %s AND starts_at < %s AND hold_until > %s
   AND resource_id IN (SELECT resource_id FROM calendars)
UNION ALL
SELECT 'c', count(*), max(updated_at) FROM scheduling_closure
 WHERE practice_id = %s AND ends_at > %s AND starts_at < %s
   AND (provider_id IS NULL OR provider_id IN (SELECT id FROM calendars))
UNION ALL
SELECT 'w', count(*), max(updated_at) FROM scheduling_workinghours
 WHERE practice_id = %s AND provider_id IN (SELECT id FROM calendars)
UNION ALL
SELECT 's', count(*), max(updated_at) FROM scheduling_hourspart WHERE practice_id = %s
UNION ALL
SELECT 'd', count(*), max(updated_at) FROM scheduling_dayexception
 WHERE practice_id = %s AND provider_id IN (SELECT id FROM calendars)
UNION ALL
SELECT 'p', count(*), max(updated_at) FROM calendars
"""

# Which visits stand there without a name: a glass that ends changes no row, and one chart may close as another opens.
CLOSED = f"""
UNION ALL
SELECT 'x', sum(hashtextextended(visit.id::text, 0)), max(updated_at) FROM scheduling_appointment AS visit
 WHERE practice_id = %s AND starts_at >= %s AND starts_at < %s AND provider_id IN (SELECT id FROM calendars)
   AND ({BARRED.format(chart="visit.patient_id")} OR {RESTRICTED.format(chart="visit.patient_id")})
"""  # noqa: S608  # nosec B608 - both parts are constants of our own


@dataclass
class Board:
    """A day. `axis` are (row, moment) of each full hour; `now_row` 0 when now is not on it."""

    day: date
    columns: list[Column]
    axis: list[tuple[int, datetime]]
    rows: int
    first: int
    now_row: int
    version: str
    at: datetime
    limit: int = 0
    gone: int = 0
    zones: str = ""
    legend: list[tuple[str, str, str]] = field(default_factory=list)


def version_of(user: User, day: date, zone: ZoneInfo, *, now: datetime) -> str:
    """What a page has seen of a day: one query, nothing opened. Another answer means that something changed.

    It counts visits, holds that are in force, closed times, everybody's hours, and who sees patients, on the calendars
    that are open to the user: of others it tells nothing, not even that something happened.
    And which visits' charts are closed to her now, so that a name leaves the page when its glass ends.
    """
    return version_on(Provider.objects.open_to(user), day, zone, user=user, now=now)


def version_on(calendars: QuerySet[Provider], day: date, zone: ZoneInfo, *, user: User, now: datetime) -> str:
    """The same of chosen calendars; nothing where there is none."""
    try:
        sql, given = calendars.order_by().values("id", "resource_id", "updated_at").query.sql_with_params()
    except EmptyResultSet:
        return ""
    practice = current_practice_id()
    stretch: list[Any] = [practice, *(moment(at(one, time.min, zone.key)) for one in (day, day + timedelta(days=1)))]
    with connection.cursor() as cursor:
        seen = [*given, *stretch, *stretch, now, *stretch, practice, practice, practice]
        cursor.execute(f"WITH calendars AS ({sql}) {SEEN} {CLOSED}", [*seen, *stretch, user.pk, user.pk, user.pk, now])
        rows = cursor.fetchall()
    return "-".join(f"{of}{number}.{newest.timestamp():.6f}" for of, number, newest in rows if newest)


def day_board(
    user: User,
    day: date,
    *,
    practice: Practice,
    now: datetime,
    with_gone: bool = False,
    shut: Mapping[UUID, str] | None = None,
) -> Board:
    """The board of one day in the practice's zone. `with_gone` shows cancelled and moved visits too.

    `shut` are the visits that take a closed room or machine, with why it is closed (`in_closed.things_on`).
    """
    zone = ZoneInfo(practice.time_zone)
    version = version_of(user, day, zone, now=now)
    start, end = (moment(at(one, time.min, zone.key)) for one in (day, day + timedelta(days=1)))
    providers = list(Provider.objects.open_to(user).seen_between(start, end))
    visits = list(_visits(user, day, zone))
    holds = _holds(user, day, zone, now)
    hours = Hours(providers, day, day)
    worked = {p.pk: [(o.start, o.end) for o in hours.worked(p, day)] for p in providers}
    shown = [v for v in visits if with_gone or v.status not in (Status.CANCELLED, Status.RESCHEDULED)]
    first, rows = _frame(day, practice.time_zone, worked.values(), shown)
    by_provider = defaultdict(list)
    for visit in shown:
        by_provider[visit.provider_id].append(visit)
    names = rows_of({v.patient_id for v in shown})
    maker = Maker(day, hours, first, rows, now, practice.waiting_limit_minutes, zone, names, shut or {})
    closed = _closed(user, day, zone)
    columns = [maker.column(p, worked[p.pk], by_provider[p.pk], holds[p.resource_id], closed[p.pk]) for p in providers]
    here = int(now.timestamp()) - first
    return Board(
        day=day,
        columns=columns,
        axis=[(n + 1, moment(first + n * ROW)) for n in range(0, rows, 4)],
        rows=rows,
        first=first,
        now_row=here // ROW + 1 if 0 <= here < rows * ROW else 0,
        version=version,
        at=now,
        limit=practice.waiting_limit_minutes,
        gone=sum(v.status in (Status.CANCELLED, Status.RESCHEDULED) for v in visits),
        zones=letters(day, zone),
        legend=LEGEND,
    )


def letters(day: date, zone: ZoneInfo) -> str:
    """The zone's letters on a day: CDT; on one on which the clock changes, both: CDT / CST."""
    ends = (at(one, time.min, zone.key) for one in (day, day + timedelta(days=1)))
    return " / ".join(dict.fromkeys(f"{moment(second).astimezone(zone):%Z}" for second in ends))


LEGEND = [
    (*LOOKS[status], str(status.label))
    for status in (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.ROOMED, Status.FULFILLED, Status.NO_SHOW)
]


SHOWN = ("practice", "version", "patient", "provider", "location", "starts_at", "ends_at", "status", "status_since", "mode")


def _visits(user: User, day: date, zone: ZoneInfo) -> Iterable[Appointment]:
    """Visits with what a cell shows: the `kind` by name, its buffers as `free_…` in minutes, the series it is a date of."""
    rows = Appointment.objects.visible_to(user).on(day, zone).exclude(status=Status.IN_ERROR).order_by("starts_at", "pk")
    return rows.only(*SHOWN, "reason", "overbook_reason").annotate(
        kind=F("visit_type__name"),
        free_before=F("visit_type__buffer_before"),
        free_after=F("visit_type__buffer_after"),
        of_series=F("occurrence__series"),
    )


def _closed(user: User, day: date, zone: ZoneInfo) -> dict[UUID, list[Stretch]]:
    """Times of visits whose patients' charts are closed to the user, by provider: taken, without a name."""
    found = defaultdict(list)
    standing = Appointment.objects.closed_to(user).on(day, zone).exclude(status__in=[*NOT_THERE, Status.IN_ERROR])
    for provider, start, end in standing.values_list("provider", "starts_at", "ends_at"):
        found[provider].append((int(start.timestamp()), int(end.timestamp())))
    return found


def _holds(user: User, day: date, zone: ZoneInfo, now: datetime) -> dict[UUID, list[Occupation]]:
    """Times kept for somebody on the phone, by resource."""
    start, end = (moment(at(one, time.min, zone.key)) for one in (day, day + timedelta(days=1)))
    found = defaultdict(list)
    for hold in Occupation.objects.visible_to(user).holds(now).overlapping(start, end).select_related("held_by"):
        hold.is_mine = hold.held_by_id == user.pk  # type: ignore[attr-defined]
        found[hold.resource_id].append(hold)
    return found


def _frame(day: date, zone: str, worked: Iterable[list[Stretch]], visits: list[Appointment]) -> tuple[int, int]:
    """(first second, number of rows): from the first hour that holds something to the last."""
    stretches = [one for pieces in worked for one in pieces]
    stretches += [(int(v.starts_at.timestamp()), int(v.ends_at.timestamp())) for v in visits]
    stretches = stretches or [(at(day, USUAL[0], zone), at(day, USUAL[1], zone))]
    first = min(start for start, _ in stretches) // 3600 * 3600
    last = -(-max(end for _, end in stretches) // 3600) * 3600
    return first, min((last - first) // ROW, MOST_ROWS)
