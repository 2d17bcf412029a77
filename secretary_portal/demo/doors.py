"""The secrets of the sign-in links: one for each person of the demo, kept between starts."""

import hmac
import json
import os
import secrets
from pathlib import Path

PEOPLE = {
    "secretary": "rosa.diaz@portal.example",
    "admin": "helen.brandt@lakeside.example",
    "provider": "amara.okafor@lakeside.example",
    "privacy": "ruth.adeyemi@lakeside.example",
}


def keep(private: Path) -> dict[str, str]:
    """The secrets by kind of person; made once, kind by kind, readable by their owner only."""
    file = private / "doors.json"
    known = json.loads(file.read_text()) if file.exists() else {"secret_key": secrets.token_urlsafe(48)}
    lacking = {kind: secrets.token_urlsafe(24) for kind in PEOPLE if kind not in known}
    if lacking:
        known |= lacking
        _write(file, known)
    return known


def _write(file: Path, known: dict[str, str]) -> None:
    """In one step: who reads meanwhile reads the old ones or the new ones."""
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as handle:
        handle.write(json.dumps(known))
    part.replace(file)


def who_opens(secret: str, *, private: Path) -> str | None:
    """The e-mail of whoever a secret belongs to."""
    known = keep(private)
    found = [mail for kind, mail in PEOPLE.items() if hmac.compare_digest(known[kind].encode(), secret.encode())]
    return found[0] if found else None
