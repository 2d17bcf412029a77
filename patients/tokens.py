"""Which tokens find a patient (security.md section 2), and how a token is made of what somebody typed."""

from datetime import date
from uuid import UUID

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


def token(said: Said) -> tuple[int, bytes]:
    """(kind, token) in the practice being acted in."""
    kind, text = said
    return kind.value, tokens.token(kind.name.lower(), text, practice=current_practice_id())


def keep(subject: UUID, details: Details) -> None:
    """Bring a patient's tokens in step: what no longer finds her goes, what is new comes."""
    wanted = {token(said) for said in said_of(details)}
    rows = SearchToken.objects.filter(subject=subject, kind__in=OURS).values_list("pk", "kind", "token")
    there = {(kind, bytes(value)): pk for pk, kind, value in rows}
    gone = [pk for pair, pk in there.items() if pair not in wanted]
    if gone:
        SearchToken.objects.filter(pk__in=gone).delete()
    _add(subject, wanted - set(there))


def put(subject: UUID, details: Details) -> None:
    """The tokens of somebody new."""
    put_many({subject: details})


def put_many(people: dict[UUID, Details]) -> None:
    """The tokens of several new people, in one INSERT."""
    SearchToken.objects.bulk_create(
        row for subject, details in people.items() for row in _rows(subject, {token(said) for said in said_of(details)})
    )


def _add(subject: UUID, pairs: set[tuple[int, bytes]]) -> None:
    SearchToken.objects.bulk_create(_rows(subject, pairs))


def _rows(subject: UUID, pairs: set[tuple[int, bytes]]) -> list[SearchToken]:
    practice = current_practice_id()
    return [SearchToken(practice_id=practice, kind=kind, token=value, subject=subject) for kind, value in sorted(pairs)]


def _of_contact(system: str, value: str) -> set[Said]:
    if system == ContactSystem.PHONE:
        return {(TokenKind.PHONE, value), (TokenKind.PHONE_END, phones.end(value))}
    return {email(value)} if system == ContactSystem.EMAIL else set()
