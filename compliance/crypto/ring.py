"""The key ring: one file, read once, that nobody but the portal may read."""

import base64
import json
import os
import stat
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
KINDS = ("wrapping", "index", "context", "audit", "signing")


class BadRing(ImproperlyConfigured):
    """The key ring cannot be used; the message says what is wrong with it and what to do."""


@dataclass(frozen=True)
class Ring:
    """Keys by kind and version.

    `wrapping` wraps the practices' data keys, `index` makes search tokens, `context` signs the practice context,
    `audit` authenticates audit events, `signing` is the Ed25519 seed that signs the roots of the trail.
    """

    keys: dict[str, dict[int, bytes]]

    def __repr__(self) -> str:
        return f"<Ring {', '.join(f'{kind} {max(self.keys[kind])}' for kind in KINDS)}>"

    def key(self, kind: str, version: int | None = None) -> bytes:
        """The key of one kind; the newest when no version is named. Raises BadRing for one that is not there."""
        versions = self.keys[kind]
        wanted = max(versions) if version is None else version
        if wanted not in versions:
            raise BadRing(f"The key ring has no {kind} key of version {wanted}. Restore the ring that has it.")
        return versions[wanted]

    def newest(self, kind: str) -> int:
        """The version that new values are made with."""
        return max(self.keys[kind])


def create(path: Path) -> None:
    """Write a new ring with one random key of each kind, readable by its owner only (mode 0400).

    Raises FileExistsError rather than ever replacing a ring: what it sealed would be lost.
    """
    keys = {kind: {"1": base64.b64encode(os.urandom(KEY_BYTES)).decode()} for kind in KINDS}
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as file:
        json.dump({"portal": "key ring", "keys": keys}, file, indent=1)


def load(path: Path, *, secret_key: str = "") -> Ring:
    """Read and check a ring. Raises BadRing in words for each kind of bad one."""
    if not path.is_file():
        raise BadRing(f"There is no key ring at {path}. Make one with: manage.py keys new")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadRing(f"The key ring {path} can be read by others. Run: chmod 400 {path}")
    try:
        raw = json.loads(path.read_text())["keys"]
        keys = {kind: {int(v): base64.b64decode(k, validate=True) for v, k in raw[kind].items()} for kind in KINDS}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRing(f"The key ring {path} is damaged ({type(error).__name__}). Restore it from its copy.") from error
    for kind, versions in keys.items():
        _check(kind, versions, secret_key.encode())
    return Ring(keys)


def _check(kind: str, versions: dict[int, bytes], secret_key: bytes) -> None:
    if not versions:
        raise BadRing(f"The key ring holds no {kind} key. Restore it from its copy.")
    for version, key in versions.items():
        if len(key) != KEY_BYTES:
            raise BadRing(f"The {kind} key of version {version} is {len(key)} bytes long, not {KEY_BYTES}.")
        if secret_key and key in (secret_key, secret_key[:KEY_BYTES]):
            raise BadRing(f"The {kind} key of version {version} equals SECRET_KEY. The two must have nothing in common.")


@cache
def the_ring() -> Ring:
    """The ring that the settings name, read once for each process."""
    return load(Path(settings.KEY_RING), secret_key=settings.SECRET_KEY)


@cache
def context_key() -> bytes:
    """The key that signs practice contexts; the database knows its HMAC pads."""
    return the_ring().key("context")
