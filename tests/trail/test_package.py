"""An exported trail proves itself, without the database, and names the row that was changed in it."""

import json
import shutil
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from compliance import trail
from compliance.audit import package, roots
from tests.trail.conftest import seal


@pytest.fixture
def exported(twelve, tmp_path):
    seal(twelve.chain)
    file = tmp_path / "trail.zip"
    now = timezone.now()
    with trail.on_chain(twelve.chain):
        package.write(twelve.chain, file, first=now - timedelta(days=1), last=now + timedelta(days=1), now=now)
    return file


def with_changed(file, name, change):
    """The same file with one member changed."""
    other = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for member in old.namelist():
            text = old.read(member).decode()
            new.writestr(member, change(text) if member == name else text)
    return other


def without_line(number):
    def change(text):
        lines = text.splitlines(keepends=True)
        del lines[number - 1]
        return "".join(lines)

    return change


def test_an_export_is_whole_and_proven_to_its_last_row(exported):
    checked = package.verify(exported, key=package.key_text(roots.public_key()))

    assert (checked.rows, checked.proven, checked.findings) == (12, 12, [])


CHANGES = {
    "the table for people": ("events.csv", lambda text: text.replace("test.act_4", "test.act_5"), "events.csv"),
    "the resources": ("events.ndjson", lambda text: text.replace("test.act_4", "test.act_5", 1), "events.ndjson"),
    "what an event says": ("chain.ndjson", lambda text: text.replace("test.act_4", "test.act_5", 1), "was changed"),
    "a row taken out": ("chain.ndjson", without_line(4), "Row 4: missing"),
    "the end cut off": ("chain.ndjson", without_line(12), "cut off"),
    "a root": ("roots.ndjson", lambda text: text.replace('"number":12', '"number":11'), "not signed"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_to_the_file_is_told(exported, what):
    member, change, words = CHANGES[what]

    assert any(words in one for one in package.verify(with_changed(exported, member, change)).findings)


def test_a_file_signed_by_somebody_else_is_not_proven(exported):
    checked = package.verify(exported, key="11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")  # of RFC 8032, section 7.1

    assert any("not signed by this key" in one for one in checked.findings)


def test_a_torn_file_is_a_sentence(exported, tmp_path):
    torn = tmp_path / "torn.zip"
    shutil.copy(exported, torn)
    torn.write_bytes(torn.read_bytes()[:-200])

    with pytest.raises(package.Unreadable, match="no whole export"):
        package.verify(torn)


def test_each_event_is_a_fhir_audit_event(exported):
    with zipfile.ZipFile(exported) as archive:
        resources = [json.loads(line) for line in archive.read("events.ndjson").splitlines()]

    assert {one["resourceType"] for one in resources} == {"AuditEvent"}
    assert all({"type", "recorded", "agent", "source"} <= one.keys() for one in resources)


def test_the_command_exports_and_verifies(twelve, tmp_path, capsys):
    from compliance.models import Practice

    slug, file, day = Practice.objects.get(pk=twelve.chain).slug, tmp_path / "a.zip", timezone.now().date()
    call_command("audit_export", slug, str(file), f"--from={day - timedelta(days=1)}", f"--to={day + timedelta(days=1)}")
    call_command("audit_verify", str(file))

    assert "Whole" in capsys.readouterr().out
    with pytest.raises(CommandError, match="never replaced"):
        call_command("audit_export", slug, str(file), f"--from={day}", f"--to={day}")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\0x"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(cell):
    assert package.csv_line([cell]).startswith(("'", "\"'"))
