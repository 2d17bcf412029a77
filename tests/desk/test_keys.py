"""The help page, the pages and the scripts know the same keys."""

import re
from pathlib import Path

from secretary_portal.desk import keys, ways

HOME = Path(__file__).resolve().parents[2]
SCRIPTS = HOME / "secretary_portal" / "static" / "portal" / "js"


def test_the_letters_of_the_help_page_are_those_of_the_pages():
    said = {key for page in HOME.glob("templates/**/*.html") for key in re.findall(r'data-key="(\w)"', page.read_text())}

    assert said == keys.letters()


def test_what_leads_to_pages_is_said_by_the_ways():
    assert keys.table()["Go to"] == {way.label: ("G", way.key.upper()) for way in ways.MAIN if way.key}


def test_the_scripts_listen_to_the_other_keys():
    scripts = " ".join(path.read_text() for path in SCRIPTS.glob("*.js"))
    named = {"←": "ArrowLeft", "↑": "ArrowUp", "↓": "ArrowDown", "→": "ArrowRight", "PgUp": "PageUp", "PgDn": "PageDown"}
    others = {"/", "?", "j", "k", "g", *named.values(), "Home", "End"}

    assert {key for key in others if f'"{key}"' not in scripts} == set()
    pressed = {named.get(key, key) for group in keys.table().values() for keys_ in group.values() for key in keys_}
    assert {key.lower() if len(key) == 1 else key for key in pressed} >= others


def test_every_way_is_a_page_that_exists(rf, practice, secretary):
    from compliance.tenancy.urls import plain_url, practice_url

    for way in (ways.PRACTICES, *ways.MAIN, *ways.ACCOUNT, *ways.DEEDS):
        assert plain_url(way.name) if way.outside else practice_url(practice, way.name)
