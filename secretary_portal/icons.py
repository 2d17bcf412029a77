"""The sprite of just the icons in use, from the wheel `lucide` (ISC licence). It is built, never kept in the repository."""

import ast
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lucide
from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.exceptions import ImproperlyConfigured

SPRITE = "icons.svg"
APPS = ("compliance", "patients", "scheduling", "correspondence", "insurance", "secretary_portal")
_IN_TEMPLATE = re.compile(r"""\{%\s*icon\s+["']([a-z0-9-]+)["']""")
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round"'
    ' stroke-linejoin="round">{drawing}</symbol>'
)


def build() -> Path:
    """Write the sprite and answer where. Raises ImproperlyConfigured when a template names an icon that does not exist."""
    with zipfile.ZipFile(Path(lucide.__file__).parent / "lucide.zip") as drawings:
        known = {name.removesuffix(".svg") for name in drawings.namelist()}
        asked = set(named_in_templates())
        if unknown := asked - known:
            raise ImproperlyConfigured(f"There is no such icon: {', '.join(sorted(unknown))}.")
        wanted = sorted(asked | (set(said_in_code()) & known))
        symbols = [_symbol(name, drawings.read(f"{name}.svg").decode()) for name in wanted]
    path = Path(settings.BASE_DIR) / "build" / SPRITE
    path.parent.mkdir(exist_ok=True)
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")
    return path


def named_in_templates() -> Iterator[str]:
    """Every name written out in an icon tag."""
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        yield from _IN_TEMPLATE.findall(template.read_text())


def said_in_code() -> Iterator[str]:
    """Every string constant of the apps: the looks of statuses and the ways through the portal name their icons there."""
    for app in APPS:
        for module in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if "migrations" not in module.parts:
                tree = ast.parse(module.read_text())
                yield from (
                    node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
                )


def _symbol(name: str, svg: str) -> str:
    inside = _INSIDE.search(svg)
    assert inside is not None
    return _SYMBOL.format(name=name, drawing=re.sub(r"\s+", " ", inside[1]).strip())


class SpriteFinder(FileSystemFinder):
    """Finds what STATICFILES_DIRS holds, the sprite freshly built before files are collected."""

    def list(self, ignore_patterns: Any) -> Any:
        """Asked by collectstatic."""
        build()
        return super().list(ignore_patterns)
