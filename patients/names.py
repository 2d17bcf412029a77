"""How a patient's name is written. All of it works from prefetched `names`; nothing is asked of the database."""

from patients.enums import NameUse
from patients.models import HumanName, Patient

UNKNOWN = "Name not known"


def official(patient: Patient) -> HumanName | None:
    """The official name that holds; without one, the first that does."""
    standing = [name for name in patient.names.all() if name.ends_on is None] or list(patient.names.all())
    return next((name for name in standing if name.use == NameUse.OFFICIAL), standing[0] if standing else None)


def preferred(patient: Patient) -> str:
    """What she wants to be called when it is not her given name; else empty."""
    usual = next((name for name in patient.names.all() if name.use == NameUse.USUAL and name.ends_on is None), None)
    name = official(patient)
    if usual is None or usual is name:
        return ""
    called = usual.given or usual.family or ""
    return called if name is None or called != name.given else ""


def listed(patient: Patient) -> str:
    """Family, Given (Preferred)."""
    name = official(patient)
    if name is None:
        return UNKNOWN
    words = ", ".join(word for word in (name.family, name.given) if word)
    called = preferred(patient)
    return f"{words} ({called})" if called else words


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
