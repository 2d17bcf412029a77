"""The year before: what the reports count. Written month by month as rows, because nobody looks at how each came to be."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from patients.models import Patient
from scheduling.enums import TAKES_TIME, CancelReason, ConfirmedVia, Initiator, Mode, Source, Status, ToldBy
from scheduling.hours import Hours
from scheduling.models import Appointment, Occupation, Provider, Transition, VisitType
from scheduling.week import Open
from secretary_portal.demo.data import hours
from secretary_portal.demo.data.days import CHILDREN_SEEN_BY, GRID, WEIGHTS, Desk

MONTH, MONTHS = 28, 13
SHARE, GROWTH = 0.12, 0.01  # of the open time, and so much more each month: the practice grows
OVER: tuple[tuple[Status, int, dict[str, str]], ...] = (
    (Status.FULFILLED, 84, {}),
    (Status.NO_SHOW, 6, {}),
    (Status.LEFT, 1, {}),
    (Status.CANCELLED, 7, {"cancel_reason": CancelReason.PATIENT, "cancel_initiator": Initiator.PATIENT}),
    (Status.CANCELLED, 2, {"cancel_reason": CancelReason.PROVIDER, "cancel_initiator": Initiator.PROVIDER}),
)
LATE = timedelta(hours=24)
KINDS = {name: weight for name, weight in WEIGHTS.items() if name != "New patient"}  # everybody is known already


def load(desk: Desk, number: int) -> None:
    """The month that many months back, counted in four weeks from a week ago; once."""
    last = desk.today - timedelta(days=hours.BEHIND + 1 + MONTH * number)
    first = last - timedelta(days=MONTH - 1)
    start, end = hours.midnight(first, desk.zone), hours.midnight(last + timedelta(days=1), desk.zone)
    if Appointment.objects.filter(starts_at__gte=start, starts_at__lt=end).exists():
        return
    hours.close_past_holidays(desk, first, last)
    dice = random.Random(f"{desk.practice.slug}:{first}")  # noqa: S311  # nosec B311
    share = SHARE + GROWTH * (MONTHS - number)
    _write(desk, list(_visits(desk, first, last, share, dice)), dice)


def _visits(desk: Desk, first: date, last: date, share: float, dice: random.Random) -> Iterator[Appointment]:
    """One a day at most for a patient."""
    worked = Hours(desk.providers, first, last)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        grown, children = (iter(dice.sample(some, len(some))) for some in (desk.grown, desk.children))
        for provider in desk.providers:
            waiting = children if provider.specialty == CHILDREN_SEEN_BY and desk.children else grown
            for piece in worked.open(provider, day):
                yield from _booked(desk, provider, piece, waiting, share, dice)


def _booked(
    desk: Desk, provider: Provider, piece: Open, waiting: Iterator[Patient], share: float, dice: random.Random
) -> Iterator[Appointment]:
    at = piece.start
    while at < piece.end:
        kind = desk.types[dice.choices(list(KINDS), list(KINDS.values()))[0]]
        takes = (kind.minutes + kind.buffer_after) * 60
        patient = next(waiting, None) if at + takes <= piece.end and dice.random() < share else None
        if patient:
            yield _visit(desk, provider, piece, patient, kind, datetime.fromtimestamp(at, UTC), dice)
        at += -(-takes // GRID) * GRID


def _visit(
    desk: Desk, who: Provider, piece: Open, patient: Patient, kind: VisitType, at: datetime, dice: random.Random
) -> Appointment:
    """As it stands afterwards."""
    ends_at = at + timedelta(minutes=kind.minutes)
    status, _, why = dice.choices(OVER, [weight for _, weight, _ in OVER])[0]
    visit = Appointment(
        patient=patient,
        provider=who,
        visit_type=kind,
        location=piece.location,
        starts_at=at,
        ends_at=ends_at,
        status=status,
        mode=dice.choice(kind.modes) if kind.modes else Mode.OFFICE,
        reason=dice.choice(desk.reasons(patient)[kind.name]) or None,
        source=dice.choice([Source.PHONE, Source.PHONE, Source.DESK, Source.PORTAL]),
        booked_by=desk.by,
        **why,
    )
    for name, value in _course(visit, dice).items():
        setattr(visit, name, value)
    return visit


def _course(visit: Appointment, dice: random.Random) -> dict[str, Any]:
    """When what became of it, as far as it came."""
    if visit.status == Status.CANCELLED:
        before = timedelta(hours=dice.choice([3, 20, 50, 90, 200]))
        is_hers = visit.cancel_initiator == Initiator.PATIENT
        told = {"told_by": ToldBy.SHE_CALLED if is_hers else ToldBy.CALLED, "is_late_cancel": is_hers and before < LATE}
        return {"status_since": visit.starts_at - before, **told}
    if visit.status == Status.NO_SHOW:
        return {"status_since": visit.starts_at + timedelta(minutes=45)}
    confirmed = {"confirmed_at": visit.starts_at - timedelta(days=1), "confirmed_via": ConfirmedVia.CALL}
    seen = confirmed if dice.random() < 0.7 else {}
    seen["arrived_at"] = visit.starts_at - timedelta(minutes=dice.randint(2, 15))
    if visit.status == Status.LEFT:
        return {**seen, "status_since": visit.ends_at}
    roomed_at, finished_at = visit.starts_at + timedelta(minutes=dice.randint(0, 12)), visit.ends_at
    return {**seen, "roomed_at": roomed_at, "finished_at": finished_at, "status_since": finished_at}


def _write(desk: Desk, made: list[Appointment], dice: random.Random) -> None:
    """The visits, when each was booked and how it ended, and what still counts as taken."""
    Appointment.objects.bulk_create(made)
    for visit in made:
        ahead = timedelta(days=dice.choice([0, 1, 2, 3, 5, 8, 13, 21, 34]), hours=dice.randint(1, 6))
        visit.created_at = min(visit.starts_at, visit.status_since) - ahead
    Appointment.objects.bulk_update(made, ["created_at"], batch_size=500)
    Transition.objects.bulk_create(step for visit in made for step in _steps(desk, visit))
    Occupation.objects.bulk_create(
        Occupation(resource=visit.provider.resource, starts_at=visit.starts_at, ends_at=visit.ends_at, appointment=visit)
        for visit in made
        if visit.status in TAKES_TIME
    )


def _steps(desk: Desk, visit: Appointment) -> Iterator[Transition]:
    about: dict[str, Any] = {"appointment": visit, "patient": visit.patient, "by": desk.by, "to_provider": visit.provider}
    about |= {"to_starts_at": visit.starts_at, "from_starts_at": visit.starts_at, "from_provider": visit.provider}
    yield Transition(what="booked", to_status=Status.BOOKED, at=visit.created_at, **about)
    ended = {Status.FULFILLED: "completed", Status.NO_SHOW: "did not come", Status.LEFT: "left"}
    what = ended.get(Status(visit.status), "cancelled")
    about["code"] = visit.cancel_reason
    yield Transition(what=what, from_status=Status.BOOKED, to_status=visit.status, at=visit.status_since, **about)
