"""The one writer of Coverage."""

from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from compliance.audit import events
from compliance.models import User
from insurance.enums import CoverageStatus
from insurance.models import Coverage, Payer
from patients import tokens
from patients.enums import TokenKind
from patients.models import Document, Patient


class Stale(Exception):
    """Somebody changed the coverage since it was shown; `theirs` is as it stands now."""

    def __init__(self, theirs: Coverage) -> None:
        self.theirs = theirs
        super().__init__("The coverage was changed meanwhile.")


class PriorityTaken(Exception):
    """Another active coverage is billed in that order already; `other` is the one."""

    def __init__(self, other: Coverage) -> None:
        self.other = other
        super().__init__("Another coverage has this priority.")


class EndsBeforeStart(Exception):
    """The last day would lie before the first."""


def add(*, patient: Patient, payer: Payer, member_id: str, by: User, **fields: Any) -> Coverage:
    """Add a coverage. Raises PriorityTaken when its days overlap another one of the same priority."""
    coverage = Coverage(patient=patient, payer=payer, member_id=tidy(member_id), **fields)
    with transaction.atomic():
        _one_at_a_time(patient)
        _refuse_same_priority(coverage)
        coverage.save(force_insert=True)
        _keep_token(coverage, member_id)
        events.record("coverage.added", coverage, action=events.CREATE, by=by)
    return coverage


def change(coverage: Coverage, *, version: int, by: User, now: datetime, **fields: Any) -> Coverage:
    """Change some fields. What was checked before no longer counts: the version moved. Raises Stale, PriorityTaken."""
    with transaction.atomic():
        _one_at_a_time(coverage.patient)
        claimed = Coverage.objects.filter(pk=coverage.pk, version=version)
        if not claimed.update(version=models.F("version") + 1, updated_at=now):
            raise Stale(Coverage.objects.get(pk=coverage.pk))
        row = Coverage.objects.get(pk=coverage.pk)
        old = row.member_id
        for name, value in fields.items():
            setattr(row, name, tidy(value) if name == "member_id" else value)
        _refuse_same_priority(row)
        row.save()
        if "member_id" in fields:
            _keep_token(coverage, fields["member_id"])
            _forget_token(coverage, old)
        events.record("coverage.changed", coverage, action=events.UPDATE, by=by, body={"fields": sorted(fields)})
    coverage.refresh_from_db()
    return coverage


def end(coverage: Coverage, *, on: date, version: int, by: User, now: datetime) -> Coverage:
    """End a coverage with its last day; visits up to it stay covered. Raises Stale, EndsBeforeStart, PriorityTaken."""
    if coverage.starts_on and on < coverage.starts_on:
        raise EndsBeforeStart
    return change(coverage, version=version, by=by, now=now, ends_on=on)


def keep_card(coverage: Coverage, card: Document, *, by: User, now: datetime) -> None:
    """Put a picture of the card to its coverage. What payers said still counts: the version does not move."""
    with transaction.atomic():
        Coverage.objects.filter(pk=coverage.pk).update(card=card, updated_at=now)
        events.record("coverage.card_kept", coverage, action=events.UPDATE, by=by)


def tidy(member_id: str) -> str:
    """A member id as the payer prints it: upper case, without spaces or dashes."""
    return "".join(character for character in member_id.upper() if character.isalnum())


def said(member_id: str) -> tokens.Said:
    """By member id, however it is written."""
    return TokenKind.MEMBER_ID, tidy(member_id)


def _one_at_a_time(patient: Patient) -> None:
    Patient.objects.select_for_update(no_key=True).only("pk").get(pk=patient.pk)


def _refuse_same_priority(coverage: Coverage) -> None:
    rows = Coverage.objects.active().filter(patient_id=coverage.patient_id, priority=coverage.priority)
    for other in rows.exclude(pk=coverage.pk):
        if other.overlaps(coverage) and coverage.status == CoverageStatus.ACTIVE:
            raise PriorityTaken(other)


def _forget_token(coverage: Coverage, member_id: str) -> None:
    """The patient is no longer found by a member id that none of her coverages has."""
    if tidy(member_id) in {row.member_id for row in Coverage.objects.filter(patient_id=coverage.patient_id)}:
        return
    tokens.remove(coverage.patient_id, {said(member_id)})


def _keep_token(coverage: Coverage, member_id: str) -> None:
    tokens.add(coverage.patient_id, {said(member_id)})
