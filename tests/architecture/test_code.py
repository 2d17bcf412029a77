"""Rules of the code that a reader could forget."""

import ast
from pathlib import Path

import pytest

from compliance.access import matrix_text

ROOT = Path(__file__).resolve().parents[2]
APPS = ("compliance", "patients", "scheduling", "correspondence", "insurance", "secretary_portal/desk")
VIEWS = sorted(path for app in APPS for path in (ROOT / app / "views").glob("*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__).resolve())
TRUNCATING = {
    "transactional_db",
    "live_server",
    "TransactionTestCase",
    "LiveServerTestCase",
    "django_db_serialized_rollback",
}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def unguarded(tree: ast.AST) -> list[int]:
    """Lines where `Model.objects` is followed by anything but `visible_to` or `open_to`."""
    followed = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"visible_to", "open_to"}
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_base_manager", "_default_manager"}
        if id(node) not in followed
    ]


@pytest.mark.parametrize("path", VIEWS, ids=relative)
def test_a_view_finds_rows_by_who_may_see_them(path):
    assert unguarded(ast.parse(path.read_text())) == []


def test_the_guard_over_views_sees_what_it_looks_for():
    assert unguarded(ast.parse("Case.objects.filter(pk=1)\nCase.objects.visible_to(user).first()")) == [1]


@pytest.mark.parametrize("path", TESTS, ids=relative)
def test_no_test_empties_the_tables(path):
    names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
    arguments = {node.arg for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.arg)}
    committing = "transaction=True" in path.read_text()

    assert ((names | arguments) & TRUNCATING, committing) == (set(), False)


def test_the_access_matrix_changes_in_the_diff_of_whoever_changes_it():
    golden = ROOT / "tests/architecture/access_matrix.txt"

    assert matrix_text() == golden.read_text(), "run: manage.py access_matrix > tests/architecture/access_matrix.txt"
