"""Sealed values moved to another label or row by `manage.py reseal`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from compliance.crypto.sealed import Tampered, seal
from compliance.ids import uuid7
from compliance.models import AuditEvent
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from patients.models import HumanName
from tests.factories import patients, people

pytestmark = pytest.mark.django_db
LABEL, OLD = "human_name.given", "person.first_name"


@pytest.fixture
def names(inside):
    """Three rows; the given names of the last two are sealed as the code called the field before."""
    made = [patients.patient(given=given).names.get() for given in ("Maria", "Ana", "Eva")]
    for row in made[1:]:
        put(row.pk, seal(row.given, label=OLD, practice=inside.pk, row=row.pk))
    return made


def put(pk, value: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patients_humanname SET given = %s WHERE id = %s", [bytes(value), pk])


def said(practice, *command) -> str:
    out = StringIO()
    call_command("reseal", LABEL, "--practice", practice.slug, *command, stdout=out)
    return out.getvalue().removeprefix(f"{practice.slug}: ")


def given_names() -> list[str]:
    return sorted(name.given for name in HumanName.objects.all())


def test_values_under_the_old_label_open_under_the_new_one(names, inside):
    told = said(inside, "--was", OLD)

    assert told == "2 values moved, 1 were right already, 0 not opened.\n"
    assert given_names() == ["Ana", "Eva", "Maria"]


def test_again_changes_nothing(names, inside):
    said(inside, "--was", OLD)
    before = list(HumanName.objects.order_by("pk").values_list("given", flat=True))

    told = said(inside, "--was", OLD)

    assert told == "0 values moved, 3 were right already, 0 not opened.\n"
    assert list(HumanName.objects.order_by("pk").values_list("given", flat=True)) == before


def test_a_dry_run_counts_and_moves_nothing(names, inside):
    told = said(inside, "--was", OLD, "--dry-run")

    assert told == "2 values would be moved, 1 were right already, 0 not opened.\n"
    with pytest.raises(Tampered):
        given_names()


def test_it_is_recorded_with_the_labels_and_the_numbers(names, inside):
    said(inside, "--was", OLD)

    event = AuditEvent.objects.get(kind="values.resealed")
    assert event.body == {"label": LABEL, "was": OLD, "rows": 0, "moved": 2, "right": 1}


def test_a_value_under_a_third_label_is_told_and_left(names, inside):
    put(names[0].pk, seal("Maria", label="something.else", practice=inside.pk, row=names[0].pk))

    with pytest.raises(CommandError, match="1 values open neither as they were nor as they are"):
        said(inside, "--was", OLD)

    assert (names[1].given, names[2].given) == ("Ana", "Eva")
    with pytest.raises(Tampered):
        HumanName.objects.get(pk=names[0].pk).given  # noqa: B018


def test_values_of_a_row_that_got_another_id_open_again(inside, tmp_path):
    row, before = patients.patient().names.get(), uuid7()
    put(row.pk, seal("Maria", label=LABEL, practice=inside.pk, row=before))
    (tmp_path / "rows.csv").write_text(f"{before},{row.pk}\n")

    told = said(inside, "--rows", str(tmp_path / "rows.csv"))

    assert (told, given_names()) == ("1 values moved, 0 were right already, 0 not opened.\n", ["Maria"])


def test_a_ciphertext_swapped_between_rows_is_not_made_good(inside):
    first, second = (patients.patient(given=given).names.get() for given in ("Maria", "Ana"))
    put(first.pk, seal("Ana", label=LABEL, practice=inside.pk, row=second.pk))

    with pytest.raises(CommandError, match="1 values open neither"):
        said(inside, "--was", OLD)


def test_another_practice_is_left_alone(names, inside):
    other = people.practice()
    with acting_in(other.pk, people.member(other, Role.SECRETARY).pk):
        row = patients.patient(given="Ida").names.get()
        put(row.pk, seal("Ida", label=OLD, practice=other.pk, row=row.pk))
    said(inside, "--was", OLD)

    with acting_in(other.pk, SYSTEM), pytest.raises(Tampered):
        given_names()


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ([LABEL], "Say what changed"),
        (["no.such", "--was", OLD, "--practice", "SLUG"], "No sealed field has the label no.such"),
        ([LABEL, "--was", OLD, "--practice", "nowhere"], "There is no practice nowhere"),
        ([LABEL, "--rows", "nowhere.csv"], "nowhere.csv cannot be read"),
        ([LABEL, "--rows", "BAD"], "Line 1 of .* is not two ids"),
    ],
)
def test_what_cannot_be_is_said_in_words(practice, tmp_path, command, sentence):
    bad = tmp_path / "bad.csv"
    bad.write_text("one,two\n")
    words = {"SLUG": practice.slug, "BAD": str(bad)}

    with pytest.raises(CommandError, match=sentence):
        call_command("reseal", *[words.get(word, word) for word in command], stdout=StringIO())
