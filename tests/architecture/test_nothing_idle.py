"""What nothing asks for is taken away: permissions, addresses, templates, static files."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.urls import reverse

from compliance.access import MATRIX
from secretary_portal.desk import ways
from tests.architecture.addresses import addresses

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ["compliance", "patients", "scheduling", "correspondence", "insurance", "secretary_portal"]
CODE = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = sorted(path for path in (ROOT / "secretary_portal/static").rglob("*") if path.suffix in {".css", ".js", ".svg"})
OF_FRAMEWORKS = {"account", "admin", "django", "mfa", "usersessions", "allauth"}  # they find these by name
ASKED = re.compile(r'(?:(?:may|requires|has_perm)\(\s*|VIEWED_BY\S* = )"([a-z]+\.[a-z_]+)"')
IN_WORDS = {"app.verb_object"}  # a docstring's example
OPEN_FROM_OUTSIDE = {
    *("healthz", "readyz"),  # asked by whoever watches the portal
    "correspondence:received_text",  # asked by the gateway of texts
    "compliance:keep_draft",  # asked by drafts.js, beside the list of drafts
}


@cache
def text_of(*paths: Path) -> str:
    """All of them, one after another."""
    return "\n".join(path.read_text() for path in paths)


def everything_but(path: Path | None = None) -> str:
    scripts = [one for one in STATIC if one.suffix != ".svg"]
    return "\n".join(text_of(one) for one in [*CODE, *TEMPLATES, *scripts] if one != path)


@pytest.mark.parametrize("permission", sorted(MATRIX))
def test_each_permission_is_asked_somewhere(permission):
    asking = text_of(*(path for path in CODE if path.name != "rules.py"), *TEMPLATES)

    assert f'"{permission}"' in asking or f"'{permission}'" in asking


def test_each_permission_that_is_asked_is_granted():
    asked = set(ASKED.findall(text_of(*CODE)))

    assert sorted(asked - MATRIX.keys() - IN_WORDS) == []


@pytest.mark.parametrize("name", sorted({address.name for address in addresses()} - OPEN_FROM_OUTSIDE))
def test_each_address_is_linked_somewhere(name):
    assert re.search(rf"""["'/]{re.escape(name)}["'?]""", everything_but()) is not None


@pytest.mark.parametrize("way", [*ways.MAIN, *ways.ACCOUNT, *ways.DEEDS], ids=lambda way: way.label)
def test_each_way_of_the_menus_leads_somewhere(way):
    assert reverse(way.name).startswith("/")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_template_is_used(path):
    name = str(path.relative_to(ROOT / "templates"))
    is_found_by_name = path.relative_to(ROOT / "templates").parts[0] in OF_FRAMEWORKS

    assert is_found_by_name or name in everything_but(path)


@pytest.mark.parametrize("path", STATIC, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_static_file_is_used(path):
    assert path.name in everything_but(path)
