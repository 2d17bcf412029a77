"""The cells of one provider's day: where each stands, and every word of it.

Words are made here, once for each moment of the day: the page writes them out and works out nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from patients.models import HumanName
from patients.names import listed_of
from scheduling.enums import IN_HOUSE, LOOKS, UPCOMING, Mode, Status
from scheduling.hours import Hours
from scheduling.intervals import Stretch, merged, minus
from scheduling.local import moment
from scheduling.models import Appointment, Occupation, Provider

ROW = 15 * 60  # seconds
MOST_LANES = 4
WAITING = (Status.ARRIVED, Status.CHECKED_IN)
MODE_ICONS = {Mode.VIDEO: "video", Mode.PHONE: "phone"}
KEPT_FREE = "Kept free"
RESTRICTED = "Restricted"
NOT_THERE = (Status.CANCELLED, Status.RESCHEDULED, Status.NO_SHOW, Status.LEFT)


class Clock(NamedTuple):
    """A moment as a local clock shows it: 9:15 and AM."""

    time: str
    half: str

    def __str__(self) -> str:
        return f"{self.time} {self.half}"


NEVER = Clock("", "")


@dataclass
class Cell:
    """Something in a column.

    `kind`: visit, closed (a visit without a name), hold, open, block (a closure or a break, with its name), off (not
    worked) or more. The texts of a visit: `text` is the patient, `why` the reason or else the kind of visit, `since` the
    Unix second of its status, `closed` why the time is closed in which it is still to come.
    """

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
    is_waiting: bool = False
    is_waiting_long: bool = False
    until: datetime | None = None
    is_overbooked: bool = False
    is_of_series: bool = False
    is_movable: bool = False
    version: int = 0
    begins: Clock = NEVER
    ends: Clock = NEVER
    pk: str = ""
    look: str = ""
    icon: str = ""
    mode_icon: str = ""
    status: str = ""
    mode: str = ""
    why: str = ""
    closed: str = ""
    since: str = ""

    @property
    def place(self) -> str:
        """Its classes: row, span, and lane where it shares its rows."""
        lane = f" l{self.lane}o{self.lanes}" if self.lanes > 1 else ""
        return f"r{self.row} s{self.span}{lane}"


@dataclass
class Column:
    """One provider's day."""

    provider: Provider
    name: str
    cells: list[Cell]
    booked: int
    open: int
    overbooked: int = 0


class Maker:
    """Makes the columns of one day. `names` are the rows of the patients' names, by patient.

    `shut` are the visits that take a closed room or machine, each with why that is closed.
    """

    def __init__(
        self,
        day: date,
        hours: Hours,
        first: int,
        rows: int,
        now: datetime,
        waiting_limit: int,
        zone: ZoneInfo,
        names: Mapping[UUID, Sequence[HumanName]],
        shut: Mapping[UUID, str],
    ) -> None:
        self.day, self.hours = day, hours
        self.first, self.last = first, first + rows * ROW
        self.now = now
        self.waiting_limit = timedelta(minutes=waiting_limit)
        self.names, self.shut = names, shut
        self.clock = _clock_of(zone)

    def column(
        self,
        provider: Provider,
        worked: list[Stretch],
        visits: list[Appointment],
        holds: list[Occupation],
        closed: Sequence[Stretch] = (),
    ) -> Column:
        """Visits, holds, open rows, closures and hours not worked, in the order of the day.

        `closed` are the times of visits whose charts are closed to whoever looks.
        """
        booked = [self._visit(visit, provider) for visit in visits]
        held = [_hold(hold) for hold in holds] + [Cell("closed", *stretch, text=RESTRICTED) for stretch in closed]
        standing = [cell for cell in booked if cell.visit and cell.visit.status not in NOT_THERE]
        beside = [stretch for cell in standing for stretch in _kept_free(cell)]
        taken = merged([*((cell.start, cell.end) for cell in (*standing, *held)), *beside])
        breaks = self._breaks(provider, merged(worked))
        kept = minus(merged(beside), merged((cell.start, cell.end) for cell in (*standing, *held)))
        blocks = self._blocks(provider) + breaks + [Cell("block", *stretch, text=KEPT_FREE) for stretch in kept]
        free = self._open(provider, taken)
        unworked = minus([(self.first, self.last)], merged([*worked, *((one.start, one.end) for one in breaks)]))
        off = [Cell("off", *gap) for gap in unworked]
        cells = side_by_side(booked + held) + blocks + free + off
        for cell in cells:
            self._put(cell)
        cells = [cell for cell in cells if cell.span > 0]
        return Column(
            provider,
            str(provider),
            sorted(cells, key=_order),
            booked=len(standing) + len(closed),
            open=len(free),
            overbooked=sum(cell.is_overbooked for cell in standing),
        )

    def _put(self, cell: Cell) -> None:
        start, end = max(cell.start, self.first), min(cell.end, self.last)
        cell.row = (start - self.first) // ROW + 1
        cell.span = min(-(-(end - self.first) // ROW) - cell.row + 1, 48)
        if cell.kind != "off":
            cell.begins, cell.ends = self.clock(cell.start), self.clock(cell.end)

    def _visit(self, visit: Appointment, provider: Provider) -> Cell:
        cell = Cell("visit", int(visit.starts_at.timestamp()), int(visit.ends_at.timestamp()), visit=visit, pk=str(visit.pk))
        status, mode = Status(visit.status), Mode(visit.mode)
        cell.text = listed_of(self.names.get(visit.patient_id, ()))
        cell.why = visit.reason or visit.kind  # type: ignore[attr-defined]
        cell.look, cell.icon = LOOKS[status]
        cell.status, cell.mode = str(status.label), str(mode.label)
        cell.mode_icon = MODE_ICONS.get(mode, "")
        cell.is_overbooked = bool(visit.overbook_reason)
        cell.is_of_series, cell.version = bool(visit.of_series), visit.version  # type: ignore[attr-defined]
        cell.is_movable = status in UPCOMING
        if cell.is_movable:
            closures = self.hours.closures(provider, visit.location_id, (cell.start, cell.end))
            cell.closed = closures[0].reason if closures else self.shut.get(visit.pk, "")
        if visit.status in IN_HOUSE:
            since = self.now - visit.status_since
            cell.since = str(int(visit.status_since.timestamp()))
            cell.minutes = max(int(since.total_seconds() // 60), 0)
            cell.is_waiting = visit.status in WAITING
            cell.is_waiting_long = cell.is_waiting and since > self.waiting_limit
        return cell

    def _blocks(self, provider: Provider) -> list[Cell]:
        """What closes her hours, also where it closes only the place at which she is then."""
        cells = []
        for piece in self.hours.worked(provider, self.day):
            for closure in self.hours.closures(provider, piece.location.pk, (piece.start, piece.end)):
                start = max(int(closure.starts_at.timestamp()), piece.start)
                end = min(int(closure.ends_at.timestamp()), piece.end)
                cells.append(Cell("block", start, end, text=closure.reason))
        return cells

    def _breaks(self, provider: Provider, worked: list[Stretch]) -> list[Cell]:
        """A break over which she works on this day is none."""
        named = self.hours.of(provider).breaks(self.day)
        return [Cell("block", *gap, text=name) for start, end, name in named for gap in minus([(start, end)], worked)]

    def _open(self, provider: Provider, taken: list[Stretch]) -> list[Cell]:
        """Rows in which nothing is taken, while they can still be booked; none with who sees no new patients."""
        cells: list[Cell] = []
        if not provider.is_active:
            return cells
        for piece in self.hours.open(provider, self.day):
            for start, end in minus([(piece.start, piece.end)], taken):
                begin = -(-max(start, int(self.now.timestamp())) // ROW) * ROW
                cells += [Cell("open", second, second + ROW) for second in range(begin, end - ROW + 1, ROW)]
        for cell in cells:
            cell.slot = f"{provider.pk}@{moment(cell.start):%Y-%m-%dT%H:%MZ}"
        return cells


def _kept_free(cell: Cell) -> list[Stretch]:
    """What is kept free before and after a visit."""
    visit: Any = cell.visit
    around = (cell.start - visit.free_before * 60, cell.start), (cell.end, cell.end + visit.free_after * 60)
    return [(start, end) for start, end in around if start < end]


def _hold(hold: Occupation) -> Cell:
    assert hold.held_by is not None
    cell = Cell("hold", int(hold.starts_at.timestamp()), int(hold.ends_at.timestamp()))
    cell.text = "you" if hold.is_mine else hold.held_by.name  # type: ignore[attr-defined]
    cell.until = hold.hold_until
    return cell


def _clock_of(zone: ZoneInfo) -> Callable[[int], Clock]:
    """What the clock shows at a Unix second; the columns of a board share their moments."""

    @cache
    def clock(second: int) -> Clock:
        local = datetime.fromtimestamp(second, zone)
        return Clock(f"{local:%-I:%M}", f"{local:%p}")

    return clock


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
