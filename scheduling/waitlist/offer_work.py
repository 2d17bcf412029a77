"""The work that hangs on an offer, one case at a time: calling whom no message reached, booking what was accepted."""

from datetime import datetime, timedelta

from compliance import cases, clock
from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case, User
from compliance.roles import Role
from compliance.zones import zone
from scheduling.enums_waiting import OfferStatus
from scheduling.models import Offer

CALL, CONFIRM = "wait-call", "wait-confirm"
SOON = timedelta(hours=1)  # of office time
DONE = (OfferStatus.ACCEPTED, OfferStatus.BOOKED)


def call(offer: Offer, *, why: str, now: datetime) -> Case:
    """Tell her by phone what no message told her, before the offer runs out. `why` is a sentence."""
    summary = f"Call the patient: {_when(offer)} is offered. {why}"
    return _open(offer, CALL, summary, before=offer.expires_at, by=None, now=now)


def confirm(offer: Offer, *, by: User | None, now: datetime) -> Case:
    """Book what was accepted."""
    summary = f"Accepted from the wait list: {_when(offer)}. The time is held. Book it."
    return _open(offer, CONFIRM, summary, before=offer.starts_at, by=by, now=now)


def over(offer: Offer, to: OfferStatus, *, now: datetime) -> None:
    """The offer goes where nothing of this work is left."""
    case = Case.objects.filter(offer=offer, status__in=CASE_STANDING).first()
    if case is not None:
        done = CaseStatus.COMPLETED if to in DONE else CaseStatus.CANCELLED
        cases.move(case, done, by=None, now=now, note=to.label)


def _open(offer: Offer, kind: str, summary: str, *, before: datetime, by: User | None, now: datetime) -> Case:
    hours = clock.calendar_here()
    return cases.open_case(
        kind=kind,
        summary=summary,
        by=by,
        now=now,
        patient=offer.patient_id,
        team=Role.SECRETARY,
        due_at=min(clock.due(now, hours=hours, minutes=SOON // timedelta(minutes=1)), before),
        about=offer,
    )


def _when(offer: Offer) -> str:
    here = offer.starts_at.astimezone(zone(offer.location.time_zone))
    return f"{here:%a, %b} {here.day} at {here:%-I:%M %p} with {offer.provider}"
