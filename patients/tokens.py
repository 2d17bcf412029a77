"""Which tokens find a patient (security.md section 2), and how one is made of what was typed (the writer of SearchToken)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from compliance.crypto import tokens
from compliance.tenancy import current_practice_id
from patients import folding, phones
from patients.details import Details, standing
from patients.enums import ContactSystem, IdentifierKind, TokenKind
from patients.models import SearchToken

SHORTEST, LONGEST = 2, 6  # characters of a prefix
OURS = (
    TokenKind.NAME,
    TokenKind.BIRTH_DATE,
    TokenKind.PHONE,
    TokenKind.MRN,
    TokenKind.IDENTIFIER,
    TokenKind.PHONE_END,
    TokenKind.EMAIL,
)  # member ids are insurance's

Said = tuple[TokenKind, str]
Token = tuple[int, bytes]  # kind, token
Row = tuple[int, bytes, UUID, int]  # kind, token, subject, version of the index key
_INSERT = """
INSERT INTO patients_searchtoken (practice_id, kind, token, subject, key_version)
SELECT %s, * FROM unnest(%s::smallint[], %s::bytea[], %s::uuid[], %s::smallint[])
"""


def name_texts(text: str | None) -> set[str]:
    """Prefixes of 2 to 6 letters and the whole of each part; of a name with several parts also of all in one."""
    words = set(folding.parts(text))
    if len(words) > 1:
        words.add(folding.whole(text))
    cut = {word[:length] for word in words for length in range(SHORTEST, LONGEST + 1)}
    return words | {prefix for prefix in cut if len(prefix) >= SHORTEST}


def said_of(details: Details) -> set[Said]:
    """Everything that finds her, before it becomes tokens. An MRN finds (and is unique) only while she is active."""
    said: set[Said] = set()
    for name in details.names:
        for word in (name.family, name.given, name.middle):
            said |= {(TokenKind.NAME, text) for text in name_texts(word)}
    if details.birth_date:
        said.add(birth_date(details.birth_date))
    for contact in standing(details.contacts):
        said |= _of_contact(contact.system, contact.value)
    for number in standing(details.numbers):
        said.add(identifier(number.system, number.value))
        if number.kind == IdentifierKind.MRN and details.is_active:
            said.add(mrn(number.value))
    return said


def birth_date(day: date) -> Said:
    """By birth date."""
    return TokenKind.BIRTH_DATE, day.isoformat()


def mrn(text: str) -> Said:
    """By MRN, however it is written."""
    return TokenKind.MRN, folding.code(text)


def identifier(system: str, value: str) -> Said:
    """By an identifier of an assigning authority, exactly."""
    return TokenKind.IDENTIFIER, f"{system}|{value}"


def email(text: str) -> Said:
    """By e-mail, in any case."""
    return TokenKind.EMAIL, text.strip().casefold()


@dataclass(frozen=True)
class Keyed:
    """Makes tokens in one practice under one version of its index key."""

    practice: UUID
    version: int

    def token(self, said: Said) -> Token:
        """(kind, token)."""
        kind, text = said
        return kind.value, tokens.token(kind.name.lower(), text, practice=self.practice, version=self.version)


def sought() -> Keyed:
    """What a search in the practice being acted in looks under: everything is there under it."""
    practice = current_practice_id()
    return Keyed(practice, tokens.versions(practice).made)


def written() -> tuple[int, ...]:
    """The versions that a write in the practice being acted in makes tokens of."""
    return tokens.versions(current_practice_id()).written


def keep(subject: UUID, details: Details) -> None:
    """Bring a patient's tokens in step: what no longer finds her goes, what is new comes."""
    keep_many({subject: said_of(details)}, OURS)


def put(subject: UUID, details: Details) -> None:
    """The tokens of somebody new."""
    put_many({subject: details})


def put_many(people: dict[UUID, Details]) -> None:
    """The tokens of several new people, in one INSERT."""
    _insert(_rows({subject: said_of(details) for subject, details in people.items()}, written()))


def add(subject: UUID, said: set[Said]) -> None:
    """What finds her besides; what is there already stays."""
    rows = _rows({subject: said}, written())
    _insert(rows - set(_there([subject], [kind for kind, _ in said])))


def remove(subject: UUID, said: set[Said]) -> None:
    """What no longer finds her."""
    rows = _rows({subject: said}, written())
    there = _there([subject], [kind for kind, _ in said])
    SearchToken.objects.filter(pk__in=[pk for row, pk in there.items() if row in rows]).delete()


def keep_many(people: dict[UUID, set[Said]], kinds: Collection[int], *, version: int | None = None) -> int:
    """Have exactly these tokens of these kinds, in every version that is written; answers how many were new.

    With `version` only those of that version are looked at and made.
    """
    wanted = _rows(people, written() if version is None else (version,))
    there = {row: pk for row, pk in _there(people, kinds).items() if version in (None, row[3])}
    gone = [pk for row, pk in there.items() if row not in wanted]
    if gone:
        SearchToken.objects.filter(pk__in=gone).delete()
    new = wanted - set(there)
    _insert(new)
    return len(new)


def _rows(people: dict[UUID, set[Said]], versions: Iterable[int]) -> set[Row]:
    each = [Keyed(current_practice_id(), version) for version in versions]
    return {(*one.token(said), subject, one.version) for one in each for subject, many in people.items() for said in many}


def _there(subjects: Iterable[UUID], kinds: Collection[int]) -> dict[Row, int]:
    found = SearchToken.objects.filter(subject__in=list(subjects), kind__in=kinds)
    rows = found.values_list("pk", "kind", "token", "subject", "key_version")
    return {(kind, bytes(token), subject, version): pk for pk, kind, token, subject, version in rows}


def _insert(rows: set[Row]) -> None:
    if not rows:
        return
    columns = [list(column) for column in zip(*sorted(rows), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [current_practice_id(), *columns])


def _of_contact(system: str, value: str) -> set[Said]:
    if system == ContactSystem.PHONE:
        return {(TokenKind.PHONE, value), (TokenKind.PHONE_END, phones.end(value))}
    return {email(value)} if system == ContactSystem.EMAIL else set()
