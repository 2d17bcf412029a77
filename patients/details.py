"""What is said of a patient, as values: what a form or a file holds before it is rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from patients.enums import AddressUse, ContactSystem, IdentifierKind, NameUse, Purpose, Sex

SINGLE_NAMES = (NameUse.OFFICIAL, NameUse.USUAL)


@dataclass(frozen=True)
class Name:
    """One HumanName."""

    family: str | None = None
    given: str | None = None
    middle: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    use: str = NameUse.OFFICIAL
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def key(self) -> tuple:
        """What stays when it is corrected: its use, where there is one of that use at a time."""
        if self.use in SINGLE_NAMES and self.ends_on is None:
            return (self.use,)
        return (self.use, self.family, self.given)


@dataclass(frozen=True)
class Contact:
    """One ContactPoint. `consents` are the purposes allowed; None leaves them as they are."""

    value: str
    system: str = ContactSystem.PHONE
    use: str = ""
    extension: str | None = None
    rank: int = 1
    starts_on: date | None = None
    ends_on: date | None = None
    consents: frozenset[Purpose] | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple:
        """Another number is another contact: consent given for one does not hold for the other."""
        return (self.system, self.value)


@dataclass(frozen=True)
class Place:
    """One Address."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str = ""
    postal_code: str | None = None
    country: str = "US"
    use: str = AddressUse.HOME
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def key(self) -> tuple:
        """Its use."""
        return (self.use,)


@dataclass(frozen=True)
class Number:
    """One Identifier."""

    value: str
    kind: str = IdentifierKind.OTHER
    system: str = ""
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def key(self) -> tuple:
        """An MRN may be corrected; any other number is another one."""
        if self.kind == IdentifierKind.MRN:
            return (self.kind, self.system)
        return (self.kind, self.system, self.value)


@dataclass(frozen=True)
class Details:
    """Everything that is said of one patient. Without an MRN among `numbers` the portal gives one."""

    names: tuple[Name, ...] = ()
    birth_date: date | None = None
    sex: str = Sex.UNKNOWN
    language: str = ""
    interpreter_needed: bool | None = None
    is_deceased: bool = False
    deceased_on: date | None = None
    do_not_contact: bool = False
    is_active: bool = True
    note: str | None = None
    contacts: tuple[Contact, ...] = ()
    addresses: tuple[Place, ...] = ()
    numbers: tuple[Number, ...] = ()

    def name(self, use: str = NameUse.OFFICIAL) -> Name | None:
        """The name of a use that holds."""
        return next((one for one in self.names if one.use == use and one.ends_on is None), None)

    @property
    def mrn(self) -> str:
        """The first MRN; empty when none was given."""
        return next((one.value for one in self.numbers if one.kind == IdentifierKind.MRN and one.ends_on is None), "")

    def is_like(self, other: "Details") -> bool:
        """Whether both say the same, in whatever order; consents are not compared."""
        groups = ("names", "contacts", "addresses", "numbers")
        mine, theirs = ({group: Counter(getattr(one, group)) for group in groups} for one in (self, other))
        bare: dict[str, Any] = dict.fromkeys(groups, ())
        return mine == theirs and replace(self, **bare) == replace(other, **bare)

    def current(self, group: str) -> list[Any]:
        """Of `names`, `contacts`, `addresses` or `numbers`: those without an end."""
        return standing(getattr(self, group))


def standing(rows: Iterable[Any]) -> list[Any]:
    """Those without an end."""
    return [row for row in rows if row.ends_on is None]


def merged(file: Details, ours: Details) -> Details:
    """What is on file with what a source says in its place; whatever the source does not name stays."""
    groups = {
        name: (*getattr(file, name), *_left(getattr(file, name), getattr(ours, name)))
        for name in ("names", "contacts", "addresses", "numbers")
    }
    return Details(
        **groups,
        birth_date=file.birth_date or ours.birth_date,
        sex=ours.sex if file.sex == Sex.UNKNOWN else file.sex,
        language=file.language or ours.language,
        interpreter_needed=ours.interpreter_needed if file.interpreter_needed is None else file.interpreter_needed,
        is_deceased=file.is_deceased or ours.is_deceased,
        deceased_on=file.deceased_on or ours.deceased_on,
        do_not_contact=ours.do_not_contact,
        is_active=file.is_active,
        note=ours.note,
    )


def _left(said: Iterable[Any], there: Iterable[Any]) -> list[Any]:
    keys = {row.key for row in said}
    return [row for row in there if row.key not in keys]
