"""What the pages for people name is there: files, functions, commands, links."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import get_commands

from compliance.access import MATRIX

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
APPS = r"(?:compliance|patients|scheduling|correspondence|insurance|secretary_portal)"
HOUSE = rf"(?:{APPS}|tests|templates|docker|docs|requirements|\.ci)"
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def named(sheet: Path, pattern: str) -> list[str]:
    """Each word in code marks that is wholly of one kind."""
    return [word for word in CODE.findall(sheet.read_text()) if re.fullmatch(pattern, word)]


def is_there(name: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    before, _, last = name.rpartition(".")
    try:
        if find_spec(name):
            return True
    except ModuleNotFoundError:
        pass
    try:
        return hasattr(import_module(before), last)
    except ModuleNotFoundError:
        outer, _, holder = before.rpartition(".")
        return hasattr(getattr(import_module(outer), holder, None), last)


def titled(sheet: Path) -> str:
    return str(sheet.relative_to(ROOT))


@pytest.mark.parametrize("sheet", PAGES, ids=titled)
def test_each_name_that_a_page_gives_is_there(sheet):
    names = named(sheet, rf"{APPS}(?:\.\w+)+")

    assert [name for name in names if name not in MATRIX and not is_there(name)] == []


@pytest.mark.parametrize("sheet", PAGES, ids=titled)
def test_each_file_that_a_page_gives_is_there(sheet):
    names = named(sheet, rf"{HOUSE}/[\w./-]*")

    assert [name for name in names if not (ROOT / name).exists() and not name.startswith("docker/secrets")] == []


@pytest.mark.parametrize("sheet", PAGES, ids=titled)
def test_each_test_that_a_page_gives_is_there(sheet):
    names = [name.split("::") for name in named(sheet, r"tests/[\w/]+\.py::test_\w+")]

    assert [test for file, test in names if f"def {test}(" not in (ROOT / file).read_text()] == []


@pytest.mark.parametrize("sheet", PAGES, ids=titled)
def test_each_command_that_a_page_gives_is_there(sheet):
    commands = set(re.findall(r"manage\.py ([a-z_]+)", sheet.read_text()))

    assert sorted(commands - get_commands().keys()) == []


@pytest.mark.parametrize("sheet", PAGES, ids=titled)
def test_each_target_of_make_that_a_page_gives_is_there(sheet):
    targets = set(re.findall(r"`make ([a-z-]+)", sheet.read_text()))

    assert sorted(targets - set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))) == []


@pytest.mark.parametrize("sheet", PAGES, ids=titled)
def test_each_link_of_a_page_leads_somewhere(sheet):
    links = LINK.findall(sheet.read_text())

    assert [link for link in links if not (sheet.parent / link).exists()] == []


def test_the_guard_sees_a_name_that_is_not_there():
    assert (is_there("scheduling.booking.book"), is_there("scheduling.booking.cook")) == (True, False)


def test_each_wish_about_the_schedule_has_a_test_that_keeps_it():
    rows = re.findall(r"^\| (\d+) .*\| `tests/", (ROOT / "docs" / "scheduling.md").read_text(), re.MULTILINE)

    assert {int(number) for number in rows} == {*range(1, 11), 18}
