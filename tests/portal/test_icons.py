"""The sprite holds what is named, and nothing unknown is named."""

import re

from django.conf import settings
from django.contrib.staticfiles import finders

from secretary_portal import icons


def test_every_icon_that_a_template_names_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', icons.build().read_text()))

    assert set(icons.named_in_templates()) <= drawn


def test_icons_named_beside_a_status_in_code_are_in_the_sprite():
    from scheduling.enums import LOOKS

    drawn = set(re.findall(r'<symbol id="([^"]+)"', icons.build().read_text()))

    assert {icon for _, icon in LOOKS.values()} <= drawn


def test_collecting_static_files_builds_the_sprite():
    path = settings.BASE_DIR / "build" / icons.SPRITE
    path.unlink(missing_ok=True)

    list(icons.SpriteFinder().list([]))

    assert path.exists()


def test_the_sprite_is_found_where_the_tag_points():
    icons.build()

    assert finders.find("portal/icons.svg") is not None


def test_stylesheets_name_colors_in_the_tokens_only():
    styles = settings.BASE_DIR / "secretary_portal/static/portal/css"
    named = re.compile(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)|oklch\([\d.]+%|rgba?\(")
    others = [path for path in styles.glob("*.css") if path.name not in {"tokens.css", "state.css"}]

    assert [path.name for path in others if named.search(path.read_text())] == []
