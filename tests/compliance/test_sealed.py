"""The sealed field: what lies in the database, when it opens, and what it refuses (recipes.md R5)."""

import copy
import pickle

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction
from django.utils import timezone

from compliance import cases
from compliance.audit import reads
from compliance.crypto.sealed import Sealed, Tampered
from compliance.ids import uuid7
from compliance.models import Case
from compliance.roles import Role
from compliance.tenancy import SYSTEM, PracticeContextMissing, acting_in
from tests.factories import people

TEXT = "Chest pain since Tuesday"


def made(**fields):
    return cases.open_case(
        kind="message", summary=TEXT, by=None, now=timezone.now(), team=Role.SECRETARY, patient=uuid7(), **fields
    )


@pytest.fixture
def case(inside):
    return Case.objects.get(pk=made().pk)


def lies(case) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT summary FROM compliance_case WHERE id = %s", [case.pk])
        return bytes(cursor.fetchone()[0])


def opened_by(work) -> set:
    """The patients whose values were opened meanwhile."""
    with reads.recorded(None):
        work()
        return set(reads._reads.get().noted)


def test_no_word_of_it_lies_in_the_database(case):
    assert b"Chest" not in lies(case)


def test_it_opens_on_read(case):
    assert case.summary == TEXT


def test_saving_something_else_keeps_the_ciphertext(case):
    before = lies(case)
    case.priority = "urgent"
    case.save()

    assert lies(case) == before


def test_the_same_text_is_sealed_differently_each_time(inside):
    assert lies(made()) != lies(made())


@pytest.mark.parametrize(
    "work",
    [
        lambda case: case.refresh_from_db(),
        lambda case: copy.deepcopy(case),
        lambda case: pickle.loads(pickle.dumps(case)),
        lambda case: str(case),
        lambda case: repr(case),
        lambda case: list(Case.objects.values_list("summary")),
        lambda case: Case.objects.defer("summary").get(pk=case.pk),
        lambda case: case.save(),
    ],
)
def test_what_does_not_read_it_opens_nothing(case, work):
    assert opened_by(lambda: work(case)) == set()


def test_reading_it_is_noted(case):
    assert opened_by(lambda: case.summary) == {case.patient}


def test_values_give_it_closed(case):
    assert [repr(value) for value in Case.objects.values_list("summary", flat=True)] == ["<sealed>"]


def test_refreshing_loads_what_is_there_now(case):
    other = Case.objects.get(pk=case.pk)
    other.summary = "Feels better"
    other.save()

    case.refresh_from_db()

    assert (type(case.__dict__["summary"]), case.summary) == (Sealed, "Feels better")


def test_a_deferred_one_is_fetched_when_it_is_read(case):
    assert Case.objects.defer("summary").get(pk=case.pk).summary == TEXT


def test_many_at_once_are_sealed_too(case):
    rows = [Case(kind="x", summary=TEXT, team=Role.SECRETARY, opened_at=timezone.now()) for _ in range(2)]

    Case.objects.bulk_create(rows)

    assert {Case.objects.get(pk=row.pk).summary for row in rows} == {TEXT}


@pytest.mark.parametrize(
    "work",
    [
        lambda: Case.objects.update(summary="x"),
        lambda: Case.objects.filter(summary="x").exists(),
        lambda: Case.objects.filter(summary__contains="x").exists(),
        lambda: Case.objects.get_or_create(summary="x"),
    ],
)
def test_it_can_be_neither_searched_nor_written_past_its_row(case, work):
    with pytest.raises(FieldError), transaction.atomic():
        work()


def test_whether_it_is_there_can_be_asked(case):
    assert not Case.objects.filter(summary__isnull=True).exists()


def test_moved_to_another_row_it_is_never_shown(case):
    other = Case.objects.get(pk=made().pk)
    other.__dict__["summary"] = case.__dict__["summary"]

    with pytest.raises(Tampered):
        other.summary  # noqa: B018


def test_moved_to_another_field_it_is_never_shown(case):
    transition = case.transitions.get()
    transition.id, transition.__dict__["note"] = case.pk, case.__dict__["summary"]

    with pytest.raises(Tampered):
        transition.note  # noqa: B018


@pytest.mark.parametrize("at", [0, 3, 15, -1])
def test_one_changed_bit_is_found(case, at):
    changed = bytearray(lies(case))
    changed[at] ^= 1
    case.__dict__["summary"] = Sealed(bytes(changed))

    with pytest.raises(Tampered):
        case.summary  # noqa: B018


def test_it_does_not_open_outside_a_context(practice):
    with acting_in(practice.pk, SYSTEM):
        case = Case.objects.get(pk=made().pk)

    with pytest.raises(PracticeContextMissing):
        case.summary  # noqa: B018


def test_it_does_not_open_in_another_practice(practice):
    with acting_in(practice.pk, SYSTEM):
        case = Case.objects.get(pk=made().pk)

    with acting_in(people.practice().pk, SYSTEM), pytest.raises(PracticeContextMissing):
        case.summary  # noqa: B018
