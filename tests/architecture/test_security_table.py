"""docs/security.md is complete: each attack has a control and a test, and each test exists."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent.parent
TEXT = (HOME / "docs/security.md").read_text()
LINES = [line for line in TEXT.splitlines() if line.startswith("| ") and "`tests/" in line]
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py::test_\w+)`", "\n".join(LINES))))


def test_each_attack_has_a_control_and_a_test():
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES]

    assert [row for row in cells if len(row) != 3 or not all(row)] == []


@pytest.mark.parametrize("test", TESTS)
def test_each_test_that_is_named_exists(test):
    file, name = test.split("::")

    assert f"def {name}(" in (HOME / file).read_text()


def test_there_are_at_least_thirty_four_of_them():
    assert len(TESTS) >= 34


def test_every_test_of_a_threat_stands_in_the_table():
    written = {
        f"{file.relative_to(HOME)}::{name}"
        for file in (HOME / "tests/threats").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }

    assert written - set(TESTS) == set()
