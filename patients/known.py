"""Who is meant by what another system's file says of a patient: exactly one on file, or nobody. For the portal itself."""

from datetime import date

from patients import folding, names, search, tokens
from patients.enums import TokenKind
from patients.models import Patient

MOST = 20


def by_mrn(text: str) -> list[Patient]:
    """Those with the MRN, however it is written."""
    return [row for row in _found([{tokens.mrn(text)}]) if folding.code(names.mrn(row)) == folding.code(text)]


def by_identifier(system: str, value: str) -> list[Patient]:
    """Those with an identifier of an assigning authority."""
    return _found([{tokens.identifier(system, value)}])


def by_name(family: str, given: str, born: date) -> list[Patient]:
    """Those with both names and the birth date."""
    parts = [*folding.parts(family), *folding.parts(given)]
    found = _found([{tokens.birth_date(born)}, *({(TokenKind.NAME, part)} for part in parts if len(part) > 1)])
    return [row for row in found if is_called(row, family, given)]


def is_called(patient: Patient, family: str, given: str) -> bool:
    """Whether one of her names is this one; what is not given is not asked."""
    return any(
        (not family or folding.whole(row.family) == folding.whole(family))
        and (not given or folding.whole(row.given) == folding.whole(given))
        for row in patient.names.all()
    )


def _found(terms: list[set[tokens.Said]]) -> list[Patient]:
    subjects, _ = search.subjects_of(terms, MOST)
    return list(Patient.objects.filter(pk__in=subjects).with_names()) if subjects else []
