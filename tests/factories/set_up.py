"""A row of each kind that a practice admin sets up."""

from datetime import UTC, datetime, time

from compliance import people
from compliance.models import Location, OfficeHours, Practice
from compliance.roles import Role
from compliance.tenancy import acting_in
from correspondence.models import RedFlags
from scheduling.enums import ResourceKind
from scheduling.models import Resource
from tests.factories import insurance, reminders, scheduling
from tests.factories import people as factory

NOON = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)


def rows_of_each_kind(at: Practice) -> None:
    """In a practice as `people.practice()` makes it; committed where the caller's transaction is."""
    admin = factory.member(at, Role.PRACTICE_ADMIN)
    with acting_in(at.pk, admin.pk):
        OfficeHours.objects.create(weekday=0, opens=time(8), closes=time(17))
        people.invite(email="new@staff.example", name="New", role=Role.SECRETARY, by=admin, now=NOON)
        scheduling.provider()
        scheduling.visit_type()
        scheduling.closure(NOON, NOON.replace(hour=22))
        Resource.objects.create(kind=ResourceKind.ROOM, name="Room 1", capacity=1, location=Location.objects.get())
        reminders.wording()
        reminders.plan()
        RedFlags.objects.create(number=1, signs=["Chest pain"], published_at=NOON)
        insurance.payer()
