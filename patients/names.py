"""How a patient's name is written. It works from prefetched `names` or from the rows of `rows_of`, without a query."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from patients import days
from patients.enums import NameUse
from patients.models import HumanName, Patient

UNKNOWN = "Name not known"


def official(patient: Patient) -> HumanName | None:
    """The official name that holds; without one, the first that does."""
    return official_of(list(patient.names.all()))


def preferred(patient: Patient) -> str:
    """What she wants to be called when it is not her given name; else empty."""
    return preferred_of(list(patient.names.all()))


def listed(patient: Patient) -> str:
    """Family, Given (Preferred)."""
    return listed_of(list(patient.names.all()))


def full(patient: Patient) -> str:
    """Given Family, with the suffix."""
    name = official(patient)
    if name is None:
        return UNKNOWN
    return " ".join(word for word in (name.given, name.family, name.suffix) if word)


def called(patient: Patient) -> str:
    """The name for a greeting: the preferred one, else the given, else the family name."""
    name = official(patient)
    return preferred(patient) or (name and (name.given or name.family)) or ""


def mrn(patient: Patient) -> str:
    """The MRN from prefetched `mrns`; empty when there is none."""
    return next((row.value for row in patient.mrns if row.ends_on is None), "")  # type: ignore[attr-defined]


def told_apart(patient: Patient) -> str:
    """What tells her from another of her name in a list: the birth date, without one the MRN; else empty."""
    if patient.birth_date:
        return f"Born {days.shown(patient.birth_date)}"
    number = mrn(patient)
    return f"MRN {number}" if number else ""


def rows_of(patients: Iterable[UUID]) -> dict[UUID, list[HumanName]]:
    """The names of patients by their ids, in one query, for lists that show nothing else of them."""
    columns = ("practice", "patient", "use", "ends_on", "family", "given")
    rows: dict[UUID, list[HumanName]] = defaultdict(list)
    for row in HumanName.objects.filter(patient__in=patients).only(*columns):
        rows[row.patient_id].append(row)
    return rows


def official_of(rows: Sequence[HumanName]) -> HumanName | None:
    """`official` from a patient's rows."""
    standing = [row for row in rows if row.ends_on is None] or list(rows)
    return next((row for row in standing if row.use == NameUse.OFFICIAL), standing[0] if standing else None)


def preferred_of(rows: Sequence[HumanName]) -> str:
    """`preferred` from a patient's rows."""
    usual = next((row for row in rows if row.use == NameUse.USUAL and row.ends_on is None), None)
    name = official_of(rows)
    if usual is None or usual is name:
        return ""
    called = usual.given or usual.family or ""
    return called if name is None or called != name.given else ""


def listed_of(rows: Sequence[HumanName]) -> str:
    """`listed` from a patient's rows."""
    name = official_of(rows)
    if name is None:
        return UNKNOWN
    words = ", ".join(word for word in (name.family, name.given) if word)
    called = preferred_of(rows)
    return f"{words} ({called})" if called else words
