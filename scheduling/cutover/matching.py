"""Whose an appointment is, with whom and of which kind: found by the mapping and by our own names, or said why not."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.models import Location
from patients import days, known
from patients.models import Patient
from scheduling.cutover.mapping import LEFT_OUT, Words
from scheduling.cutover.rows import Row, Unreadable, Unusable, Whose
from scheduling.models import Provider, VisitType

WHO = ("names a provider who is not known here", "names a provider whose visits the mapping leaves out")
WHICH = ("has a kind of visit that is not known here", "has a kind of visit that the mapping leaves out")
WHERE = ("names a place that is not known here", "names a place whose visits the mapping leaves out")


@dataclass(frozen=True)
class Match:
    """What of a row is found here."""

    patient: Patient
    provider: Provider
    visit_type: VisitType
    location: Location | None


class Names:
    """Our providers, kinds and places by their names: three queries."""

    def __init__(self) -> None:
        providers = list(Provider.objects.select_related("resource").filter(is_active=True))
        self.providers = _by_name(providers, "name", "short_name")
        self.kinds = _by_name(VisitType.objects.filter(is_active=True), "name")
        self.places = _by_name(Location.objects.filter(is_active=True), "name")

    def told(self, part: str) -> dict[str, str]:
        """Of each name of a part's rows, in lower case, the one that a row is chosen by."""
        texts: dict[str, Any] = getattr(self, part)
        first = {row.pk: next(text for text in _names_of(row) if text.casefold() in texts) for row in texts.values()}
        return {text: first[row.pk] for text, row in texts.items()}


def _names_of(row: Any) -> list[str]:
    return [row.name, *([row.short_name] if isinstance(row, Provider) else [])]


class Ours(Names):
    """The same by the other system's words too. Raises Unusable for a name of ours in the mapping that is none."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.words = words
        for said, names, what in (
            (words.providers, self.providers, "providers"),
            (words.kinds, self.kinds, "kinds"),
            (words.places, self.places, "places"),
        ):
            _check(said, names, what)

    def match(self, row: Row, now: datetime) -> Match:
        """Raises Unreadable."""
        return Match(
            _patient(row.whose, now),
            _one(row.provider, self.words.providers, self.providers, WHO),
            _one(row.kind, self.words.kinds, self.kinds, WHICH),
            _one(row.place, self.words.places, self.places, WHERE) if row.place else None,
        )


def _by_name(rows: Iterable[Any], *names: str) -> dict[str, Any]:
    """Each row by its names; a name that two share means neither."""
    found: dict[str, Any] = {}
    for row in rows:
        for text in {getattr(row, name).casefold() for name in names}:
            found[text] = None if text in found else row
    return {text: row for text, row in found.items() if row is not None}


def _check(said: Mapping[str, str], names: Mapping[str, Any], what: str) -> None:
    for ours in said.values():
        if ours != LEFT_OUT and ours.casefold() not in names:
            raise Unusable(f"[{what}] says “{ours[:40]}”, which is not one of the practice's own names, or of two of them.")


def _one(text: str, words: Mapping[str, str], names: Mapping[str, Any], why: tuple[str, str]) -> Any:
    found = names.get(words.get(text, text).casefold())
    if found is None:
        raise Unreadable(why[words.get(text) == LEFT_OUT])
    return found


def _patient(whose: Whose, now: datetime) -> Patient:
    found = _on_file(whose, now)
    if not found:
        raise Unreadable("names a patient who is not on file")
    if len(found) > 1:
        raise Unreadable("names a patient who is on file more than once")
    if not known.is_called(found[0], whose.family, whose.given) or not _born_then(found[0], whose, now):
        raise Unreadable("names another person than its number does")
    return found[0]


def _born_then(patient: Patient, whose: Whose, now: datetime) -> bool:
    """Whether the birth date is hers; one that is not given, or not on file, says nothing."""
    if not whose.birth_date or patient.birth_date is None:
        return True
    try:
        return days.read(whose.birth_date, today=now.date()) == patient.birth_date
    except days.DayUnread:
        raise Unreadable("has a birth date that cannot be read") from None


def _on_file(whose: Whose, now: datetime) -> list[Patient]:
    if whose.system and whose.value:
        return known.by_identifier(whose.system, whose.value)
    if whose.mrn:
        return known.by_mrn(whose.mrn)
    with suppress(days.DayUnread):
        if whose.family and whose.given and whose.birth_date:
            return known.by_name(whose.family, whose.given, days.read(whose.birth_date, today=now.date()))
    raise Unreadable("names no patient by number, or by name and birth date")
