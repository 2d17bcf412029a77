"""Providers with their hours, rooms, and kinds of visit."""

from datetime import date, datetime, time

from compliance.models import Location, Practice, User
from scheduling.enums import Mode, ResourceKind
from scheduling.models import DailyLimit, Need, Provider, Resource, VisitType, WorkingHours
from secretary_portal.demo.data.practices import Doctor, Plan

HEART, MACHINE = "ECG", "ECG machine"
NEW_A_DAY = 4
OFFICE, REMOTE = [Mode.OFFICE], [Mode.VIDEO, Mode.PHONE]

# name, minutes, buffer after, patients at once, modes, what the patient is told
VISIT_TYPES = (
    ("Office visit", 30, 0, 1, OFFICE, ""),
    ("Follow-up", 15, 0, 1, OFFICE + REMOTE, ""),
    ("New patient", 45, 15, 1, OFFICE, "Please bring your insurance card and a list of your medicines."),
    ("Annual physical", 45, 0, 1, OFFICE, "Please do not eat for 8 hours before your visit. Water is fine."),
    ("Video visit", 20, 0, 1, REMOTE, "We send you a link. Please be in a quiet place with good light."),
    ("Flu shot", 10, 0, 2, OFFICE, ""),
    (HEART, 20, 0, 1, OFFICE, "Please wear a top that is easy to open."),
)


def load(practice: Practice, plan: Plan, *, now: datetime) -> None:
    """All of it, once."""
    if Provider.objects.exists():
        return
    place = Location.objects.get(name=plan.name)
    for position, doctor in enumerate(plan.doctors):
        provider(doctor, place, position=position)
    for room in plan.rooms:
        Resource.objects.create(kind=ResourceKind.ROOM, name=room, location=place)
    for position, (name, minutes, after, capacity, modes, instructions) in enumerate(VISIT_TYPES):
        VisitType.objects.create(
            name=name,
            minutes=minutes,
            buffer_after=after,
            capacity=capacity,
            modes=modes,
            instructions=instructions,
            position=position,
        )
    _particulars(place)


def _particulars(place: Location) -> None:
    """What some kinds need: a machine, longer for who is new, papers before; and how many new patients a day is good for."""
    machine = Resource.objects.create(kind=ResourceKind.EQUIPMENT, name=MACHINE, location=place)
    Need.objects.create(visit_type=VisitType.objects.get(name=HEART), resource=machine)
    VisitType.objects.filter(name="Annual physical").update(new_minutes=60)
    VisitType.objects.filter(name="New patient").update(preparation=["Registration form", "Insurance card"])
    DailyLimit.objects.create(new_only=True, most=NEW_A_DAY)


def provider(doctor: Doctor, place: Location, *, position: int) -> Provider:
    """One provider with her week; lunch is a closure of each day."""
    made = Provider.objects.create(
        name=doctor.name,
        short_name=doctor.short_name,
        credentials=doctor.credentials,
        specialty=doctor.specialty,
        user=User.objects.filter(email=doctor.email).first(),
        resource=Resource.objects.create(kind=ResourceKind.PROVIDER, name=doctor.short_name, location=place),
        position=position,
    )
    for weekday in doctor.weekdays:
        WorkingHours.objects.create(
            provider=made,
            location=place,
            weekday=weekday,
            starts=time(doctor.opens),
            ends=time(doctor.closes),
            valid_from=date(2020, 1, 1),
        )
    return made
