"""What a contact may be used for: the one writer of Consent, and the one place that is asked."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from compliance.audit import events
from compliance.models import User
from patients.enums import ContactSystem, ContactUse, Purpose
from patients.models import Consent, ContactPoint, Patient

FOR_PHONE = (Purpose.CALL, Purpose.VOICEMAIL, Purpose.TEXT)
PURPOSES: dict[str, tuple[Purpose, ...]] = {ContactSystem.PHONE: FOR_PHONE, ContactSystem.EMAIL: (Purpose.EMAIL,)}
TOLD = "told by phone"


class NotPossible(ValueError):
    """A contact of this kind cannot be used for the purpose: nobody texts an e-mail address."""


def may_use(contact: ContactPoint, purpose: str, *, today: date | None = None) -> bool:
    """Whether a contact may be used for a purpose: consent given, contact and record in use, patient alive, not left alone.

    Works from prefetched `consents` and `patient`.
    """
    patient = contact.patient
    if patient.is_deceased or patient.do_not_contact or not patient.is_active:
        return False
    if not _is_in_use(contact, today or timezone.localdate()):
        return False
    return any(row.is_given for row in _in_force(contact) if row.purpose == purpose)


def allowed_contact(patient: Patient, purpose: str, *, today: date | None = None) -> ContactPoint | None:
    """The first contact, by rank, that may be used for a purpose; None when there is none.

    Works from prefetched `contacts__consents`.
    """
    for contact in in_order(patient):
        contact.patient = patient
        if purpose in PURPOSES.get(contact.system, ()) and may_use(contact, purpose, today=today):
            return contact
    return None


def in_order(patient: Patient) -> list[ContactPoint]:
    """A patient's contacts that are in use, the one to be asked first in front."""
    rows = [row for row in patient.contacts.all() if row.ends_on is None and row.use != ContactUse.OLD]
    return sorted(rows, key=lambda row: (row.rank, row.pk))


def given(contact: ContactPoint) -> frozenset[Purpose]:
    """The purposes that are allowed now, whatever else stands against them."""
    return frozenset(Purpose(row.purpose) for row in _in_force(contact) if row.is_given)


def give(contact: ContactPoint, purpose: str, *, by: User | None, now: datetime, source: str = TOLD) -> Consent | None:
    """Allow one purpose. None when it was allowed already. Raises NotPossible."""
    if purpose not in PURPOSES.get(contact.system, ()):
        raise NotPossible
    return _say(contact, purpose, is_given=True, by=by, now=now, source=source)


def withdraw(contact: ContactPoint, purpose: str, *, by: User | None, now: datetime, source: str = TOLD) -> Consent | None:
    """Forbid one purpose. None when it was forbidden already."""
    return _say(contact, purpose, is_given=False, by=by, now=now, source=source)


def bring_to(
    contact: ContactPoint, wanted: Iterable[str], *, by: User | None, now: datetime, source: str = TOLD
) -> list[str]:
    """Give and withdraw until exactly `wanted` is allowed. Answers the purposes that changed."""
    wanted, held = set(wanted), given(contact)
    for purpose in sorted(wanted - held):
        give(contact, purpose, by=by, now=now, source=source)
    for purpose in sorted(held - wanted):
        withdraw(contact, purpose, by=by, now=now, source=source)
    return sorted(wanted ^ held)


def _say(
    contact: ContactPoint, purpose: str, *, is_given: bool, by: User | None, now: datetime, source: str
) -> Consent | None:
    with transaction.atomic():
        ContactPoint.objects.select_for_update(no_key=True).only("pk").get(pk=contact.pk)
        standing = Consent.objects.filter(contact=contact, purpose=purpose, superseded_at__isnull=True)
        before = standing.first()
        if (before.is_given if before else False) == is_given:
            return None
        standing.update(superseded_at=now)
        row = Consent.objects.create(
            patient_id=contact.patient_id,
            contact=contact,
            purpose=purpose,
            is_given=is_given,
            at=now,
            source=source,
            by=by,
        )
        kind = "consent.given" if is_given else "consent.withdrawn"
        events.record(kind, row, action=events.UPDATE, by=by, body={"purpose": str(purpose), "source": source})
    _forget(contact)
    return row


def _is_in_use(contact: ContactPoint, today: date) -> bool:
    begun = contact.starts_on is None or contact.starts_on <= today
    over = contact.ends_on is not None and contact.ends_on <= today
    return begun and not over and contact.use != ContactUse.OLD


def _in_force(contact: ContactPoint) -> list[Consent]:
    return [row for row in contact.consents.all() if row.superseded_at is None]


def _forget(contact: ContactPoint) -> None:
    getattr(contact, "_prefetched_objects_cache", {}).pop("consents", None)
