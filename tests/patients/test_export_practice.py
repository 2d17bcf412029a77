"""What a practice that leaves takes with it."""

import json
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from compliance import leaving
from compliance.audit import package
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from patients import fhir
from tests.factories import patients, people


@pytest.fixture
def exported(committed, tmp_path):
    practice = people.practice()
    with acting_in(practice.pk, people.member(practice, Role.SECRETARY).pk):
        patients.patient(middle="Ana", email="maria@home.example", mrn="4711")
    call_command("export_practice", practice.slug, str(tmp_path / "out.zip"), stdout=StringIO())
    return practice, tmp_path / "out.zip"


def test_its_patients_can_be_read_again(exported):
    with zipfile.ZipFile(exported[1]) as archive:
        [line] = archive.read("patients.ndjson").decode().splitlines()

    read = fhir.read(json.loads(line), today=timezone.localdate()).details
    assert [(one.family, one.given, one.middle) for one in read.names] == [("Lopez", "Maria", "Ana")]
    assert sorted(one.value for one in read.contacts) == ["+16085550123", "maria@home.example"]


def test_its_trail_proves_itself(exported, tmp_path):
    with zipfile.ZipFile(exported[1]) as archive:
        (tmp_path / "audit.zip").write_bytes(archive.read("audit.zip"))

    assert package.verify(tmp_path / "audit.zip").findings == []


def test_it_is_signed_for_its_practice(exported):
    practice, path = exported

    assert len(leaving.checked(path, practice=practice.pk).digest) == 64


def test_nothing_has_changed_since_it_was_begun(exported):
    practice, path = exported
    archive = leaving.checked(path, practice=practice.pk)

    with acting_in(practice.pk, SYSTEM):
        assert leaving.refuse_stale(archive, practice=practice.pk) is None


def test_what_was_written_while_it_was_read_makes_it_stale(exported):
    practice, path = exported
    archive = leaving.checked(path, practice=practice.pk)
    with acting_in(practice.pk, SYSTEM):
        patients.patient(given="Ana")

    with pytest.raises(leaving.NoExport, match="after the export was begun"), acting_in(practice.pk, SYSTEM):
        leaving.refuse_stale(archive, practice=practice.pk)


def test_it_is_never_replaced(exported):
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_practice", exported[0].slug, str(exported[1]))
