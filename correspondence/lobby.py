"""The lobby of the call desk: over all practices where somebody takes calls, each visited in its own context."""

from dataclasses import dataclass, field
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance.access import standing_of
from compliance.models import Membership, Practice, User
from compliance.tenancy import acting_in
from correspondence.enums import CallStatus
from correspondence.models import Call
from patients import names
from patients.models import Patient

MOST = 15


@dataclass(frozen=True)
class Row:
    """One call as listed. `patient` is her name, empty while nobody is verified; `ending` the last two digits."""

    practice: Practice
    call_id: UUID
    started_at: datetime
    patient: str
    ending: str
    reason: str
    outcome: str
    handled_by: str


@dataclass(frozen=True)
class Line:
    """One practice of the lobby: its key, its local time, its calls of today and one's own open ones."""

    practice: Practice
    key: str
    now: datetime
    mine: list[Row] = field(default_factory=list)
    today: list[Row] = field(default_factory=list)


def lines(user: User, *, now: datetime) -> list[Line]:
    """Every practice where this person may take calls now, by name."""
    found = [_line(practice, user, now) for practice in _practices_of(user, now=now)]
    taking = [line for line in found if line is not None]
    keyed = [*"123456789", *[""] * len(taking)]
    return [Line(key=key, **line) for key, line in zip(keyed, taking, strict=False)]


def practice_dialled(number: str, among: list[Practice]) -> Practice | None:
    """Whose number was dialled; None when it is nobody's, or more than one's."""
    found = [practice for practice in among if practice.phone and practice.phone.as_e164 == number]
    return found[0] if len(found) == 1 else None


def rows(calls: list[Call], practice: Practice, *, user: User) -> list[Row]:
    """Calls as listed, with their patients' names: two queries for any number of them. `outcome` was annotated."""
    wanted = {call.patient_id for call in calls if call.patient_id}
    found = list(Patient.objects.visible_to(user).filter(pk__in=wanted).with_names()) if wanted else []
    called = {patient.pk: names.listed(patient) for patient in found}
    return [_row(call, practice, called) for call in calls]


def _row(call: Call, practice: Practice, called: dict[UUID, str]) -> Row:
    return Row(
        practice=practice,
        call_id=call.pk,
        started_at=call.started_at,
        patient=called.get(call.patient_id, "") if call.patient_id else "",
        ending=(call.phone or "")[-2:],
        reason=call.get_reason_display(),
        outcome=CallStatus(call.outcome).label if call.outcome else call.get_status_display(),
        handled_by=call.handled_by.name,
    )


def _practices_of(user: User, *, now: datetime) -> list[Practice]:
    with acting_in(None, user.pk):
        mine = Membership.objects.in_force(now).filter(user=user).values("practice")
        return list(Practice.objects.filter(pk__in=mine).order_by("name", "pk"))


def _line(practice: Practice, user: User, now: datetime) -> dict | None:
    with acting_in(practice.pk, user.pk):
        if not standing_of(user).may("correspondence.take_call"):
            return None
        here = now.astimezone(ZoneInfo(practice.time_zone))
        midnight = datetime.combine(here.date(), time.min, here.tzinfo)
        calls = Call.objects.visible_to(user).with_outcome().select_related("handled_by").order_by("-started_at", "-pk")
        mine = list(calls.standing().filter(handled_by=user)[:MOST])
        today = list(calls.since(midnight).exclude(pk__in=[call.pk for call in mine])[:MOST])
        shown = rows([*mine, *today], practice, user=user)
        return {
            "practice": practice,
            "now": here,
            "mine": shown[: len(mine)],
            "today": shown[len(mine) :],
        }
