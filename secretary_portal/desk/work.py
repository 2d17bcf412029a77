"""Open work of all of somebody's practices, by time left."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from compliance.access import standing_of
from compliance.models import Case, Membership, Practice, User
from compliance.tenancy import acting_in
from patients.models import Patient

MOST = 50


@dataclass(frozen=True)
class Piece:
    """One row of my work. Times are in the practice's zone; `patient` is her name as listed, or empty."""

    practice: Practice
    case_id: UUID
    kind: str
    summary: str
    patient: str
    status: str
    priority: str
    is_mine: bool
    owner: str
    due_at: datetime | None
    waiting_until: datetime | None
    version: int

    @property
    def is_late(self) -> bool:
        """Past its deadline."""
        return self.due_at is not None and self.due_at < timezone.now()


@dataclass(frozen=True)
class Desk:
    """The open work of one practice: the rows shown, and how many there are in all."""

    practice: Practice
    pieces: list[Piece]
    total: int


def practices_of(user: User, *, now: datetime) -> list[Practice]:
    """Where somebody is a member now, by name."""
    with acting_in(None, user.pk):
        mine = Membership.objects.in_force(now).filter(user=user).values("practice")
        return list(Practice.objects.filter(pk__in=mine).order_by("name", "pk"))


def open_work(user: User, *, now: datetime, whose: str = "all") -> list[Desk]:
    """Each practice visited in its own context, one after another. `whose`: all, mine or team."""
    return [_desk(practice, user, whose) for practice in practices_of(user, now=now)]


def by_time_left(desks: list[Desk]) -> list[Piece]:
    """All rows in one list: what runs out first comes first, what has no deadline last."""
    pieces = [piece for desk in desks for piece in desk.pieces]
    return sorted(pieces, key=lambda piece: (piece.due_at is None, piece.due_at or timezone.now(), piece.case_id))


def _desk(practice: Practice, user: User, whose: str) -> Desk:
    with acting_in(practice.pk, user.pk):
        if not standing_of(user).may("compliance.view_case"):
            return Desk(practice, [], 0)
        rows = Case.objects.visible_to(user).standing()
        if whose == "mine":
            rows = rows.filter(owner=user)
        if whose == "team":
            rows = rows.filter(owner__isnull=True)
        cases = list(rows.by_time_left().select_related("owner")[:MOST])
        names = _names({case.patient for case in cases if case.patient}, user)
        zone = ZoneInfo(practice.time_zone)
        return Desk(practice, [_piece(case, practice, user, names, zone) for case in cases], rows.count())


def _names(patients: set[UUID], user: User) -> dict[UUID, str]:
    from patients.names import listed

    rows = Patient.objects.visible_to(user).filter(pk__in=patients).with_names()
    return {patient.pk: listed(patient) for patient in rows}


def _piece(case: Case, practice: Practice, user: User, names: dict[UUID, str], zone: ZoneInfo) -> Piece:
    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(zone) if moment else None

    return Piece(
        practice=practice,
        case_id=case.pk,
        kind=KINDS.get(case.kind, case.kind.replace("-", " ").capitalize()),
        summary=case.summary,
        patient=names.get(case.patient, "") if case.patient else "",
        status=case.get_status_display(),
        priority=case.priority,
        is_mine=case.owner_id == user.pk,
        owner=case.owner.name if case.owner else _team(case.team),
        due_at=local(case.due_at),
        waiting_until=local(case.waiting_until),
        version=case.version,
    )


KINDS = {"message": "Message", "callback": "Call back", "rebook": "Rebook", "task": "Task", "refill": "Refill"}


def _team(role: str) -> Any:
    from compliance.roles import Role

    return f"Team: {Role(role).label}" if role else ""
