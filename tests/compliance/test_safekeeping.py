"""What is remembered of backups and restores, outside the database."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from compliance import ledgers, safekeeping
from compliance.safekeeping import Deed, Entry
from compliance.tenancy import SYSTEM, acting_in

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def roots(settings, tmp_path):
    settings.AUDIT_ROOTS = tmp_path / "roots"


def test_the_newest_of_each_kind_is_remembered():
    for days in (2, 1, 3):
        safekeeping.note(Deed.BACKUP, now=NOW - timedelta(days=days))
    safekeeping.note(Deed.RESTORE, now=NOW, differences=4)

    assert safekeeping.last(Deed.BACKUP) == Entry(Deed.BACKUP, NOW - timedelta(days=1))
    assert safekeeping.last(Deed.RESTORE) == Entry(Deed.RESTORE, NOW, differences=4)


def test_nothing_is_known_at_first():
    assert [safekeeping.last(deed) for deed in Deed] == [None, None]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"deed": "dance", "at": "2026-11-25T00:00:00+00:00", "differences": 0}', "null"]
)
def test_a_line_that_cannot_be_read_is_passed_over(line):
    safekeeping.note(Deed.BACKUP, now=NOW)
    with ledgers.path_of(safekeeping.LEDGER).open("a") as file:
        file.write(line + "\n")

    assert safekeeping.last(Deed.BACKUP) == Entry(Deed.BACKUP, NOW)


@pytest.mark.parametrize(
    ("deed", "days", "differences", "is_good"),
    [
        (Deed.BACKUP, 2, 0, True),
        (Deed.BACKUP, 3, 0, False),
        (Deed.RESTORE, 92, 0, True),
        (Deed.RESTORE, 93, 0, False),
        (Deed.RESTORE, 1, 1, False),
    ],
)
def test_a_deed_is_good_for_its_time(deed, days, differences, is_good):
    assert Entry(deed, NOW - timedelta(days=days), differences).is_good(now=NOW) == is_good


def test_a_drill_done_elsewhere_is_noted_by_hand_and_recorded(committed, capsys):
    call_command("safekeeping", "note", "restore", "--differences", "2")

    with acting_in(None, SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM sec.portal_events() WHERE kind = 'safekeeping.noted' ORDER BY at DESC LIMIT 1")
        (body,) = cursor.fetchone()
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == ["backup", "restore"]
    assert ("none is known" in said[0], said[1].endswith("2 differences: do one")) == (True, True)
    assert json.loads(body) == {"deed": "restore", "differences": 2}


@pytest.mark.parametrize("words", [("note",), ("note", "restore", "--differences", "-1")])
def test_half_a_note_is_refused_in_words(words):
    with pytest.raises(CommandError, match="Say what was done"):
        call_command("safekeeping", *words)


def test_a_folder_that_cannot_be_written_is_told_in_words(settings, tmp_path, db):
    (tmp_path / "file").touch()
    settings.AUDIT_ROOTS = tmp_path / "file"

    with pytest.raises(CommandError, match="AUDIT_ROOTS cannot be written"):
        call_command("safekeeping", "note", "backup")
