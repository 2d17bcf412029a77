"""Find patients by whatever was said: any names, birth date, phone, MRN or e-mail, in one box."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from compliance.audit import events
from compliance.models import User
from patients import days, folding, names, phones, tokens
from patients.enums import TokenKind
from patients.models import Patient

LIMIT = 50
LONGEST_TEXT = 200  # characters; more is not what somebody says of herself
_PHONE = re.compile(r"(?<![\w])\+?\(?\d[\d\s().\-]{5,}\d(?![\w\-])", re.ASCII)
_EXTENSION = re.compile(r"\s*(?:ext\.?|x)\s*\d{1,7}\b", re.ASCII | re.I)
_WORDS = re.compile(r"[\s,;]+")
_ONE_TERM = "SELECT subject FROM patients_searchtoken WHERE practice_id = %s AND kind = %s AND token = %s"

Check = Callable[[Patient], bool]


@dataclass
class Found:
    """At most `limit` patients, sorted by name; `total` of how many. `kinds`: what the text was taken for.

    `restricted` are further ones, without a name, whose charts are open to others only.
    """

    patients: list[Patient] = field(default_factory=list)
    total: int = 0
    kinds: tuple[str, ...] = ()
    restricted: list[UUID] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        """More were found than are shown."""
        return self.total > len(self.patients)


@dataclass
class Asked:
    """A text, read: each term is a set of alternatives, all terms must hold; `checks` are made after opening."""

    terms: list[set[tokens.Said]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds asked for, without what was said."""
        return tuple(sorted({kind.name.lower() for term in self.terms for kind, _ in term}))


def find(text: str, *, user: User, limit: int = LIMIT) -> Found:
    """Patients for whom everything in the text holds. Recorded as a search, without the text."""
    asked = read(text, today=timezone.localdate())
    if not asked.terms or not user.may(Patient.VIEWED_BY):
        return Found()
    subjects, total = subjects_of(asked.terms, limit)
    if not subjects:
        shorter = _by_beginnings(asked)
        if shorter:
            asked = shorter
            subjects, total = subjects_of(asked.terms, limit)
    found = _opened(subjects, total, asked, user)
    events.record("patient.searched", by=user, body={"by": list(asked.kinds), "found": found.total})
    return found


def by_phone(e164: str, *, user: User) -> list[Patient]:
    """Who has this phone on file, sorted by name. Recorded as a search."""
    if not user.may(Patient.VIEWED_BY):
        return []
    asked = Asked([{(TokenKind.PHONE, e164)}])
    subjects, total = subjects_of(asked.terms, LIMIT)
    found = _opened(subjects, total, asked, user)
    events.record("patient.searched", by=user, body={"by": ["phone"], "found": found.total})
    return found.patients


def read(text: str, *, today: date) -> Asked:
    """What a text asks for. Words of one letter say nothing and are passed over."""
    asked = Asked()
    rest = " ".join(text[:LONGEST_TEXT].split())
    rest = _take_day(rest, asked, today)
    rest = _take_phone(rest, asked)
    for word in _WORDS.split(rest):
        _take_word(word, asked, today)
    return asked


def _take_day(text: str, asked: Asked, today: date) -> str:
    written = days.within(text)
    if written is None:
        return text
    day, rest = written
    try:
        asked.terms.append({tokens.birth_date(days.read(day, today=today))})
    except days.DayUnread:
        return text
    return rest


def _take_phone(text: str, asked: Asked) -> str:
    found = _PHONE.search(text)
    if not found:
        return text
    number = phones.digits(found[0])
    rest = text[: found.start()] + " " + _EXTENSION.sub("", text[found.end() :], count=1)
    if len(number) == 7:
        asked.terms.append({(TokenKind.PHONE_END, number[-4:]), tokens.mrn(number)})
        asked.checks.append(_ends_with(number))
        return rest
    if len(number) < 10:
        return text
    said = {tokens.mrn(number)} if found[0].isdigit() else set()
    try:
        asked.terms.append(said | {(TokenKind.PHONE, phones.read(found[0]).e164)})
    except phones.NotAPhone:
        return text
    return rest


def _take_word(word: str, asked: Asked, today: date) -> None:
    if "@" in word:
        asked.terms.append({tokens.email(word)})
    elif any(c.isdigit() for c in word):
        asked.terms.append(_of_number(word, today))
    else:
        asked.terms += [{(TokenKind.NAME, part)} for part in folding.parts(word) if len(part) >= tokens.SHORTEST]


def _of_number(word: str, today: date) -> set[tokens.Said]:
    said = {tokens.mrn(word)}
    if len(word) == 4 and word.isdigit():
        said.add((TokenKind.PHONE_END, word))
    if len(word) == 8 and word.isdigit():
        with suppress(days.DayUnread):
            said.add(tokens.birth_date(days.read(word, today=today)))
    if any(c.isalpha() for c in word):
        said.add((TokenKind.NAME, folding.whole(word)))
    return said


def _by_beginnings(asked: Asked) -> Asked | None:
    """The same question with long names shortened to a prefix and looked at after opening: for a name half typed."""
    shorter = Asked(checks=list(asked.checks))
    for term in asked.terms:
        cut: set[tokens.Said] = {
            (kind, text[: tokens.LONGEST]) if kind == TokenKind.NAME else (kind, text) for kind, text in term
        }
        shorter.terms.append(cut)
        if cut != term:
            shorter.checks.append(_begins_with({text for kind, text in term if kind == TokenKind.NAME}, term))
    return shorter if shorter.terms != asked.terms else None


def _begins_with(beginnings: set[str], term: set[tokens.Said]) -> Check:
    def holds(patient: Patient) -> bool:
        written = (n for name in patient.names.all() for n in (name.family, name.given, name.middle))
        texts = {part for text in written for part in (*folding.parts(text), folding.whole(text))}
        return any(text.startswith(beginning) for text in texts for beginning in beginnings) or len(term) > 1

    return holds


def _ends_with(number: str) -> Check:
    def holds(patient: Patient) -> bool:
        reached = any(phones.digits(row.value).endswith(number) for row in patient.contacts.all())
        return reached or folding.code(names.mrn(patient)) == number

    return holds


def subjects_of(terms: list[set[tokens.Said]], limit: int) -> tuple[list[UUID], int]:
    """One query, each term an equality on the unique index of SearchToken; how many there are in all."""
    key = tokens.sought()
    selects, values = [], []
    for term in terms:
        alternatives = sorted(key.token(said) for said in term)
        selects.append("(" + " UNION ".join([_ONE_TERM] * len(alternatives)) + ")")
        values += [value for kind, token in alternatives for value in (key.practice, kind, token)]
    found = " INTERSECT ".join(selects)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT subject, count(*) OVER () FROM ({found}) AS found LIMIT %s", [*values, limit])  # noqa: S608  # nosec B608
        rows = cursor.fetchall()
    return [subject for subject, _ in rows], rows[0][1] if rows else 0


def _opened(subjects: list[UUID], total: int, asked: Asked, user: User) -> Found:
    rows = Patient.objects.visible_to(user).filter(pk__in=subjects).with_names().prefetch_related("contacts")
    patients = [patient for patient in rows if all(check(patient) for check in asked.checks)]
    patients.sort(key=_by_name)
    is_whole = total <= len(subjects)
    return Found(patients, len(patients) if is_whole else total, asked.kinds, _restricted(subjects, asked, user))


def _restricted(subjects: list[UUID], asked: Asked, user: User) -> list[UUID]:
    """Whom the tokens alone tell: what must be looked at after opening says nothing of a closed chart."""
    if asked.checks or not subjects or not user.may("patients.break_glass"):
        return []
    rows = Patient.objects.restricted_for(user).filter(pk__in=subjects)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _by_name(patient: Patient) -> tuple[Any, ...]:
    name = names.official(patient)
    family, given = (name.family, name.given) if name else (None, None)
    return (folding.whole(family), folding.whole(given), patient.pk)
