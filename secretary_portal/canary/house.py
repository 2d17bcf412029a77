"""A practice of the portal's own, with patients whose values occur nowhere else. It has no members: nobody is shown it."""

import secrets
import string
from datetime import date, datetime

from django.db import IntegrityError

from compliance import people
from compliance.models import Practice
from compliance.people import OWN_SLUG
from compliance.tenancy import SYSTEM, acting_in
from patients import registration
from patients.details import Contact, Details, Name, Number
from patients.enums import ContactSystem, IdentifierKind
from patients.models import Patient

PATIENTS = 3
LETTERS = 12  # of a made-up word: 26^12, so that it is found by no accident


def words(*, now: datetime) -> dict[str, list[str]]:
    """What to look for, by kind. Opens the canary patients, as a page does; the first call makes them."""
    practice = Practice.objects.filter(slug=OWN_SLUG).first() or _made(now=now)
    with acting_in(practice.pk, SYSTEM):
        rows = list(Patient.objects.with_names().prefetch_related("contacts", "identifiers"))
        return {
            "names": [part for row in rows for name in row.names.all() for part in (name.family, name.given) if part],
            "e-mail addresses": [contact.value for row in rows for contact in row.contacts.all()],
            "record numbers": [number.value for row in rows for number in row.identifiers.all()],
            "notes": [row.note for row in rows if row.note],
        }


def _made(*, now: datetime) -> Practice:
    try:
        practice = people.found(slug=OWN_SLUG, name="The portal's own", time_zone="UTC", state="", now=now)
    except IntegrityError:  # another process was first
        return Practice.objects.get(slug=OWN_SLUG)
    with acting_in(practice.pk, SYSTEM):
        for _ in range(PATIENTS):
            registration.register(_invented(), by=None, now=now)
    return practice


def _invented() -> Details:
    return Details(
        names=(Name(_word().title(), _word().title()),),
        birth_date=date(1901, 2, 3),
        contacts=(Contact(f"{_word()}@canary.invalid", ContactSystem.EMAIL),),
        numbers=(Number(_word().upper(), IdentifierKind.MRN),),
        note=_word(),
    )


def _word() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(LETTERS))
