"""Is she on file already? Candidates by tokens, ranked after opening, shown before saving."""

from dataclasses import dataclass
from datetime import date
from itertools import product

from django.db import connection
from rapidfuzz.distance import JaroWinkler

from compliance.models import User
from patients import folding, tokens
from patients.details import Details, Name
from patients.enums import IdentifierKind, NameUse, TokenKind
from patients.models import Patient
from patients.nicknames import variants
from patients.registration import details_of

SHOWN = 10
OPENED = 100  # at most; more share a fact only when it says nothing
SIMILAR = 0.86  # Jaro-Winkler, where 1 is equal
LIKE_ENOUGH = 0.72  # with the same birth date

_ONE = "SELECT subject FROM patients_searchtoken WHERE practice_id = %s AND kind = %s AND token = %s"


@dataclass(frozen=True)
class Candidate:
    """A patient on file who may be the one about to be registered; `reasons` in words, `score` 0 to 100."""

    patient: Patient
    score: int
    reasons: tuple[str, ...]


def candidates(details: Details, *, user: User) -> list[Candidate]:
    """At most ten, the likeliest first. One query for the subjects, then their rows are opened and compared."""
    subjects = _subjects(details)
    if not subjects:
        return []
    rows = Patient.objects.visible_to(user).filter(pk__in=subjects).with_names()
    rows = rows.prefetch_related("identifiers", "addresses", "contacts__consents")
    found = [one for row in rows if (one := _compared(details, row)) is not None]
    return sorted(found, key=lambda one: (-one.score, one.patient.pk))[:SHOWN]


def _compared(mine: Details, patient: Patient) -> Candidate | None:
    theirs = details_of(patient)
    alike, how = _names_alike(mine, theirs)
    same_birth = bool(mine.birth_date) and mine.birth_date == theirs.birth_date
    reasons = []
    score = 0.0
    if _numbers(mine) & _numbers(theirs):
        reasons.append("Same MRN or identifier")
        score = 100
    if same_birth and alike >= LIKE_ENOUGH:
        reasons.append("Same birth date")
        score = max(score, 60 + 39 * alike)
    if _reach(mine) & _reach(theirs) and alike >= SIMILAR:
        reasons.append("Same phone or e-mail")
        score = max(score, 55 + 35 * alike)
    if not reasons and alike >= SIMILAR and _near(mine.birth_date, theirs.birth_date):
        reasons.append("Birth date nearly the same" if theirs.birth_date and mine.birth_date else "Birth date not known")
        score = 40 + 30 * alike
    if not reasons:
        return None
    return Candidate(patient, round(score), (*reasons, *([how] if alike >= LIKE_ENOUGH else [])))


def _names_alike(mine: Details, theirs: Details) -> tuple[float, str]:
    """The best likeness over all of both names, straight, swapped and with nicknames; and how, in words."""
    best = (0.0, "")
    for one, other in product(mine.names, theirs.names):
        best = max(best, _likeness(one, other))
    return best


def _likeness(one: Name, other: Name) -> tuple[float, str]:
    mine, theirs = _pair(one), _pair(other)
    swapped = (_like(mine[0], theirs[1]) + _like(mine[1], theirs[0])) / 2
    givens = max(_like(a, b) for a, b in product(variants(mine[1]), variants(theirs[1])))
    straight = (_like(mine[0], theirs[0]) + givens) / 2
    if mine == theirs:
        return 1.0, "Same name"
    if swapped > straight:
        return swapped, "Family and given name swapped"
    return straight, "Similar name" if _like(mine[1], theirs[1]) >= SIMILAR else "Same family name, nickname"


def _pair(name: Name) -> tuple[str, str]:
    return folding.whole(name.family), "".join(folding.parts(name.given)[:1])


def _like(one: str, other: str) -> float:
    return JaroWinkler.similarity(one, other) if one and other else 0.5


def _near(one: date | None, other: date | None) -> bool:
    """Unknown, or one part of it differs, or day and month stand the other way round."""
    if one is None or other is None:
        return True
    same = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    return same == 2 or (one.year, one.month, one.day) == (other.year, other.day, other.month)


def _numbers(details: Details) -> set[tuple[str, str]]:
    return {("", folding.code(n.value)) if n.kind == IdentifierKind.MRN else (n.system, n.value) for n in details.numbers}


def _reach(details: Details) -> set[str]:
    return {contact.value.casefold() for contact in details.current("contacts")}


def _subjects(details: Details) -> list:
    """Same birth date, phone, e-mail, MRN or identifier; or family and given name (or nickname), either way round."""
    strong = {said for said in tokens.said_of(details) if said[0] not in (TokenKind.NAME, TokenKind.PHONE_END)}
    key = tokens.sought()
    queries, values = [], []
    for said in sorted(strong):
        queries.append(_ONE)
        values += _values(key, said)
    for name in details.names:
        if name.use != NameUse.MAIDEN and name.family and name.given:
            family = (TokenKind.NAME, folding.whole(name.family))
            for given in sorted(variants(_pair(name)[1])):
                queries.append(f"({_ONE} INTERSECT {_ONE})")
                values += [*_values(key, family), *_values(key, (TokenKind.NAME, given))]
    if not queries:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(queries) + f" LIMIT {OPENED}", values)
        return [subject for (subject,) in cursor.fetchall()]


def _values(key: tokens.Keyed, said: tokens.Said) -> list:
    return [key.practice, *key.token(said)]
