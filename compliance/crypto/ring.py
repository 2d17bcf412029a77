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
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, Ring({kind: {1: os.urandom(KEY_BYTES)} for kind in KINDS}))


def add(path: Path, kind: str, *, secret_key: str = "") -> int:
    """Put a new key of one kind beside the older ones; answers its version. Raises BadRing, OSError.

    The file is replaced in one step: whoever reads meanwhile, or after a power cut, finds the old ring or the new one.
    """
    held = load(path, secret_key=secret_key)
    version = held.newest(kind) + 1
    _replace(path, Ring(held.keys | {kind: held.keys[kind] | {version: os.urandom(KEY_BYTES)}}))
    return version


def remove(path: Path, kind: str, version: int, *, secret_key: str = "") -> None:
    """Take one key out for good. Whoever calls it has made sure that nothing needs it. Raises BadRing, OSError."""
    held = load(path, secret_key=secret_key)
    held.key(kind, version)
    _replace(path, Ring(held.keys | {kind: {v: key for v, key in held.keys[kind].items() if v != version}}))


def key_of(kind: str, version: int) -> bytes:
    """The key that something was sealed with. Raises BadRing for one that is not there.

    The file may have a newer key than this process has read: for a version it does not know, it reads again.
    """
    if version not in the_ring().keys[kind]:
        forget()
    return the_ring().key(kind, version)


def forget() -> None:
    """Have the file read again, after it was changed."""
    the_ring.cache_clear()
    context_key.cache_clear()


def _replace(path: Path, ring: Ring) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    _write(beside, ring)
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    forget()


def _write(path: Path, ring: Ring) -> None:
    keys = {kind: {str(v): base64.b64encode(key).decode() for v, key in ring.keys[kind].items()} for kind in KINDS}
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as file:
        json.dump({"portal": "key ring", "keys": keys}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def load(path: Path, *, secret_key: str = "") -> Ring:
    """Read and check a ring. Raises BadRing in words for each kind of bad one."""
    if not path.is_file():
        raise BadRing(f"There is no key ring at {path}. Make one with: manage.py keys new")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadRing(f"The key ring {path} can be read by others. Run: chmod 400 {path}")
    try:
        text = path.read_bytes()
    except OSError as error:
        raise BadRing(
            f"The key ring {path} cannot be read ({type(error).__name__}). It must belong to whoever runs the portal."
        ) from error
    try:
        raw = json.loads(text)["keys"]
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
