"""The containers' health checks of files: fresh or not."""

import os
import time

import pytest

from secretary_portal import probe


@pytest.mark.parametrize(
    ("name", "hours", "is_well"), [("a.backup", 25, True), ("a.backup", 27, False), ("a.part", 1, False)]
)
def test_a_backup_is_well_for_a_day(tmp_path, name, hours, is_well):
    (tmp_path / name).touch()
    then = time.time() - hours * 3600
    os.utime(tmp_path / name, (then, then))

    assert probe.backup(tmp_path) == is_well


@pytest.mark.parametrize(("minutes", "is_well"), [(9, True), (11, False)])
def test_the_clock_is_well_while_it_writes_its_schedule(tmp_path, minutes, is_well):
    (tmp_path / "beat.db").touch()
    then = time.time() - minutes * 60
    os.utime(tmp_path / "beat.db", (then, then))

    assert probe.clock(tmp_path / "beat") == is_well
