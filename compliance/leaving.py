"""A practice leaves: what it takes with it, signed, and the certificate that its keys are gone."""

import base64
import hashlib
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from compliance.audit import roots
from compliance.audit.proof import reading
from compliance.crypto.ring import the_ring

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"

# Numbers of the trail follow the order of commits, so what was committed after the reading began has a higher one.
_CHANGED_AFTER = """
SELECT max(event.at) FROM compliance_auditlink AS link JOIN compliance_auditevent AS event
    ON event.id = link.event AND event.at = link.at
 WHERE link.practice_id = %s AND link.number > %s AND event.action IN ('C', 'U', 'D')
"""


class NoExport(Exception):
    """There is no whole, signed export of the practice; the text says what is wrong."""


class Archive(NamedTuple):
    """A whole export: its manifest's hash, and the number of the trail before which everything stands in it."""

    digest: str
    reaches: int


def reach(practice: UUID) -> int:
    """The number of the newest event of the practice acted in; taken before anything is read for an export."""
    reading.room()
    return reading.head_of(practice).number


def pack(into: Path, files: Mapping[str, Path], *, practice: UUID, reaches: int, now: datetime) -> str:
    """Write files into one signed archive (Ed25519 over the SHA-256 of each); answers the manifest's hash."""
    said = {
        "practice": str(practice),
        "made_at": now.isoformat(),
        "reaches": reaches,
        "key": the_ring().newest("signing"),
        "files": {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()},
    }
    text = _line(said)
    with zipfile.ZipFile(into, "x", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, text)
        archive.writestr(SIGNATURE, _signature(text))
        for name, path in files.items():
            archive.write(path, name)
    into.chmod(0o400)
    return hashlib.sha256(text).hexdigest()


def checked(path: Path, *, practice: UUID) -> Archive:
    """Read an archive, every file in it compared. Raises NoExport."""
    try:
        with zipfile.ZipFile(path) as archive:
            text, signature = archive.read(MANIFEST), archive.read(SIGNATURE)
            said = json.loads(text)
            found = Archive(hashlib.sha256(text).hexdigest(), int(said["reaches"]))
            roots.public_key(said["key"]).verify(base64.b64decode(signature), text)
            for name, digest in said["files"].items():
                if hashlib.sha256(archive.read(name)).hexdigest() != digest:
                    raise NoExport(f"{name} in {path} is not the file that was signed.")
    except InvalidSignature as error:
        raise NoExport(f"{path} was not signed by this portal.") from error
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise NoExport(f"{path} is no whole export. Make one with: manage.py export_practice") from error
    if said["practice"] != str(practice):
        raise NoExport(f"{path} is the export of another practice.")
    return found


def refuse_stale(archive: Archive, *, practice: UUID) -> None:
    """Raise NoExport when something was created, changed or deleted after an export of the practice acted in was begun."""
    reading.room()
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED_AFTER, [practice, archive.reaches])
        changed = cursor.fetchone()[0]
    if changed:
        raise NoExport(
            f"The practice was changed on {changed.astimezone(UTC):%Y-%m-%d at %H:%M} UTC, after the export was begun."
            " Make another with: manage.py export_practice"
        )


def certificate(practice: UUID, *, numbers: list[int], tokens: int, export: str, now: datetime) -> str:
    """That the keys and the search tokens were destroyed, signed like the roots of the trail."""
    said = {
        "practice": str(practice),
        "destroyed": numbers,
        "search_tokens": tokens,
        "at": now.isoformat(),
        "export": export,
    }
    text = _line(said)
    return _line(said | {"signature": _signature(text).decode(), "key": the_ring().newest("signing")}).decode()


def _line(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def _signature(text: bytes) -> bytes:
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(the_ring().key("signing")).sign(text))
