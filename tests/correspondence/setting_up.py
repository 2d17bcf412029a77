"""Many reminders that are due, made quickly."""

from datetime import timedelta

from django.utils import timezone

from compliance.models import Location, Practice
from compliance.roles import Role
from compliance.tenancy import acting_in
from patients.enums import ContactSystem, Purpose
from patients.models import Consent, ContactPoint, HumanName, Patient
from scheduling.models import Appointment
from tests.factories import people, reminders, scheduling


def a_practice_to_remind(count: int) -> Practice:
    """A practice with so many visits tomorrow, each of a patient who may be e-mailed at `<n>@<slug>.example`."""
    practice = people.practice()
    secretary = people.member(practice, Role.SECRETARY)
    with acting_in(practice.pk, secretary.pk):
        reminders.wording()
        reminders.plan()
        patients = [Patient() for _ in range(count)]
        Patient.objects.bulk_create(patients)
        HumanName.objects.bulk_create(HumanName(patient=each, family="Lopez", given="Maria") for each in patients)
        _may_be_mailed(patients, practice)
        _visits_tomorrow(patients)
    return practice


def _may_be_mailed(patients: list[Patient], practice: Practice) -> None:
    contacts = [
        ContactPoint(patient=each, system=ContactSystem.EMAIL, value=f"{number}@{practice.slug}.example")
        for number, each in enumerate(patients)
    ]
    ContactPoint.objects.bulk_create(contacts)
    now = timezone.now()
    Consent.objects.bulk_create(
        Consent(patient=c.patient, contact=c, purpose=Purpose.EMAIL, is_given=True, at=now, source="test") for c in contacts
    )


def _visits_tomorrow(patients: list[Patient]) -> None:
    now = timezone.now()
    starts_at = now + timedelta(hours=20)
    at = {
        "provider": scheduling.provider(hours=False),
        "visit_type": scheduling.visit_type(),
        "location": Location.objects.get(),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=30),
        "status_since": now,
    }
    Appointment.objects.bulk_create(Appointment(patient=each, **at) for each in patients)
