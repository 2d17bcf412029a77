"""One day of a practice as columns of 15-minute rows: what the board shows, worked out in eight queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import CharField, Count, Max, QuerySet, Value

from compliance.models import Practice, User
from patients.names import listed
from scheduling.enums import LOOKS, Mode, Status
from scheduling.hours import Hours, at, moment
from scheduling.intervals import Stretch, merged, minus
from scheduling.models import Appointment, Closure, Occupation, Provider, WorkingHours

ROW = 15 * 60  # seconds
MOST_ROWS, MOST_LANES = 96, 4
USUAL = (time(8), time(17))  # shown when nobody works
WAITING = (Status.ARRIVED, Status.CHECKED_IN)
IN_HOUSE = (*WAITING, Status.ROOMED)
MODE_ICONS = {Mode.VIDEO: "video", Mode.PHONE: "phone"}


@dataclass
class Cell:
    """Something in a column. `kind`: visit, hold, open, block (closed, with its reason), off (not worked) or more."""

    kind: str
    start: int
    end: int
    row: int = 1
    span: int = 1
    lane: int = 1
    lanes: int = 1
    text: str = ""
    visit: Appointment | None = None
    slot: str = ""
    minutes: int | None = None
    is_waiting_long: bool = False
    until: datetime | None = None

    @property
    def starts_at(self) -> datetime:
        """UTC."""
        return moment(self.start)

    @property
    def ends_at(self) -> datetime:
        """UTC."""
        return moment(self.end)

    @property
    def place(self) -> str:
        """Its classes: row, span, and lane where it shares its rows."""
        lane = f" l{self.lane}o{self.lanes}" if self.lanes > 1 else ""
        return f"r{self.row} s{self.span}{lane}"

    @property
    def look(self) -> tuple[str, str]:
        """(stylesheet class, icon) of the visit's status."""
        return LOOKS[Status(self.visit.status)] if self.visit else ("", "")

    @property
    def is_waiting(self) -> bool:
        """Whether the minutes turn into a warning past the practice's limit."""
        return self.visit is not None and self.visit.status in WAITING

    @property
    def mode_icon(self) -> str:
        """Empty for a visit in the office."""
        return MODE_ICONS.get(Mode(self.visit.mode), "") if self.visit else ""


@dataclass
class Column:
    """One provider's day."""

    provider: Provider
    cells: list[Cell]
    booked: int
    open: int


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
    legend: list[tuple[str, str, str]] = field(default_factory=list)


def version_of(user: User, day: date, zone: ZoneInfo, *, now: datetime) -> str:
    """What a page has seen of a day: one query, nothing opened. Another answer means that something changed.

    It counts visits, holds that are in force, closed times, everybody's hours, and who sees patients.
    """
    start, end = (moment(at(one, time.min, zone.key)) for one in (day, day + timedelta(days=1)))
    visits = _seen(Appointment.objects.visible_to(user).on(day, zone))
    others = (
        _seen(Occupation.objects.visible_to(user).holds(now).overlapping(start, end)),
        _seen(Closure.objects.visible_to(user).filter(starts_at__lt=end, ends_at__gt=start)),
        _seen(WorkingHours.objects.visible_to(user)),
        _seen(Provider.objects.open_to(user)),
    )
    rows = sorted(visits.union(*others, all=True), key=itemgetter(0))
    return "-".join(f"{of}{number}.{newest.timestamp():.6f}" for of, number, newest in rows if newest)


def _seen(rows: QuerySet) -> QuerySet:
    """(letter of the table, how many, when the newest was changed)."""
    letter = Value(rows.model._meta.model_name[0], output_field=CharField())
    grouped = rows.order_by().annotate(of=letter).values("of").annotate(number=Count("pk"), newest=Max("updated_at"))
    return grouped.values_list("of", "number", "newest")


def day_board(user: User, day: date, *, practice: Practice, now: datetime, with_gone: bool = False) -> Board:
    """The board of one day in the practice's zone. `with_gone` shows cancelled and moved visits too."""
    zone = ZoneInfo(practice.time_zone)
    version = version_of(user, day, zone, now=now)
    providers = list(Provider.objects.open_to(user).working().select_related("resource"))
    visits = list(_visits(user, day, zone))
    holds = _holds(user, day, zone, now)
    hours = Hours(providers, day, day)
    worked = {p.pk: [(o.start, o.end) for o in hours.worked(p, day)] for p in providers}
    shown = [v for v in visits if with_gone or v.status not in (Status.CANCELLED, Status.RESCHEDULED)]
    first, rows = _frame(day, practice.time_zone, worked.values(), shown)
    by_provider = defaultdict(list)
    for visit in shown:
        by_provider[visit.provider_id].append(visit)
    maker = _Maker(day, hours, first, rows, now, practice.waiting_limit_minutes)
    columns = [maker.column(p, worked[p.pk], by_provider[p.pk], holds[p.resource_id]) for p in providers]
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
        legend=LEGEND,
    )


LEGEND = [
    (*LOOKS[status], str(status.label))
    for status in (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.ROOMED, Status.FULFILLED, Status.NO_SHOW)
]


def _visits(user: User, day: date, zone: ZoneInfo) -> Iterable[Appointment]:
    rows = Appointment.objects.visible_to(user).on(day, zone).exclude(status=Status.IN_ERROR)
    return rows.select_related("patient", "visit_type").prefetch_related("patient__names").order_by("starts_at", "pk")


def _holds(user: User, day: date, zone: ZoneInfo, now: datetime) -> dict[UUID, list[Occupation]]:
    """Times kept for somebody on the phone, by resource."""
    start, end = (moment(at(one, time.min, zone.key)) for one in (day, day + timedelta(days=1)))
    found = defaultdict(list)
    for hold in Occupation.objects.visible_to(user).holds(now).overlapping(start, end).select_related("held_by"):
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


class _Maker:
    """Makes the columns of one day."""

    def __init__(self, day: date, hours: Hours, first: int, rows: int, now: datetime, waiting_limit: int) -> None:
        self.day, self.hours = day, hours
        self.first, self.last = first, first + rows * ROW
        self.now = now
        self.waiting_limit = timedelta(minutes=waiting_limit)

    def column(
        self, provider: Provider, worked: list[Stretch], visits: list[Appointment], holds: list[Occupation]
    ) -> Column:
        """Visits, holds, open rows, closures and hours not worked, in the order of the day."""
        booked = [self._visit(visit) for visit in visits]
        held = [_hold(hold) for hold in holds]
        standing = [cell for cell in booked if cell.visit and cell.visit.status not in NOT_THERE]
        taken = merged((cell.start, cell.end) for cell in (*standing, *held))
        blocks = self._blocks(provider, worked)
        free = self._open(provider, taken)
        off = [Cell("off", *gap) for gap in minus([(self.first, self.last)], merged(worked))]
        cells = side_by_side(booked + held) + blocks + free + off
        for cell in cells:
            self._put(cell)
        cells = [cell for cell in cells if cell.span > 0]
        return Column(provider, sorted(cells, key=_order), booked=len(standing), open=len(free))

    def _put(self, cell: Cell) -> None:
        start, end = max(cell.start, self.first), min(cell.end, self.last)
        cell.row = (start - self.first) // ROW + 1
        cell.span = min(-(-(end - self.first) // ROW) - cell.row + 1, 48)

    def _visit(self, visit: Appointment) -> Cell:
        cell = Cell("visit", int(visit.starts_at.timestamp()), int(visit.ends_at.timestamp()), visit=visit)
        cell.text = listed(visit.patient)
        if visit.status in IN_HOUSE:
            since = self.now - visit.status_since
            cell.minutes = max(int(since.total_seconds() // 60), 0)
            cell.is_waiting_long = visit.status in WAITING and since > self.waiting_limit
        return cell

    def _blocks(self, provider: Provider, worked: list[Stretch]) -> list[Cell]:
        cells = []
        for closure in self.hours.closures(provider, None, (self.first, self.last)):
            span = (int(closure.starts_at.timestamp()), int(closure.ends_at.timestamp()))
            pieces = [(max(span[0], a), min(span[1], b)) for a, b in worked]
            cells += [Cell("block", a, b, text=closure.reason) for a, b in pieces if a < b]
        return cells

    def _open(self, provider: Provider, taken: list[Stretch]) -> list[Cell]:
        """Rows in which nothing is taken, while they can still be booked."""
        cells = []
        for piece in self.hours.open(provider, self.day):
            for start, end in minus([(piece.start, piece.end)], taken):
                begin = -(-max(start, int(self.now.timestamp())) // ROW) * ROW
                cells += [Cell("open", second, second + ROW) for second in range(begin, end - ROW + 1, ROW)]
        for cell in cells:
            cell.slot = f"{provider.pk}@{cell.starts_at:%Y-%m-%dT%H:%MZ}"
        return cells


def _hold(hold: Occupation) -> Cell:
    assert hold.held_by is not None
    cell = Cell("hold", int(hold.starts_at.timestamp()), int(hold.ends_at.timestamp()), text=hold.held_by.name)
    cell.until = hold.hold_until
    return cell


NOT_THERE = (Status.CANCELLED, Status.RESCHEDULED, Status.NO_SHOW, Status.LEFT)


def side_by_side(cells: list[Cell]) -> list[Cell]:
    """Give visits that share a row lanes of their own, four at most; the rest of a crowd becomes one "+n"."""
    answer: list[Cell] = []
    group: list[Cell] = []
    end = 0
    for cell in sorted(cells, key=lambda one: (one.start, one.end)):
        if group and cell.start // ROW * ROW >= end:
            answer += _in_lanes(group)
            group = []
        end = max(end if group else 0, -(-cell.end // ROW) * ROW)
        group.append(cell)
    return answer + _in_lanes(group)


def _in_lanes(group: list[Cell]) -> list[Cell]:
    ends: list[int] = []
    for cell in group:
        start, end = cell.start // ROW * ROW, -(-cell.end // ROW) * ROW
        lane = next((n for n, until in enumerate(ends) if until <= start), len(ends))
        ends[lane : lane + 1] = [end]
        cell.lane = lane + 1
    if len(ends) <= MOST_LANES:
        for cell in group:
            cell.lanes = len(ends)
        return group
    kept = [cell for cell in group if cell.lane < MOST_LANES]
    rest = [cell for cell in group if cell.lane >= MOST_LANES]
    start, end = min(cell.start for cell in rest), max(cell.end for cell in rest)
    for cell in kept:
        cell.lanes = MOST_LANES
    return [*kept, Cell("more", start, end, lane=MOST_LANES, lanes=MOST_LANES, text=f"+{len(rest)}")]


def _order(cell: Cell) -> tuple[int, int, int]:
    return cell.start, cell.lane, cell.end
