"""Search tokens made again from the sealed values, for an exchange of the index key (a `tokens.Maker`)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from compliance.crypto import tokens as keyed
from compliance.crypto.data_keys import KeyMissing
from compliance.crypto.sealed import Tampered
from compliance.tenancy import current_practice_id
from patients import registration, tokens
from patients.enums import TokenKind
from patients.models import Patient, SearchToken

BATCH = 500  # patients in one transaction, so that a page waits for few
DROPPED = 2_000

Said = Iterator[tuple[UUID, set[tokens.Said] | None]]

_OLD = """
DELETE FROM patients_searchtoken
 WHERE practice_id = %s AND subject = ANY(%s) AND kind = ANY(%s) AND key_version <> %s
"""


@dataclass(frozen=True)
class Maker:
    """The tokens of some kinds. `people`: who may have any; `said`: what finds each of some, None where it does not open.

    A batch takes all locks of its patients first, as their writers do: what it reads is what they wrote last, and
    whoever writes next makes tokens of both versions.
    """

    name: str
    kinds: tuple[TokenKind, ...]
    people: Callable[[], QuerySet[Patient]]
    said: Callable[[list[UUID]], Said]

    def count(self) -> int:
        """How many patients."""
        return self.people().count()

    def remake(self, after: UUID, version: int) -> keyed.Remade:
        """The tokens of the next patients under a version, beside those that are there."""
        rows = self.people().filter(pk__gt=after).order_by("pk").select_for_update(no_key=True)
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return keyed.Remade(None, 0, 0, 0)
        found = dict(self.said(ids))
        opened = {subject: said for subject, said in found.items() if said is not None}
        made = tokens.keep_many(opened, self.kinds, version=version)
        return keyed.Remade(ids[-1], len(ids), made, len(found) - len(opened))

    def drop(self, after: UUID, version: int) -> UUID | None:
        """Delete the next subjects' tokens of every other version; the last one's id, None when there are no more."""
        rows = SearchToken.objects.filter(subject__gt=after).order_by("subject")
        subjects = list(rows.values_list("subject", flat=True).distinct()[:DROPPED])
        if not subjects:
            return None
        with connection.cursor() as cursor:
            cursor.execute(_OLD, [current_practice_id(), subjects, [int(kind) for kind in self.kinds], version])
        return subjects[-1]

    def needing(self, version: int) -> int:
        """How many tokens of a version there are."""
        return SearchToken.objects.filter(kind__in=self.kinds, key_version=version).count()

    def forget(self) -> int:
        """Delete every token, for a practice that leaves; answers how many."""
        return SearchToken.objects.filter(practice_id=current_practice_id(), kind__in=self.kinds).delete()[0]


def each_opened(subjects: list[UUID], read: Callable[[UUID], set[tokens.Said]]) -> Said:
    """What finds each; None for one of whom something does not open: a damage is told and never hidden."""
    for subject in subjects:
        try:
            yield subject, read(subject)
        except (Tampered, KeyMissing):
            yield subject, None


def _said(subjects: list[UUID]) -> Said:
    rows = Patient.objects.filter(pk__in=subjects).prefetch_related(
        "names", "contacts__consents", "addresses", "identifiers"
    )
    patients = {row.pk: row for row in rows}
    return each_opened(subjects, lambda subject: tokens.said_of(registration.details_of(patients[subject])))


keyed.register(Maker("patients", tokens.OURS, Patient.objects.all, _said))
