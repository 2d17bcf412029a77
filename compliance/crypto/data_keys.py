"""A data key per practice, wrapped by the ring; sub-keys by HKDF per label (RFC 5869, AES-KW RFC 3394).

The models stand on sealed fields, and those on this: so it reads its rows by SQL and knows no model.
"""

import os
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.db import connection

from .ring import KEY_BYTES, the_ring


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


@lru_cache(maxsize=4096)
def cipher(practice: UUID, number: int, label: str) -> AESGCM:
    """The AES-256-GCM cipher of one practice, key number and label. Raises KeyMissing."""
    keys = _keys(practice)
    if number not in keys:
        raise KeyMissing(f"Practice {practice} has no data key number {number}.")
    return AESGCM(derived(keys[number], f"seal {label}"))


@lru_cache(maxsize=1024)
def index_key(practice: UUID) -> bytes:
    """The key of a practice's search tokens; it comes from the ring alone and never lies in the database."""
    return derived(the_ring().key("index"), f"index {practice}")


@lru_cache(maxsize=1024)
def _keys(practice: UUID) -> dict[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, wrapped, wrapped_with FROM compliance_datakey WHERE practice_id = %s", [practice])
        rows = cursor.fetchall()
    keys = {n: aes_key_unwrap(the_ring().key("wrapping", w), bytes(wrapped)) for n, wrapped, w in rows}
    if not keys:
        raise KeyMissing(f"Practice {practice} has no data key, or is not the one being acted in.")
    return keys


def forget() -> None:
    """Drop every unwrapped key from memory, after keys were changed."""
    _keys.cache_clear()
    cipher.cache_clear()
    index_key.cache_clear()


def derived(key: bytes, purpose: str) -> bytes:
    """A sub-key of one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)
