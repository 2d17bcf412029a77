"""FHIR R4 Patient read into Details. What is odd is warned of; what cannot be kept whole is refused.

Race, ethnicity, birth sex, mother's maiden name, marital status, photo and the like are left out knowingly:
the front office has no use for them (minimum necessary, 45 CFR 164.502(b)).
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from compliance.texts import is_plain
from patients import languages, phones, states
from patients.details import Contact, Details, Name, Number, Place
from patients.enums import AddressUse, ContactSystem, ContactUse, IdentifierKind, NameUse, Sex

SSN = "http://hl7.org/fhir/sid/us-ssn"
INTERPRETER = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed"
PERSONAL = (IdentifierKind.SSN, IdentifierKind.LICENCE, IdentifierKind.PASSPORT)  # do not say which record it is
OLDEST = 130  # years
_PART_OF_A_DAY = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_SYSTEMS: dict[Any, str] = {
    "phone": ContactSystem.PHONE,
    "sms": ContactSystem.PHONE,
    "email": ContactSystem.EMAIL,
    "fax": ContactSystem.FAX,
}


class Unreadable(ValueError):
    """The resource cannot be kept whole. `reason` says why, without anything of the patient."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass
class Read:
    """What a resource says, and what was odd about it, by kind."""

    details: Details
    warnings: list[str] = field(default_factory=list)

    @property
    def known_by(self) -> list[Number]:
        """The identifiers that say which record this is: an authority and a number, and not the person's own papers."""
        return [n for n in self.details.numbers if n.system and n.kind not in PERSONAL]


def read(resource: Any, *, today: date) -> Read:
    """One Patient. Raises Unreadable."""
    if not isinstance(resource, dict):
        raise Unreadable("is no JSON object")
    if resource.get("resourceType") != "Patient":
        raise Unreadable("is no Patient")
    reader = _Reader(today)
    try:
        details = reader.details(resource)
    except (TypeError, AttributeError, KeyError, IndexError) as error:
        raise Unreadable("is not built like a FHIR Patient") from error
    found = Read(details, sorted(set(reader.warnings)))
    if not found.known_by:
        raise Unreadable("has no identifier with a system to know the patient by")
    return found


class _Reader:
    """Reads the parts of one resource and gathers the warnings."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.warnings: list[str] = []

    def details(self, resource: dict[str, Any]) -> Details:
        born = self._birth_date(resource.get("birthDate"))
        died, died_on = self._death(resource)
        if born and died_on and died_on < born:
            raise Unreadable("has a date of death before the birth date")
        return Details(
            names=self._names(_list(resource, "name")),
            birth_date=born,
            sex=self._sex(resource.get("gender")),
            language=self._language(_list(resource, "communication")),
            interpreter_needed=self._interpreter(_list(resource, "extension")),
            is_deceased=died,
            deceased_on=died_on,
            is_active=_is_in_use(resource),
            contacts=self._contacts(_list(resource, "telecom")),
            addresses=tuple(self._address(row) for row in _list(resource, "address")),
            numbers=self._numbers(_list(resource, "identifier")),
        )

    def _names(self, rows: list[dict[str, Any]]) -> tuple[Name, ...]:
        names: list[Name] = []
        for row in rows:
            name = self._name(row)
            if any(one.key == name.key for one in names if len(name.key) == 1):
                self.warnings.append("more than one name of a use")
                continue
            names.append(name)
        if not names:
            raise Unreadable("has no name")
        if any(one.use == NameUse.MAIDEN for one in names):
            self.warnings.append("maiden name kept")
        return tuple(names)

    def _name(self, row: dict[str, Any]) -> Name:
        givens = [self._text(one, "name", 100) for one in _list(row, "given", str)]
        family = self._text(row.get("family"), "name", 100)
        if not family and not any(givens):
            family = self._text(row.get("text"), "name", 100)
            self.warnings.append("name in one piece")
        if not family and not any(givens):
            raise Unreadable("has a name that says nothing")
        starts_on, ends_on = self._period(row)
        name = Name(
            family=family,
            given=givens[0] if givens else None,
            middle=self._text(" ".join(one for one in givens[1:] if one), "name", 100),
            prefix=self._text(" ".join(_list(row, "prefix", str)), "name", 100),
            suffix=self._text(" ".join(_list(row, "suffix", str)), "name", 100),
            use=_one_of(NameUse, row.get("use"), NameUse.OFFICIAL),
            starts_on=starts_on,
            ends_on=ends_on,
        )
        if any(c.isdigit() for c in f"{name.family}{name.given}{name.middle}"):
            self.warnings.append("digits in a name")
        return name

    def _birth_date(self, text: Any) -> date | None:
        if text is None:
            self.warnings.append("birth date missing")
            return None
        if isinstance(text, str) and _PART_OF_A_DAY.fullmatch(text):
            self.warnings.append("birth date not complete")
            return None
        day = _day(text, "birth date")
        if day > self.today:
            raise Unreadable("has a birth date that lies in the future")
        if day.year < self.today.year - OLDEST:
            raise Unreadable(f"has a birth date more than {OLDEST} years ago")
        return day

    def _sex(self, code: Any) -> str:
        if code not in Sex.values:
            self.warnings.append("sex missing" if code is None else "sex unknown to FHIR")
        return _one_of(Sex, code, Sex.UNKNOWN)

    def _death(self, resource: dict[str, Any]) -> tuple[bool, date | None]:
        moment = resource.get("deceasedDateTime")
        if moment is None and resource.get("deceasedBoolean") is not True:
            return False, None
        self.warnings.append("deceased")
        if moment is None or len(str(moment)) < 10:
            return True, None
        day = _day(str(moment)[:10], "date of death")
        if day > self.today:
            raise Unreadable("has a date of death that lies in the future")
        return True, day

    def _language(self, rows: list[dict[str, Any]]) -> str:
        rows = sorted(rows, key=lambda row: row.get("preferred") is not True)
        codings = _list(rows[0].get("language") or {}, "coding") if rows else []
        tag = next((one["code"] for one in codings if isinstance(one.get("code"), str)), "")
        if not tag:
            self.warnings.append("language missing")
        elif not languages.is_known(tag):
            self.warnings.append("language not among ours")
        fits = len(tag) <= 20 and tag.replace("-", "").isascii() and tag.replace("-", "").isalnum()
        return tag if fits else ""

    def _interpreter(self, rows: list[dict[str, Any]]) -> bool | None:
        row = next((row for row in rows if row.get("url") == INTERPRETER), {})
        code = str((row.get("valueCoding") or {}).get("code"))
        return {"373066001": True, "373067005": False}.get(code)

    def _contacts(self, rows: list[dict[str, Any]]) -> tuple[Contact, ...]:
        contacts: dict[tuple, Contact] = {}
        for place, row in enumerate(rows, start=1):
            contact = self._contact(row, place)
            if contact is not None:
                contacts.setdefault(contact.key, contact)
        return tuple(sorted(contacts.values(), key=lambda one: one.rank))

    def _contact(self, row: dict[str, Any], place: int) -> Contact | None:
        value = self._text(row.get("value"), "contact", 254)
        if not value:
            self.warnings.append("contact without a value")
            return None
        system = _SYSTEMS.get(row.get("system", ""), ContactSystem.OTHER)
        extension = None
        if system in (ContactSystem.PHONE, ContactSystem.FAX):
            system, value, extension = self._phone(system, value)
        elif system == ContactSystem.EMAIL and "@" not in value:
            self.warnings.append("e-mail not readable")
            system = ContactSystem.OTHER
        starts_on, ends_on = self._period(row)
        rank = row.get("rank")
        rank = rank if isinstance(rank, int) and 0 < rank < 1000 else place
        use = _one_of(ContactUse, row.get("use"), "")
        return Contact(value, system, use, extension, rank, starts_on, ends_on)

    def _phone(self, system: str, value: str) -> tuple[str, str, str | None]:
        try:
            phone = phones.read(value)
        except phones.NotAPhone:
            self.warnings.append("phone not readable")
            return ContactSystem.OTHER, value, None
        if not phone.is_valid:
            self.warnings.append("phone invalid")
        return system, phone.e164, phone.extension[:10] or None

    def _address(self, row: dict[str, Any]) -> Place:
        lines = [self._text(line, "address", 120) for line in _list(row, "line", str)]
        postal = self._text(row.get("postalCode"), "ZIP", 10)
        if postal == "00000" or not postal:
            self.warnings.append("ZIP 00000" if postal else "ZIP missing")
        state = states.code_of(row.get("state") or "")
        if not state:
            self.warnings.append("state not known")
        country = (self._text(row.get("country"), "address", 80) or "US").upper()
        starts_on, ends_on = self._period(row)
        return Place(
            line1=lines[0] if lines else None,
            line2=self._text(", ".join(line for line in lines[1:] if line), "address", 120),
            city=self._text(row.get("city"), "address", 80),
            state=state,
            postal_code=postal,
            country={"USA": "US", "UNITED STATES": "US"}.get(country, country if len(country) == 2 else ""),
            use=_one_of(AddressUse, row.get("use"), AddressUse.HOME),
            starts_on=starts_on,
            ends_on=ends_on,
        )

    def _numbers(self, rows: list[dict[str, Any]]) -> tuple[Number, ...]:
        numbers: dict[tuple, Number] = {}
        for row in rows:
            value = self._text(row.get("value"), "identifier", 80)
            if not value:
                self.warnings.append("identifier without a value")
                continue
            system = self._text(row.get("system"), "identifier", 255) or ""
            starts_on, ends_on = self._period(row)
            number = Number(value, _kind(row, system), system, starts_on, ends_on)
            if number.kind == IdentifierKind.SSN and not _is_possible_ssn(value):
                self.warnings.append("SSN impossible")
            numbers.setdefault((number.kind, system, value), number)
        return tuple(numbers.values())

    def _period(self, row: dict[str, Any]) -> tuple[date | None, date | None]:
        period = row.get("period") or {}
        start, end = (
            _day(str(period[part])[:10], "period") if len(str(period.get(part) or "")) >= 10 else None
            for part in ("start", "end")
        )
        if start and end and end < start:
            raise Unreadable("has a period that ends before it starts")
        return start, end

    def _text(self, value: Any, what: str, longest: int) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise Unreadable(f"has a {what} that is no text")
        text = " ".join(value.split(" ")).strip()
        if not is_plain(text):
            raise Unreadable(f"has a {what} with a hidden character")
        if len(text) > longest:
            raise Unreadable(f"has a {what} longer than {longest} characters")
        return text or None


def _list(row: dict[str, Any], name: str, kind: type = dict) -> list[Any]:
    rows = row.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(one, kind) for one in rows):
        raise Unreadable("is not built like a FHIR Patient")
    return rows


def _is_in_use(resource: dict[str, Any]) -> bool:
    """A record that another one took the place of is in use no longer, whatever it says of itself (R4 Patient.link)."""
    is_replaced = any(one.get("type") == "replaced-by" for one in _list(resource, "link"))
    return resource.get("active") is not False and not is_replaced


def _one_of(known: Any, code: Any, otherwise: str) -> str:
    return known(code) if code in known.values else otherwise


def _day(text: Any, what: str) -> date:
    try:
        return datetime.strptime(text.encode("ascii").decode(), "%Y-%m-%d").date()  # noqa: DTZ007
    except (AttributeError, TypeError, ValueError) as error:
        raise Unreadable(f"has a {what} that is no day") from error


def _kind(row: dict[str, Any], system: str) -> str:
    codes = {one.get("code") for one in _list(row.get("type") or {}, "coding")}
    if system == SSN:
        return IdentifierKind.SSN
    return next((kind for kind in IdentifierKind if kind.value in codes), IdentifierKind.OTHER)


def _is_possible_ssn(text: str) -> bool:
    number = phones.digits(text)
    area, group, serial = number[:3], number[3:5], number[5:]
    return len(number) == 9 and area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"
