"""The member ids' search tokens, for an exchange of the index key."""

from collections import defaultdict
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from compliance.crypto.tokens import register
from insurance.coverage import said
from insurance.models import Coverage
from patients.enums import TokenKind
from patients.models import Patient
from patients.remaking import Maker, Said, each_opened


def _covered() -> QuerySet[Patient]:
    return Patient.objects.filter(Exists(Coverage.objects.filter(patient=OuterRef("pk"))))


def _said(subjects: list[UUID]) -> Said:
    rows: dict[UUID, list[Coverage]] = defaultdict(list)
    for row in Coverage.objects.filter(patient__in=subjects):
        rows[row.patient_id].append(row)
    return each_opened(subjects, lambda subject: {said(row.member_id) for row in rows[subject]})


register(Maker("insurance", (TokenKind.MEMBER_ID,), _covered, _said))
