"""A data key per practice, wrapped by the ring; sub-keys by HKDF per label (RFC 5869, AES-KW RFC 3394).

The models stand on sealed fields, and those on this: so it reads its rows by SQL and knows no model.
"""

import os
import time
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.db import connection

from . import ring
from .ring import KEY_BYTES, BadRing, the_ring

FRESH = 60  # seconds: so long a process may take to hear of a new data key, or of a destroyed one
MOST = 4096  # practices whose keys are kept in memory

_known: dict[UUID, tuple[float, dict[int, bytes]]] = {}


class KeyMissing(RuntimeError):
    """The practice has no data key, or not the version a value was sealed with."""


def made() -> dict[str, Any]:
    """A new random key, wrapped: what a `DataKey` row holds of it."""
    ring = the_ring()
    wrapped = aes_key_wrap(ring.key("wrapping"), os.urandom(KEY_BYTES))
    return {"wrapped": wrapped, "wrapped_with": ring.newest("wrapping")}


def newest(practice: UUID) -> int:
    """The number of the data key that new values of a practice are sealed with."""
    return max(_keys(practice))


def cipher(practice: UUID, number: int, label: str) -> AESGCM:
    """The AES-256-GCM cipher of one practice, key number and label. Raises KeyMissing."""
    keys = _keys(practice)
    if number not in keys:  # another process may have made it just now
        _known.pop(practice, None)
        keys = _keys(practice)
    if number not in keys:
        raise KeyMissing(f"Practice {practice} has no data key number {number}.")
    return _cipher(keys[number], label)


@lru_cache(maxsize=4096)
def _cipher(key: bytes, label: str) -> AESGCM:
    return AESGCM(derived(key, f"seal {label}"))


@lru_cache(maxsize=1024)
def index_key(practice: UUID, version: int) -> bytes:
    """The key of a practice's search tokens; it comes from the ring alone and never lies in the database.

    Raises BadRing where the ring has no index key of this version.
    """
    return derived(ring.key_of("index", version), f"index {practice}")


def rewrapped(wrapped: bytes, wrapped_with: int) -> dict[str, Any]:
    """The same data key under the newest key of the ring: what its row holds then. Raises BadRing."""
    key = unwrapped(wrapped, wrapped_with)
    version = the_ring().newest("wrapping")
    return {"wrapped": aes_key_wrap(the_ring().key("wrapping", version), key), "wrapped_with": version}


def unwrapped(wrapped: bytes, wrapped_with: int) -> bytes:
    """A data key in clear. Raises BadRing for one that this ring did not wrap."""
    try:
        return aes_key_unwrap(ring.key_of("wrapping", wrapped_with), wrapped)
    except InvalidUnwrap as error:
        raise BadRing("The key ring is of another installation: it does not open the practices' data keys.") from error


def _keys(practice: UUID) -> dict[int, bytes]:
    until, keys = _known.get(practice, (0.0, {}))
    if until > time.monotonic():
        return keys
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, wrapped, wrapped_with FROM compliance_datakey WHERE practice_id = %s", [practice])
        rows = cursor.fetchall()
    keys = {number: unwrapped(bytes(wrapped), wrapped_with) for number, wrapped, wrapped_with in rows}
    if not keys:
        raise KeyMissing(f"Practice {practice} has no data key, or is not the one being acted in.")
    if len(_known) >= MOST:
        _known.clear()
    _known[practice] = (time.monotonic() + FRESH, keys)
    return keys


def forget() -> None:
    """Drop every unwrapped key from memory, after keys were changed."""
    _known.clear()
    _cipher.cache_clear()
    index_key.cache_clear()


def derived(key: bytes, purpose: str) -> bytes:
    """A sub-key of one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)
