"""The restore drill: a backup under concurrent writes, restored, compared, and looked at. `make restore-drill` runs it."""

import re
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contingency.house import House
from tests.reporting import EXACTLY, soak_row

pytestmark = pytest.mark.soak


@dataclass
class Drilled:
    """The house, its backup, and what the restore said."""

    house: House
    seeded: dict[str, Any]
    source: str
    restored: str
    said: str
    code: int
    public: str


@pytest.fixture(scope="module")
def drilled(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("drill"), "portal_drill")
    try:
        source = house.database("source")
        assert house.manage(source, "keys", "new").returncode == 0
        for command in ("migrate", "settle"):
            done = house.manage(source, command, role="portal_owner")
            assert done.returncode == 0, done.stderr
        seeded = house.work(source, "seed")
        public = house.manage(source, "backup_key", "new", house.at / "key/private").stdout.strip()
        with house.at_work(source, "write", seeded["slug"]):
            done = house.manage(source, "backup", house.at / "a.backup", "--to", public, role="portal_backup")
            assert done.returncode == 0, done.stderr
        house.work(source, "leave", seeded["slug"], seeded["leaver"])
        restored = house.database("restored")
        done = house.manage(
            restored, "restore", house.at / "a.backup", "--key", house.at / "key/private", role="portal_owner"
        )
        yield Drilled(house, seeded, source, restored, done.stdout + done.stderr, done.returncode, public)
    finally:
        house.clear()


def test_nothing_differs_between_the_backup_and_what_was_restored(drilled):
    found = re.search(r"restore_row_differences: (\d+)", drilled.said)

    assert found is not None, drilled.said
    assert (soak_row("restore_row_differences", int(found[1]), 0, rule=EXACTLY), drilled.code) == (True, 0), drilled.said


def test_everything_opens_and_the_one_who_left_since_stays_out(drilled):
    seen = drilled.house.work(drilled.restored, "look", drilled.seeded["slug"], drilled.seeded["leaver"])

    assert seen.pop("kept_out") == [0, 1, 1, False]  # feed, bar and restriction of since the backup; the stolen factor
    assert seen == {"names": 1, "letter": True, "in_force": 0, "sees": 0, "sessions": 0, "damages": []}


def test_the_wall_stands_in_the_restored_database(drilled):
    assert drilled.house.manage(drilled.restored, "rls_check").returncode == 0


def test_the_report_knows_of_both(drilled):
    said = drilled.house.manage(drilled.restored, "compliance_report", drilled.seeded["slug"]).stdout

    found = re.search(r"^(\w+) +164\.308\(a\)\(7\) +Contingency: (.*)$", said, re.MULTILINE)
    assert found is not None, said
    assert (found[1], "none is known" in found[2]) == ("pass", False)


def test_the_downtime_page_opens_without_the_database(drilled):
    at, public = drilled.house.at, drilled.public
    made = drilled.house.manage(
        drilled.source, "downtime_schedule", drilled.seeded["slug"], at / "evening.locked", "--to", public
    )
    opened = drilled.house.manage(
        "nowhere", "downtime_schedule", at / "evening.locked", at / "page.html", "--open", "--key", at / "key/private"
    )

    assert (made.returncode, opened.returncode) == (0, 0), made.stderr + opened.stderr
    page, locked = (at / "page.html").read_text(), (at / "evening.locked").read_bytes()
    wanted = ["Dr. Okafor", "10:00–10:30", "Lopez, Maria"]
    shown = [word for word in wanted if word in page]
    leaked = sum(word.encode() in locked for word in wanted)
    assert (shown, soak_row("downtime_words_leaked", leaked, 0, rule=EXACTLY)) == (wanted, True)


def restore(drilled, database, *, file="a.backup", key="private", ring=None) -> str:
    variables = drilled.house.variables
    if ring:
        drilled.house.variables = lambda *args: variables(*args) | {"KEY_RING": str(ring)}
    try:
        at = drilled.house.at
        done = drilled.house.manage(database, "restore", at / file, "--key", at / "key" / key, role="portal_owner")
    finally:
        drilled.house.variables = variables
    assert done.returncode != 0
    return done.stderr


def test_a_database_that_is_not_empty_is_refused_in_words(drilled):
    assert "The database is not empty" in restore(drilled, drilled.restored)


def test_a_torn_backup_is_refused_in_words_and_touches_nothing(drilled):
    whole = (drilled.house.at / "a.backup").read_bytes()
    (drilled.house.at / "torn").write_bytes(whole[: len(whole) * 2 // 3])
    empty = drilled.house.database("empty")

    assert "The file is torn" in restore(drilled, empty, file="torn")
    assert "The file is torn" in restore(drilled, empty, file="torn")


def test_another_key_is_refused_in_words(drilled):
    drilled.house.manage(drilled.source, "backup_key", "new", drilled.house.at / "key/other")

    assert "The key does not open this file" in restore(drilled, drilled.house.database("empty"), key="other")


def test_the_ring_of_another_installation_is_refused_in_words(drilled, tmp_path):
    from compliance.crypto import ring

    ring.create(tmp_path / "ring.json")

    assert "of another installation" in restore(drilled, drilled.house.database("empty"), ring=tmp_path / "ring.json")


def test_a_backup_by_a_role_that_does_not_see_all_is_refused(drilled):
    public = drilled.house.manage(drilled.source, "backup_key", "show", drilled.house.at / "key/private").stdout.strip()
    done = drilled.house.manage(drilled.source, "backup", drilled.house.at / "b", "--to", public, role="portal_owner")

    assert (done.returncode, "does not see every row" in done.stderr) == (1, True)
    assert sorted(path.name for path in drilled.house.at.glob("b*")) == []
