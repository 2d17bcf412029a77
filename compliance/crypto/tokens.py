"""Search over sealed values: keyed tokens that tell equality and nothing else."""

import hashlib
import hmac
from collections.abc import Iterable
from uuid import UUID

from .data_keys import index_key

TOKEN_BYTES = 8


def token(kind: str, text: str, *, practice: UUID) -> bytes:
    """Eight bytes of HMAC-SHA256 over kind and text under the practice's own index key.

    Two practices share no token, so a copy of the table says nothing about who is in both.
    """
    return hmac.digest(index_key(practice), f"{kind}|{text}".encode(), hashlib.sha256)[:TOKEN_BYTES]


def tokens(pairs: Iterable[tuple[str, str]], *, practice: UUID) -> set[tuple[str, bytes]]:
    """(kind, token) of each (kind, text)."""
    return {(kind, token(kind, text, practice=practice)) for kind, text in pairs}
