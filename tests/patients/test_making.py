"""Invented patients."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from patients import importing, making


def test_the_same_seed_gives_the_same_patients():
    assert list(making.made(50, seed=7)) == list(making.made(50, seed=7))


def test_another_seed_gives_others():
    assert list(making.made(5, seed=7)) != list(making.made(5, seed=8))


def test_more_of_a_seed_begin_with_the_same():
    assert list(making.made(20))[:10] == list(making.made(10))


def test_a_file_of_them_is_imported_whole_with_every_trap(practice, tmp_path):
    path = tmp_path / "made.ndjson"
    call_command("make_patients", "120", seed=1, to=path)

    report = importing.run(practice, path)

    assert (report.counts["registered"], report.quarantined) == (120, [])
    assert {"ZIP 00000", "SSN impossible", "digits in a name"} <= set(report.warnings)


def test_without_a_file_they_go_to_standard_output():
    said = StringIO()

    call_command("make_patients", "2", stdout=said)

    assert [json.loads(line)["resourceType"] for line in said.getvalue().splitlines()] == ["Patient", "Patient"]


def test_none_is_refused():
    with pytest.raises(CommandError):
        call_command("make_patients", "0")
