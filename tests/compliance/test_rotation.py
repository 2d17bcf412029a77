"""The data key exchanged while everything stays readable."""

import pytest
from django.db import connection

from compliance import jobs, rotation
from compliance.crypto import data_keys
from compliance.crypto.columns import everywhere
from compliance.models import DataKey, Job
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from patients import documents
from patients.models import HumanName
from tests.factories import patients, people

pytestmark = pytest.mark.django_db
LETTER = b"a line of a letter\n" * 8000


@pytest.fixture
def three(inside):
    """Three patients, one with a document of several chunks."""
    made = [patients.patient(given=given) for given in ("Maria", "Ana", "Eva")]
    documents.store(made[0], kind="insurance-card", title="A letter", content=LETTER, by=None)
    return made


def numbers(practice) -> set[int]:
    return {number for number in (1, 2, 3) if rotation.needing(practice.pk, number)}


def given_names() -> list[str]:
    return sorted(name.given for name in HumanName.objects.all())


def rotated(practice) -> Job:
    return rotation.run(practice.pk, rotation.begin(practice.pk), patience=0)


def test_every_value_of_every_table_is_sealed_with_the_new_key(three, inside):
    job = rotated(inside)

    assert (numbers(inside), job.state, job.step) == ({2}, "done", job.total)


def test_everything_still_opens(three, inside):
    rotated(inside)

    assert given_names() == ["Ana", "Eva", "Maria"]
    assert b"".join(documents.chunks(three[0].documents.get())) == LETTER


def test_it_goes_on_where_it_was_stopped(three, inside, secretary):
    job = rotation.begin(inside.pk)
    job = jobs.start(job, now=job.created_at)
    table = next(one for one in everywhere() if one.table == "patients_humanname")
    rotation.batch(table, inside.pk, to=2, after=rotation.FIRST)
    jobs.fail(job, now=job.created_at, sentence="Stopped.")

    again = rotation.run(inside.pk, rotation.begin(inside.pk), patience=0)

    assert (again.pk, numbers(inside), DataKey.objects.count()) == (job.pk, {2}, 2)


def test_a_value_that_does_not_open_is_told_and_left(three, inside):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE patients_humanname SET given = set_byte(given, 20, get_byte(given, 20) # 1) WHERE id = "
            "(SELECT id FROM patients_humanname ORDER BY id LIMIT 1)"
        )

    job = rotated(inside)

    assert (job.state, job.findings) == ("failed", {"patients_humanname": 1})


def test_another_practice_keeps_its_key(three, inside):
    other = people.practice()
    with acting_in(other.pk, people.member(other, Role.SECRETARY).pk):
        patients.patient()
        data_keys.forget()
    rotated(inside)

    with acting_in(other.pk, SYSTEM):
        assert numbers(other) == {1}


def test_sealed_chunks_are_among_the_tables():
    assert {"patients_documentchunk", "patients_humanname", "insurance_coverage"} <= {one.table for one in everywhere()}
