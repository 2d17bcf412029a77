"""What a reminder says: fields from a whitelist, checked before they are used (the practice's words, not code).

`[[visit.time]]` is replaced and nothing else is: no expressions, no loops, no attribute of any object can be reached.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers
from django.utils import formats, translation

from compliance.models import Practice
from correspondence.enums import Channel
from correspondence.models import Wording
from patients import names
from patients.models import Patient
from scheduling.enums import Mode
from scheduling.models import Appointment

FIELD = re.compile(r"\[\[\s*([A-Za-z_.]+)\s*\]\]")
ENGLISH = "en"
SUBJECT_FIELDS = frozenset({"practice.name", "practice.phone"})  # whatever else says something about the patient
TEXT_MOST, TEXT_MOST_OTHER_LETTERS = 160, 70  # GSM 03.38: one text of 7-bit letters, or of UCS-2
EMAIL_MOST, SUBJECT_MOST = 2000, 78  # RFC 5322 section 2.1.1 asks for lines of 78

GSM_LETTERS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€\f")  # these take two places

# Each text says how to end them, in the one word that every carrier understands (47 CFR 64.1200(a)(9)(iv)(F)).
STOP = re.compile(r"\bSTOP\b")
ENDINGS = {"es": " Fin: responda STOP.", ENGLISH: " Reply STOP to end."}
ASKS_TO_CANCEL = re.compile(r"\bCANCEL(AR|A)?\b|\b(?i:reply|answer|text|send|responda|conteste)\W+(?i:cancel)")


@dataclass(frozen=True)
class Rendered:
    """A reminder ready to go out. `text` and whatever names the patient are health data; `subject` never is."""

    subject: str
    text: str
    language: str


@dataclass(frozen=True)
class _About:
    """What the fields are filled from. `language` decides how a day is written."""

    appointment: Appointment
    patient: Patient
    practice: Practice
    language: str

    @property
    def starts_at(self) -> datetime:
        return self.appointment.starts_at.astimezone(ZoneInfo(self.appointment.location.time_zone))


FIELDS: dict[str, tuple[Callable[[_About], str], str]] = {
    "patient.given_name": (lambda about: names.called(about.patient), "Maximiliana"),
    "visit.date": (lambda about: _day(about.starts_at, about.language), "Wednesday, September 30"),
    "visit.time": (lambda about: _time(about.appointment, about.starts_at, about.language), "10:45 AM"),
    "provider.name": (lambda about: about.appointment.provider.name, "Dr. Amara Okafor, MD"),
    "practice.name": (lambda about: about.practice.name, "Lakeside Family Medicine"),
    "practice.phone": (lambda about: _phone(about.practice, about.appointment), "(608) 555-0123"),
    "location.name": (lambda about: about.appointment.location.name, "Lakeside Family Medicine"),
}


def check(text: str, channel: str = Channel.EMAIL, subject: str = "", language: str = ENGLISH) -> list[str]:
    """What is wrong with a wording, in sentences that say what to do; empty when it can be used.

    The length of a text is that of a filled one, with values of the longer kind.
    """
    found = [*_unknown_fields(text), *_unknown_fields(subject)]
    if not text.strip():
        found.append("Enter what the message says.")
    if channel == Channel.TEXT:
        return [*found, *_cancel(text), *_text_too_long(_fill(with_stop(text, language), _example))]
    if len(text) > EMAIL_MOST:
        found.append(f"An e-mail holds {EMAIL_MOST:,} characters; this one has {len(text):,}. Shorten it.")
    return [*found, *_subject(subject)]


def choose(wordings: Iterable[Wording], language: str) -> Wording | None:
    """The wording in the patient's language: exact, then its first part (es for es-MX), then English."""
    by_language = {wording.language.lower(): wording for wording in wordings}
    asked = language.lower()
    for tag in (asked, asked.split("-")[0], ENGLISH):
        if tag in by_language:
            return by_language[tag]
    return None


def render(wording: Wording, *, appointment: Appointment, patient: Patient, practice: Practice) -> Rendered:
    """Fill a wording. Times are in the zone of the visit's location, which is named when the patient is elsewhere.

    `appointment` comes with provider and location, `patient` with names: nothing is asked here.
    """
    about = _About(appointment, patient, practice, wording.language)

    def value(name: str) -> str:
        return FIELDS[name][0](about) if name in FIELDS else ""

    def public(name: str) -> str:
        return value(name) if name in SUBJECT_FIELDS else ""

    subject = " ".join(_fill(wording.subject, public).split())
    text = with_stop(wording.text, wording.language) if wording.channel == Channel.TEXT else wording.text
    return Rendered(subject, _fill(text, value), wording.language)


def with_stop(text: str, language: str) -> str:
    """The words of a text, before their fields are filled, that say how to end them: as they are, or with ours."""
    return text if STOP.search(text) else text + ENDINGS.get(language.lower().split("-")[0], ENDINGS[ENGLISH])


def length(text: str) -> int:
    """The places that a text takes: of 7-bit letters (GSM 03.38), or of UCS-2 when one of them is not in that alphabet."""
    if _strange(text):
        return len(text.encode("utf-16-be", "surrogatepass")) // 2
    return len(text) + sum(letter in GSM_DOUBLE for letter in text)


def sampled(text: str, known: Mapping[str, str] | None = None) -> str:
    """The text with what is known of its fields, else their examples; what is no field stays as it is written."""
    return FIELD.sub(lambda found: (known or {}).get(found[1]) or _example(found[1]) or found[0], text)


def known(practice: Practice, starts_at: datetime, language: str) -> dict[str, str]:
    """The fields of an office visit that begins then, on the clock of `starts_at`; without patient, provider and place."""
    return {
        "practice.name": practice.name,
        "practice.phone": _spoken(practice.phone),
        "visit.date": _day(starts_at, language),
        "visit.time": _time(Appointment(mode=Mode.OFFICE), starts_at, language),
    }


def _fill(text: str, value: Callable[[str], str]) -> str:
    return FIELD.sub(lambda match: value(match[1]), text)


def _example(name: str) -> str:
    return FIELDS[name][1] if name in FIELDS else ""


def _unknown_fields(text: str) -> list[str]:
    known = ", ".join(f"[[{name}]]" for name in FIELDS)
    found = [f"There is no field [[{name}]]. Use one of {known}." for name in FIELD.findall(text) if name not in FIELDS]
    rest = FIELD.sub("", text)
    if "[[" in rest or "]]" in rest:
        found.append("A field is written [[like.this]]: two brackets before and two after, and a name between.")
    return found


def _subject(subject: str) -> list[str]:
    found = []
    if not subject.strip():
        found.append("Enter a subject.")
    if set(FIELD.findall(subject)) & (set(FIELDS) - SUBJECT_FIELDS):
        found.append(
            "A subject can be read on a locked phone: only [[practice.name]] and [[practice.phone]] may stand in it."
        )
    if any(ord(letter) < 32 for letter in subject):
        found.append("Write the subject on one line.")
    length = len(_fill(subject, _example))
    if length > SUBJECT_MOST:
        found.append(f"A subject holds {SUBJECT_MOST} characters; this one comes to about {length}. Shorten it.")
    return found


def _cancel(text: str) -> list[str]:
    """To carriers “cancel” is STOP: the number is blocked, and the visit stands."""
    if ASKS_TO_CANCEL.search(text):
        return ["Do not ask for the answer “cancel”: it ends all texts and cancels nothing. Ask for a call."]
    return []


def _text_too_long(filled: str) -> list[str]:
    strange, places = _strange(filled), length(filled)
    if strange and places > TEXT_MOST_OTHER_LETTERS:
        return [
            f"With “{strange}” a text holds {TEXT_MOST_OTHER_LETTERS} characters; this one comes to about "
            f"{places}. Shorten it, or write it without “{strange}”."
        ]
    if not strange and places > TEXT_MOST:
        return [f"A text holds {TEXT_MOST} characters; this one comes to about {places}. Shorten it."]
    return []


def _strange(text: str) -> str:
    """The first letter, in their order, that is not in the 7-bit alphabet."""
    return min((letter for letter in text if letter not in GSM_LETTERS and letter not in GSM_DOUBLE), default="")


def _day(moment: datetime, language: str) -> str:
    with translation.override(_locale(language)):
        return f"{formats.date_format(moment, 'l')}, {formats.date_format(moment, 'MONTH_DAY_FORMAT')}"


def _time(appointment: Appointment, starts_at: datetime, language: str) -> str:
    zone = "" if appointment.mode == Mode.OFFICE else f" {starts_at.tzname()}"
    with translation.override(_locale(language)):
        return formats.date_format(starts_at, "g:i A") + zone


def _locale(language: str) -> str:
    return language.lower().split("-")[0] if translation.check_for_language(language.lower().split("-")[0]) else ENGLISH


def _phone(practice: Practice, appointment: Appointment) -> str:
    return _spoken(appointment.location.phone or practice.phone)


def _spoken(number: phonenumbers.PhoneNumber | None) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL) if number else ""
