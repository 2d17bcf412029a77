"""The patient's visits on a call's page, a line each: what is coming, then what is to be booked again, then the past."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from correspondence.models import Call
from scheduling import in_closed
from scheduling.enums import LOOKS, UPCOMING, Status
from scheduling.models import Appointment
from scheduling.own_visits import OwnVisits

COMING, LOST, PAST = 6, 3, 3  # lines shown


@dataclass(frozen=True)
class Line:
    """One visit. `act` is what is done next about it on the phone: confirm, move, again, or nothing."""

    visit: Appointment
    act: str = ""

    @property
    def look(self) -> tuple[str, str]:
        """The stylesheet class and the icon of its status."""
        return LOOKS[Status(self.visit.status)]


def lines(request: HttpRequest, call: Call, *, now: datetime) -> list[tuple[str, list[Line]]]:
    """The groups that have a line, by their names; one query each. Only after the gate."""
    own = OwnVisits(call.patient_id, user=request.user, now=now)  # type: ignore[arg-type]
    coming = list(own.coming()[:COMING])
    in_closed.say(coming)
    groups = [
        ("Visits to come", [Line(one, _next(one, now)) for one in coming]),
        ("Missed or to be booked again", _each(own.lost()[:LOST], "again")),
        ("Past visits", _each(own.past()[:PAST], "")),
    ]
    return [(name, found) for name, found in groups if found]


def movable(groups: list[tuple[str, list[Line]]]) -> list[Appointment]:
    """Those that can be confirmed, moved or cancelled on the phone."""
    return [line.visit for _, found in groups for line in found if line.act in ("confirm", "move")]


def _each(rows: Iterable[Appointment], act: str) -> list[Line]:
    return [Line(row, act) for row in rows]


def _next(visit: Appointment, now: datetime) -> str:
    """One in a closed time is to be moved, not to be confirmed."""
    if visit.status not in UPCOMING or visit.starts_at < now:
        return ""
    return "confirm" if visit.status == Status.BOOKED and not visit.in_closed else "move"  # type: ignore[attr-defined]
