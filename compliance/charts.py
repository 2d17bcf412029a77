"""Who may open one chart: restrictions, grants to named people, people barred, broken glass (their one writer).

Each act is an event of the trail; `visible_to` reads the rows at the moment of use.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from compliance import cases, revocations
from compliance.access import standing_of
from compliance.audit import events
from compliance.enums import Priority
from compliance.models import Barred, BrokenGlass, Case, ChartGrant, ChartRestriction, GlassReason, Relation, User
from compliance.revocations import What
from compliance.roles import Role

OPEN_FOR = timedelta(minutes=30)
REVIEWED_WITHIN = timedelta(hours=72)
OPENS = "patients.view_patient"  # who may not, opens each chart by breaking its glass


class OwnReach(Exception):
    """Nobody widens what she herself may open."""


class NotRestricted(Exception):
    """The chart is open to the person already, or restricted to nobody."""


class Closed(Exception):
    """The person is barred from the chart; no reason opens it."""


class Already(Exception):
    """It stands so already."""


def is_barred(user: User, patient: UUID) -> bool:
    """Whether a person is kept out of a chart."""
    return Barred.objects.filter(user=user, patient=patient, ended_at__isnull=True).exists()


def barred_from(user: User) -> frozenset[UUID]:
    """The charts that a person is kept out of."""
    return frozenset(Barred.objects.filter(user=user, ended_at__isnull=True).values_list("patient", flat=True))


def is_restricted(patient: UUID) -> bool:
    """Whether a chart is open to named people only."""
    return ChartRestriction.objects.filter(patient=patient, ended_at__isnull=True).exists()


def glass_of(user: User, patient: UUID, *, now: datetime) -> BrokenGlass | None:
    """The glass a person broke and that is still open, the longest."""
    rows = BrokenGlass.objects.filter(user=user, patient=patient, expires_at__gt=now)
    return rows.order_by("-expires_at", "-pk").first()


def is_closed_to(user: User, patient: UUID, *, now: datetime) -> bool:
    """Whether the chart is closed to a person now."""
    is_open = not is_barred(user, patient) and glass_of(user, patient, now=now) is not None
    return not is_open and is_closed_without_glass(user, patient)


def is_closed_without_glass(user: User, patient: UUID) -> bool:
    """Whether the chart is closed to a person but for glass that she broke."""
    if is_barred(user, patient):
        return True
    granted = ChartGrant.objects.filter(user=user, patient=patient, ended_at__isnull=True)
    return not user.may(OPENS) or (is_restricted(patient) and not granted.exists())


def restrict(patient: UUID, *, by: User) -> ChartRestriction:
    """Close a chart to all but named people. Raises Already."""
    row = _made(ChartRestriction(patient=patient, by=by), "chart.restricted", by)
    _noted(What.RESTRICTION, row, now=row.created_at, patient=patient, by=by.pk)
    return row


def lift(patient: UUID, *, by: User, now: datetime) -> None:
    """Open a restricted chart to everybody whose role opens charts.

    Raises OwnReach for one to whom it is closed, also while her glass is open: thirty minutes of one person must not
    become everybody's for good. Raises NotRestricted.
    """
    if is_closed_without_glass(by, patient):
        raise OwnReach
    row = ChartRestriction.objects.filter(patient=patient, ended_at__isnull=True).first()
    if row is None or not _ended(row, "chart.restriction_lifted", by, now):
        raise NotRestricted
    _noted(What.RESTRICTION, row, now=now, undone=True)


def name(user: User, patient: UUID, *, by: User) -> ChartGrant:
    """Open a restricted chart to one person. Raises OwnReach for oneself, Already."""
    if user.pk == by.pk:
        raise OwnReach
    return _made(ChartGrant(patient=patient, user=user, by=by), "chart.granted", by, user=str(user.pk))


def bar(user: User, patient: UUID, *, relation: Relation, by: User) -> Barred:
    """Keep a person out of one chart. Everybody may be barred by herself. Raises Already."""
    row = Barred(patient=patient, user=user, relation=relation, by=by)
    _made(row, "chart.barred", by, user=str(user.pk), relation=relation)
    _noted(What.BAR, row, now=row.created_at, patient=patient, user=user.pk, relation=relation, by=by.pk)
    return row


def end(row: ChartGrant | Barred, *, by: User, now: datetime) -> None:
    """End a grant, or let a barred person in again. Raises OwnReach for one's own bar, Already."""
    if isinstance(row, Barred) and row.user_id == by.pk:
        raise OwnReach
    kind = "chart.unbarred" if isinstance(row, Barred) else "chart.grant_ended"
    if not _ended(row, kind, by, now):
        raise Already
    if isinstance(row, Barred):
        _noted(What.BAR, row, now=now, undone=True)
    else:
        _noted(What.GRANT, row, now=now)


def break_glass(patient: UUID, *, reason: GlassReason, words: str, by: User, now: datetime) -> BrokenGlass:
    """Open one closed chart to oneself for 30 minutes; the privacy officer hears of it and reviews it in 72 hours.

    Her own glass the practice's admins review. Raises Closed for a barred person, NotRestricted. The caller has asked for
    the second factor again.
    """
    if is_barred(by, patient):
        events.record("chart.glass_refused", by=by, opened=[patient], refused=True)
        raise Closed
    if not is_closed_to(by, patient, now=now):
        raise NotRestricted
    with transaction.atomic():
        glass = BrokenGlass(patient=patient, user=by, reason=reason, words=words, broken_at=now, expires_at=now + OPEN_FOR)
        glass.review = cases.open_case(
            kind="broken-glass",
            summary=f"{by.name} opened a closed chart. {reason.label}: {words}",
            by=by,
            now=now,
            team=reviewers_of(by),
            priority=Priority.URGENT,
            due_at=now + REVIEWED_WITHIN,
            about=glass,
        )
        glass.save(force_insert=True)
        events.record("chart.glass_broken", glass, by=by, body={"reason": reason, "until": glass.expires_at.isoformat()})
    return glass


def reviewed_in(review: Case) -> UUID | None:
    """Whose chart the review of broken glass is about; None for any other case. The case itself names nobody."""
    return BrokenGlass.objects.filter(review=review).values_list("patient", flat=True).first()


def reviewers_of(user: User) -> Role:
    """Who looks at glass that a person broke: the privacy officer, and of the officer's own the admins."""
    return Role.PRACTICE_ADMIN if Role.PRIVACY_OFFICER in standing_of(user).roles else Role.PRIVACY_OFFICER


def _noted(what: What, row: Any, **said: Any) -> None:
    revocations.note(what, row.pk, practice=row.practice_id, **said)


def _made(row: Any, kind: str, by: User, **body: Any) -> Any:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            events.record(kind, row, action=events.CREATE, by=by, body=body)
    except IntegrityError as error:
        raise Already from error
    return row


def _ended(row: Any, kind: str, by: User, now: datetime) -> bool:
    with transaction.atomic():
        if not type(row).objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=now, updated_at=now):
            return False
        events.record(kind, row, action=events.UPDATE, by=by)
    return True
