"""The banner that stands on every page about a patient: who she is, and what to mind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from patients import consent, days, names, phones
from patients.enums import ContactSystem, Sex
from patients.languages import language_name
from patients.models import Patient

UNKNOWN = "Not known"
OF_AGE = 18


@dataclass(frozen=True)
class Alert:
    """One thing to mind: `kind` for the look, `icon` by its lucide name, `text` in words."""

    kind: str
    icon: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Banner:
    """What the banner says, as text; what is not known says so."""

    pk: UUID
    family: str
    given: str
    preferred: str
    born: str
    sex: str
    mrn: str
    phone: str
    alerts: list[Alert] = field(default_factory=list)


# What apps above add to the alerts of a banner: each is given the patient and asks at most one query.
MORE: list[Callable[[Patient], Iterable[Alert]]] = []


def banner_of(patient: Patient, *, today: date, is_one_of_many: bool = False) -> Banner:
    """The banner on the practice's day `today`. Works from prefetched names, mrns and contacts.

    One of many in a list has only the alerts of her own row: what apps above add is asked for each patient.
    """
    name = names.official(patient)
    added = [] if is_one_of_many else MORE
    return Banner(
        pk=patient.pk,
        family=(name and name.family) or "",
        given=(name and name.given) or ("" if name else names.UNKNOWN),
        preferred=names.preferred(patient),
        born=born(patient, today=today),
        sex=Sex(patient.sex).label,
        mrn=names.mrn(patient) or UNKNOWN,
        phone=phone(patient) or UNKNOWN,
        alerts=[*alerts(patient, today=today), *(alert for more in added for alert in more(patient))],
    )


def born(patient: Patient, *, today: date) -> str:
    """Mar 27, 1985 (41 y); the age at death for the deceased."""
    if patient.birth_date is None:
        return UNKNOWN
    until = patient.deceased_on if patient.deceased_on else today
    old = "" if patient.is_deceased and not patient.deceased_on else days.age(patient.birth_date, today=until)
    return f"{days.shown(patient.birth_date)} ({old})" if old else days.shown(patient.birth_date)


def phone(patient: Patient) -> str:
    """The phone to try first, with its extension; empty when there is none."""
    row = next((one for one in consent.in_order(patient) if one.system == ContactSystem.PHONE), None)
    if row is None:
        return ""
    return f"{phones.shown(row.value)} ext. {row.extension}" if row.extension else phones.shown(row.value)


def alerts(patient: Patient, *, today: date) -> list[Alert]:
    """What to mind before speaking with her or booking, the gravest first."""
    found = []
    if patient.is_deceased:
        day = f" on {days.shown(patient.deceased_on)}" if patient.deceased_on else ""
        found.append(Alert("deceased", "flower-2", f"Deceased{day}"))
    if patient.do_not_contact:
        found.append(Alert("no-contact", "phone-off", "Do not contact"))
    if patient.interpreter_needed:
        language = language_name(patient.language)
        found.append(Alert("interpreter", "languages", f"Interpreter: {language}" if language else "Interpreter needed"))
    if patient.birth_date and not patient.is_deceased and days.years(patient.birth_date, today=today) < OF_AGE:
        found.append(Alert("minor", "baby", "Minor: speak with a parent or guardian"))
    if not patient.is_active:
        found.append(Alert("inactive", "archive", "Record not in use"))
    return found
