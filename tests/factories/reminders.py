"""Plans, wordings, and a visit of somebody who may be e-mailed: Monday, November 23, 2026, 10 AM in Chicago."""

from datetime import UTC, datetime

from compliance.models import User
from correspondence.channels.memory import MemoryChannel
from correspondence.enums import Channel
from correspondence.models import ReminderPlan, ReminderStep, Wording
from patients.enums import Purpose
from patients.models import Patient
from scheduling.models import Appointment, VisitType
from tests.factories import patients, scheduling

VISIT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
BOOKED = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)
DAY_BEFORE = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
TEXT = "Hello [[patient.given_name]], see you on [[visit.date]] at [[visit.time]]. [[practice.name]]"


def wording(
    *, language: str = "en", text: str = TEXT, subject: str = "A reminder from [[practice.name]]", **fields
) -> Wording:
    """Words of the practice for an e-mail, unless said otherwise."""
    return Wording.objects.create(name="Visit", language=language, text=text, subject=subject, **fields)


def plan(
    *, hours: tuple[int, ...] = (24,), channel: str = Channel.EMAIL, visit_type: VisitType | None = None
) -> ReminderPlan:
    """A plan of steps so many hours before."""
    made = ReminderPlan.objects.create(name="Plan", visit_type=visit_type)
    for each in hours:
        ReminderStep.objects.create(plan=made, hours_before=each, channel=channel, wording_name="Visit")
    return made


def reachable(*, by: User, email: str = "maria@patients.example", **fields) -> Patient:
    """Maria Lopez, who allows e-mail to her address."""
    return patients.patient(by=by, email=email, email_for=(Purpose.EMAIL,), **fields)


def visit(*, by: User, whose: Patient | None = None, starts_at: datetime = VISIT, **details) -> Appointment:
    """A visit booked two weeks before."""
    who = whose or reachable(by=by)
    return scheduling.visit(by=by, whose=who, starts_at=starts_at, now=BOOKED, **details)


def sent_to(address: str) -> list:
    """What the in-memory channel sent to one address."""
    return [message for message in MemoryChannel.sent if message.to == address]
