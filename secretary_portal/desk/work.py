"""Open work of all of somebody's practices, by time left."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q

from compliance import case_ends
from compliance.access import standing_of
from compliance.cases import UNDO_LASTS
from compliance.enums import CASE_STANDING, kind_of_case
from compliance.models import Case, CaseTransition, Practice, User
from compliance.roles import Role
from compliance.tenancy import acting_in, current
from patients.models import Patient
from patients.names import listed

MOST = 50
END_OF_TIME = datetime.max.replace(tzinfo=UTC)

# As `Membership.objects.in_force`, written out: the frame of every page asks it.
MINE = """
SELECT practice.* FROM compliance_practice AS practice
 WHERE EXISTS (SELECT FROM compliance_membership AS held
                WHERE held.practice_id = practice.id AND held.user_id = %(user)s
                  AND held.starts_at <= %(now)s AND (held.ends_at IS NULL OR held.ends_at > %(now)s))
 ORDER BY practice.name, practice.id
"""


@dataclass(frozen=True)
class Piece:
    """One row of my work; its times are shown in the practice's zone. `patient` is her name as listed, or empty.

    `is_asked`: it is ended by saying what came of it, on its own page.
    """

    practice: Practice
    case: Case
    kind: str
    patient: str
    is_mine: bool
    owner: str
    is_late: bool
    may_work: bool
    may_assign: bool
    may_undo: bool
    is_asked: bool

    @property
    def is_open(self) -> bool:
        """Not done; what one has just done stays a moment, to be undone."""
        return self.case.closed_at is None


@dataclass(frozen=True)
class Work:
    """The rows shown, how many pieces of work there are in all, and the practices they may come from."""

    pieces: list[Piece]
    total: int
    practices: list[Practice]


@dataclass(frozen=True)
class _Place:
    """Where one case stands in the order over all practices; nothing of it is opened yet."""

    practice: Practice
    due_at: datetime | None
    case: UUID
    just_moved: bool

    @property
    def order(self) -> tuple[datetime, UUID]:
        return self.due_at or END_OF_TIME, self.case


def practices_of(user: User, *, now: datetime) -> list[Practice]:
    """Where somebody is a member now, by name. The wall shows her own memberships wherever she acts herself."""
    context = current()
    with nullcontext() if context and context.principal == user.pk else acting_in(None, user.pk):
        return list(Practice.objects.raw(MINE, {"user": user.pk, "now": now}))


def open_work(user: User, *, now: datetime, whose: str = "all", at: str = "") -> Work:
    """The fifty pieces that run out first. `whose`: all, mine or team; `at` is a practice's slug, or empty.

    Practices are visited one after another, each in its own context, twice: first to find what runs out first over all
    of them, then to open exactly the rows that are shown.
    """
    practices = practices_of(user, now=now)
    places: list[_Place] = []
    total = 0
    for practice in practices:
        if at in ("", practice.slug):
            found, count = _places(practice, user, whose, now)
            places, total = places + found, total + count
    shown = sorted(places, key=lambda place: place.order)[:MOST]
    pieces: dict[UUID, Piece] = {}
    for practice in practices:
        pieces |= _opened(practice, user, [place for place in shown if place.practice == practice], now)
    return Work([pieces[place.case] for place in shown if place.case in pieces], total, practices)


def _places(practice: Practice, user: User, whose: str, now: datetime) -> tuple[list[_Place], int]:
    with acting_in(practice.pk, user.pk):
        if not standing_of(user).may("compliance.view_case"):
            return [], 0
        recent = CaseTransition.objects.visible_to(user).filter(
            by=user, at__gt=now - UNDO_LASTS, undone_by__isnull=True, undoes__isnull=True
        )
        moved = set(recent.exclude(what="opened").values_list("case_id", flat=True))
        standing = Q(status__in=CASE_STANDING) & _belonging(user, whose)
        visible = Case.objects.visible_to(user)
        rows = visible.filter(standing | Q(pk__in=moved)).by_time_left().values_list("due_at", "pk")[:MOST]
        return [_Place(practice, due_at, pk, pk in moved) for due_at, pk in rows], visible.filter(standing).count()


def _belonging(user: User, whose: str) -> Q:
    return {"mine": Q(owner=user), "team": Q(owner__isnull=True)}.get(whose, Q())


def _opened(practice: Practice, user: User, places: list[_Place], now: datetime) -> dict[UUID, Piece]:
    if not places:
        return {}
    just_moved = {place.case for place in places if place.just_moved}
    with acting_in(practice.pk, user.pk):
        wanted = Case.objects.visible_to(user).filter(pk__in=[place.case for place in places])
        rows = list(wanted.select_related("owner"))
        names = _names((case.patient for case in rows if case.patient), user)
        standing = standing_of(user)
        return {
            case.pk: Piece(
                practice=practice,
                case=_opened_here(case),
                kind=kind_of_case(case.kind),
                patient=names.get(case.patient, "") if case.patient else "",
                is_mine=case.owner_id == user.pk,
                owner=case.owner.name if case.owner else f"Team: {Role(case.team).label}",
                is_late=case.closed_at is None and case.due_at is not None and case.due_at < now,
                may_work=standing.may("compliance.work_case"),
                may_assign=standing.may("compliance.assign_case"),
                may_undo=case.pk in just_moved,
                is_asked=case_ends.is_asked(case),
            )
            for case in rows
        }


def _opened_here(case: Case) -> Case:
    """Open the summary while its practice is acted in: the page is rendered outside of every one."""
    case.summary = case.summary
    return case


def _names(patients: Iterable[UUID], user: User) -> dict[UUID, str]:
    rows = Patient.objects.visible_to(user).filter(pk__in=set(patients)).with_names()
    return {patient.pk: listed(patient) for patient in rows}
