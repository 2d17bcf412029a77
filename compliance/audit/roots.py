"""Signed roots over the heads of the chains, appended outside the database (Ed25519, RFC 8032).

Each chain has a file of its own in `settings.AUDIT_ROOTS`, a JSON object a line. A root says: at this moment the chain
was so long and ended in this link. Each holds the hash of the line before. Who rewrites the database cannot rewrite these.
"""

import base64
import errno
import fcntl
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from io import RawIOBase
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from compliance.crypto.ring import Ring, the_ring


@dataclass(frozen=True)
class Root:
    """One line. `after` is the SHA-256 of the line before; `findings` is what was wrong when it was signed."""

    chain: str
    number: int
    link: str
    at: str
    after: str
    key: int
    findings: tuple[dict[str, Any], ...] = field(default=())
    signature: str = ""

    @property
    def moment(self) -> datetime:
        """When it was signed."""
        return datetime.fromisoformat(self.at)

    def line(self) -> bytes:
        """As it stands in the file."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":")).encode()

    def claim(self) -> bytes:
        """What the signature is over."""
        return replace(self, signature="").line()


def read(text: bytes) -> Root:
    """One line of a file. Raises ValueError for what is none."""
    try:
        said = json.loads(text)
        return Root(**{**said, "findings": tuple(said["findings"])})
    except (TypeError, KeyError) as error:
        raise ValueError("not a root") from error


def of(chain: UUID) -> list[Root]:
    """Every root of a chain, the oldest first. Raises ValueError for a damaged file."""
    path = file_of(chain)
    return [read(line) for line in _whole(path.read_bytes())] if path.exists() else []


def last(chain: UUID) -> Root | None:
    """The newest root, read from the file's end."""
    path = file_of(chain)
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65536))
        whole = _whole(file.read())
    return read(whole[-1]) if whole else None


def _whole(text: bytes) -> list[bytes]:
    """The lines that were written to their end; what the last newline is not behind was torn off by a full disk."""
    return text[: text.rfind(b"\n") + 1].splitlines()


def append(
    chain: UUID, *, number: int, link: bytes, now: datetime, findings: tuple[dict[str, Any], ...] = ()
) -> Root | None:
    """Sign a head and write it down for good. None when another process wrote it just now.

    Raises OSError when the place cannot be written; then nothing is half-written that a reader would take for a root.
    """
    path = file_of(chain)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        before = last(chain)
        if before and before.number == number and before.link == link.hex():
            return None
        after = hashlib.sha256(before.line()).hexdigest() if before else ""
        root = signed(Root(str(chain), number, link.hex(), now.isoformat(), after, the_ring().newest("signing"), findings))
        _write(file, path, root.line() + b"\n")
        return root


def _write(file: RawIOBase, path: Path, line: bytes) -> None:
    """Append a line whole, in the place of one that was torn off before. Raises OSError; then nothing of it stands."""
    there = path.read_bytes()
    end = there.rfind(b"\n") + 1
    os.truncate(path, end)
    try:
        if file.write(line) != len(line):
            raise OSError(errno.ENOSPC, "The signed roots cannot be written: the disk is full")
        os.fsync(file.fileno())
    except OSError:
        os.truncate(path, end)
        raise


def set_aside(chain: UUID, number: int, *, now: datetime) -> int:
    """Move the roots beyond a number into a file of their own, after a restore of an older state. Answers how many."""
    path = file_of(chain)
    kept: list[bytes] = []
    later: list[bytes] = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        (later if later or read(line).number > number else kept).append(line + b"\n")
    if later:
        path.with_name(f"{chain}.lost-{now:%Y%m%dT%H%M%S}.ndjson").write_bytes(b"".join(later))
        beside = path.with_name(f".{chain}.new")
        beside.write_bytes(b"".join(kept))
        beside.replace(path)
    return len(later)


def signed(root: Root) -> Root:
    """The same root with its signature."""
    key = Ed25519PrivateKey.from_private_bytes(the_ring().key("signing", root.key))
    return replace(root, signature=base64.b64encode(key.sign(root.claim())).decode())


def is_genuine(root: Root, public: Ed25519PublicKey) -> bool:
    """Whether the portal signed exactly this."""
    try:
        public.verify(base64.b64decode(root.signature), root.claim())
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key(version: int | None = None) -> Ed25519PublicKey:
    """The key that anybody may check roots with."""
    return public_key_of(the_ring(), version)


def public_key_of(ring: Ring, version: int | None = None) -> Ed25519PublicKey:
    """The same of a ring in hand."""
    return Ed25519PrivateKey.from_private_bytes(ring.key("signing", version)).public_key()


def file_of(chain: UUID) -> Path:
    """Where the roots of a chain lie."""
    return Path(settings.AUDIT_ROOTS) / f"{chain}.ndjson"
