"""A wait list of three, a time that became free for them, a lost visit, a recall that is due and one that is not."""

from datetime import time, timedelta
from typing import Any

from patients.models import Patient
from scheduling import recalls, visits, waitlist
from scheduling.enums import TAKES_TIME, Status
from scheduling.enums_waiting import Band
from scheduling.models import Appointment, WaitEntry
from secretary_portal.demo.data.days import Desk


def load(desk: Desk) -> None:
    """Once: on the first day. Nobody who has died, and nobody who does not wish to be contacted."""
    if WaitEntry.objects.exists():
        return
    lost = _to_be_lost(desk)
    if lost is None:
        return
    taken = Appointment.objects.filter(status__in=TAKES_TIME, starts_at__gt=desk.now).values("patient")
    people = Patient.objects.filter(is_deceased=False, do_not_contact=False, is_active=True).exclude(pk__in=taken)
    one, two, three, four, *_ = [*people.order_by("pk")[:5], None, None, None, None]
    wishes: list[dict[str, Any]] = [
        {"band": Band.URGENT},
        {"from_time": time(8), "until_time": time(17)},
        {"weekdays": 0b0100000},
    ]
    for who, wish in zip((one, two, three), wishes, strict=True):
        if who is not None:
            waiting_since = desk.now - timedelta(days=9)
            waitlist.add(patient=who, visit_type=lost.visit_type, by=desk.by, now=waiting_since, **wish)
    said: dict[str, Any] = {"reason": "pat-lt", "initiator": "patient", "told_by": "patient"}
    visits.cancel(lost, by=desk.by, now=desk.now - timedelta(minutes=30), **said)
    _recalls(desk, four or one)


def _to_be_lost(desk: Desk) -> Appointment | None:
    """A visit of one of the next days, of a kind of which time is wanted."""
    ahead = Appointment.objects.filter(status=Status.BOOKED, starts_at__gt=desk.now + timedelta(hours=3))
    rows = ahead.filter(visit_type__name__in=("Follow-up", "Office visit"), rescheduled_from__isnull=True)
    return rows.select_related("patient", "provider", "visit_type", "location").order_by("starts_at", "pk").first()


def _recalls(desk: Desk, who: Patient | None) -> None:
    if who is None:
        return
    kind, soon = desk.types["Annual physical"], desk.today + timedelta(days=20)
    plan: dict[str, Any] = {"patient": who, "by": desk.by}
    due = recalls.plan(visit_type=kind, due_on=soon, reason="Yearly checkup", now=desk.now - timedelta(days=4), **plan)
    tried = desk.now - timedelta(days=3)
    recalls.attempt(due, method="phone", result="left-message", by=desk.by, now=tried)
    half = desk.today + timedelta(days=182)
    recalls.plan(visit_type=desk.types["Follow-up"], due_on=half, reason="Blood pressure", now=desk.now, **plan)
