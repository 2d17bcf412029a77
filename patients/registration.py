"""The one writer of Patient and of her names, contacts, addresses, identifiers and search tokens."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.audit import events
from compliance.models import User
from patients import consent, tokens
from patients.details import Contact, Details, Name, Number, Place
from patients.enums import IdentifierKind, NameUse
from patients.models import Address, ContactPoint, HumanName, Identifier, Numbering, Patient, SearchToken

OWN_SYSTEM = ""  # the assigning authority of an MRN that the practice gave or the portal did
FIRST_MRN = 100_001
SCALARS: tuple[str, ...] = ("birth_date", "sex", "language", "interpreter_needed", "is_deceased", "deceased_on")
SCALARS += ("do_not_contact", "is_active", "note")


class Stale(Exception):
    """Somebody changed the patient since she was shown; `theirs` is as she stands now."""

    def __init__(self, theirs: Details, version: int) -> None:
        self.theirs = theirs
        self.version = version
        super().__init__("The patient was changed meanwhile.")


class MrnTaken(Exception):
    """Another active patient of the practice has this MRN."""


@dataclass(frozen=True)
class _Group:
    """One kind of child row: where its values stand in Details, and how they become rows."""

    name: str
    model: Any
    value: Any
    columns: tuple[str, ...]

    def values(self, row: Any) -> Any:
        return self.value(**{column: getattr(row, column) for column in self.columns})


_DATED = ("use", "starts_on", "ends_on")
GROUPS = (
    _Group("names", HumanName, Name, ("family", "given", "middle", "prefix", "suffix", *_DATED)),
    _Group("contacts", ContactPoint, Contact, ("value", "system", "extension", "rank", *_DATED)),
    _Group("addresses", Address, Place, ("line1", "line2", "city", "state", "postal_code", "country", *_DATED)),
    _Group("identifiers", Identifier, Number, ("value", "kind", "system", "starts_on", "ends_on")),
)
IN_DETAILS = {"identifiers": "numbers"}


def register(details: Details, *, by: User | None, now: datetime, source: str = consent.TOLD) -> Patient:
    """A new patient; without an MRN the portal gives the next. Raises MrnTaken."""
    try:
        with transaction.atomic():
            details = _numbered(details)
            patient = Patient(**{name: getattr(details, name) for name in SCALARS})
            patient.save(force_insert=True)
            for group in GROUPS:
                _add(group, patient, _wanted(details, group))
            tokens.put(patient.pk, details)
            if any(contact.consents for contact in details.contacts):
                _keep_consents(patient, details, by=by, now=now, source=source)
            events.record("patient.registered", patient, action=events.CREATE, by=by)
    except IntegrityError as error:
        raise _worded(error) from error
    return patient


def register_many(many: list[Details], *, by: User | None, source: str) -> list[Patient]:
    """Several new patients, without consents, as one act with one event: all of them or, raising MrnTaken, none."""
    try:
        with transaction.atomic():
            many = [_numbered(details) for details in many]
            patients = [Patient(**{name: getattr(details, name) for name in SCALARS}) for details in many]
            Patient.objects.bulk_create(patients)
            for group in GROUPS:
                rows = (_rows(group, row, _wanted(details, group)) for row, details in zip(patients, many, strict=True))
                group.model.objects.bulk_create(chain.from_iterable(rows))
            tokens.put_many({row.pk: details for row, details in zip(patients, many, strict=True)})
            opened, body = [row.pk for row in patients], {"source": source, "count": len(patients)}
            events.record("patient.registered", action=events.CREATE, by=by, opened=opened, body=body)
    except IntegrityError as error:
        raise _worded(error) from error
    return patients


def change(
    patient: Patient, details: Details, *, version: int, by: User | None, now: datetime, source: str = consent.TOLD
) -> list[str]:
    """Make the patient what `details` says, all of it; answers the names of what changed, nothing for no change.

    A row that `details` no longer names is ended, not deleted. Raises Stale, MrnTaken.
    """
    try:
        with transaction.atomic():
            row = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
            if row.version != version:
                raise Stale(details_of(row), row.version)
            changed = _change(row, details, by=by, now=now, source=source)
    except IntegrityError as error:
        raise _worded(error) from error
    if changed:
        patient.refresh_from_db()
    return changed


def mark_deceased(patient: Patient, *, on: date | None, version: int, by: User | None, now: datetime) -> list[str]:
    """She has died; the day may be unknown. Booking and reminding obey. Raises Stale."""
    details = replace(details_of(patient), is_deceased=True, deceased_on=on)
    return change(patient, details, version=version, by=by, now=now)


def allow(contact: ContactPoint, purpose: str, *, is_given: bool, by: User | None, now: datetime) -> bool:
    """Give or withdraw one consent; answers whether that changed anything. Raises NotPossible of `consent`.

    The patient's version moves with it: a form that was open meanwhile would otherwise give back what was withdrawn.
    """
    say = consent.give if is_given else consent.withdraw
    with transaction.atomic():
        patient = Patient.objects.select_for_update(no_key=True).only("version").get(pk=contact.patient_id)
        if say(contact, purpose, by=by, now=now) is None:
            return False
        patient.version += 1
        patient.save(update_fields=["version", "updated_at"])
    return True


def details_of(patient: Patient) -> Details:
    """Everything on file, ended rows included. Works from prefetched names, contacts__consents, addresses, identifiers."""
    groups: dict[str, Any] = {}
    for group in GROUPS:
        rows = sorted(getattr(patient, group.name).all(), key=lambda row: (_place(row), row.pk))
        groups[IN_DETAILS.get(group.name, group.name)] = tuple(_value(group, row) for row in rows)
    return Details(**{name: getattr(patient, name) for name in SCALARS}, **groups)


def next_mrn() -> str:
    """The next MRN of the practice that nobody has. Nobody else is given one until this transaction ends."""
    Numbering.objects.bulk_create([Numbering(last=FIRST_MRN - 1)], ignore_conflicts=True)
    counter = Numbering.objects.select_for_update().get()
    key = tokens.sought()
    while True:
        counter.last += 1
        if not _mrn_is_taken(key, str(counter.last)):
            counter.save(update_fields=["last", "updated_at"])
            return str(counter.last)


def mrn_is_taken(mrn: str, *, but: UUID | None = None) -> bool:
    """Whether an active patient (other than `but`) has this MRN."""
    return _mrn_is_taken(tokens.sought(), mrn, but)


def _mrn_is_taken(key: tokens.Keyed, mrn: str, but: UUID | None = None) -> bool:
    kind, token = key.token(tokens.mrn(mrn))
    return SearchToken.objects.filter(kind=kind, token=token).exclude(subject=but).exists()  # type: ignore[misc]


def _place(row: Any) -> int:
    """What stands first: by rank, else by the order of the known words."""
    if isinstance(row, HumanName):
        return NameUse.values.index(row.use)
    if isinstance(row, Identifier):
        return IdentifierKind.values.index(row.kind)
    return getattr(row, "rank", 0)


def _value(group: _Group, row: Any) -> Any:
    value = group.values(row)
    return replace(value, consents=consent.given(row)) if group.model is ContactPoint else value


def _wanted(details: Details, group: _Group) -> list[Any]:
    return list(getattr(details, IN_DETAILS.get(group.name, group.name)))


def _numbered(details: Details) -> Details:
    if details.mrn or not details.is_active:
        return details
    number = Number(next_mrn(), IdentifierKind.MRN, OWN_SYSTEM)
    return replace(details, numbers=(number, *details.numbers))


def _add(group: _Group, patient: Patient, values: list[Any]) -> None:
    group.model.objects.bulk_create(_rows(group, patient, values))


def _rows(group: _Group, patient: Patient, values: list[Any]) -> list[Any]:
    return [group.model(patient=patient, **{column: getattr(value, column) for column in group.columns}) for value in values]


def _change(row: Patient, details: Details, *, by: User | None, now: datetime, source: str) -> list[str]:
    before = details_of(row)
    details = _numbered(details)
    changed = [name for name in SCALARS if getattr(before, name) != getattr(details, name)]
    for name in changed:
        setattr(row, name, getattr(details, name))
    for group in GROUPS:
        if _step_in(group, row, _wanted(details, group), by=by, now=now):
            changed.append(IN_DETAILS.get(group.name, group.name))
    row._prefetched_objects_cache = {}
    if _keep_consents(row, details, by=by, now=now, source=source):
        changed.append("consents")
    if changed:
        row.version += 1
        row.save(update_fields=[*(name for name in changed if name in SCALARS), "version", "updated_at"])
        tokens.keep(row.pk, details_of(row))
        events.record("patient.changed", row, action=events.UPDATE, by=by, body={"fields": sorted(changed)})
    return changed


def _step_in(group: _Group, patient: Patient, wanted: list[Any], *, by: User | None, now: datetime) -> bool:
    """Leave rows that are as wanted, correct those of the same key, end those not wanted, add the rest."""
    rows = [(row, group.values(row)) for row in getattr(patient, group.name).all()]
    missing = []
    for value in wanted:
        same = next((pair for pair in rows if pair[1] == value), None)
        rows.remove(same) if same else missing.append(value)
    new = []
    is_changed = bool(missing)
    for value in missing:
        like = next((pair for pair in rows if pair[1].key == value.key), None)
        if like is None:
            new.append(value)
            continue
        rows.remove(like)
        _correct(group, like[0], value)
    for row, value in rows:
        is_changed |= _end(row, value, by=by, now=now)
    _add(group, patient, new)
    return is_changed


def _correct(group: _Group, row: Any, value: Any) -> None:
    for column in group.columns:
        if getattr(row, column) != getattr(value, column):
            setattr(row, column, getattr(value, column))
    row.version += 1
    row.save()


def _end(row: Any, value: Any, *, by: User | None, now: datetime) -> bool:
    if value.ends_on is not None:
        return False
    if isinstance(row, ContactPoint):
        consent.bring_to(row, (), by=by, now=now, source="contact ended")
    today = timezone.localdate(now)
    row.ends_on = max(today, value.starts_on or today)
    row.version += 1
    row.save(update_fields=["ends_on", "version", "updated_at"])
    return True


def _keep_consents(patient: Patient, details: Details, *, by: User | None, now: datetime, source: str) -> bool:
    asked = {value.key: value.consents for value in details.contacts if value.consents is not None and not value.ends_on}
    is_changed = False
    for row in patient.contacts.all():
        wanted = asked.get((row.system, row.value)) if row.ends_on is None else None
        if wanted is not None:
            is_changed |= bool(consent.bring_to(row, wanted, by=by, now=now, source=source))
    return is_changed


def _worded(error: IntegrityError) -> Exception:
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    return MrnTaken() if constraint == "mrn_once" else error
