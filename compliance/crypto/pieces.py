"""A file sealed piece by piece: each is bound to its label, practice, owner and number, and the last to being the last."""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag

from compliance.crypto import data_keys
from compliance.crypto.sealed import FORMAT, HEAD, Tampered


def seal(label: str, practice: UUID | None, owner: UUID, number: int, piece: bytes, *, is_last: bool) -> bytes:
    """One piece of the file of `owner`, closed under the practice's newest key."""
    assert practice is not None
    key, nonce = data_keys.newest(practice), os.urandom(12)
    closed = data_keys.cipher(practice, key, label).encrypt(nonce, piece, _bound(label, practice, owner, number, is_last))
    return FORMAT + key.to_bytes(2, "big") + nonce + closed


def unseal(label: str, practice: UUID | None, owner: UUID, number: int, value: bytes, *, is_last: bool) -> bytes:
    """The piece again. Raises Tampered when it was changed, moved or swapped, or is not where the file ends."""
    if value[:1] != FORMAT or len(value) < HEAD:
        raise Tampered(f"A value of {label} is not in a known format.")
    assert practice is not None
    cipher = data_keys.cipher(practice, int.from_bytes(value[1:3], "big"), label)
    try:
        return cipher.decrypt(value[3:HEAD], value[HEAD:], _bound(label, practice, owner, number, is_last))
    except InvalidTag as error:
        raise Tampered(f"A value of {label} does not belong to its row.") from error


def _bound(label: str, practice: UUID | None, owner: UUID, number: int, is_last: bool) -> bytes:
    return f"{label}|{practice}|{owner}|{number}|{int(is_last)}".encode()
