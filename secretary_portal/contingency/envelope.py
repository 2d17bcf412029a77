r"""A file for one reader: encrypted to a public key, in authenticated chunks, so that it can be streamed.

`PORTAL1\n | ephemeral X25519 key 32 | (length u32 | AES-256-GCM chunk) …`. The nonce counts the chunks and says which one
is the last: a chunk moved, left out, or cut off at the end is noticed. Whoever writes cannot read.
"""

import base64
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"PORTAL1\n"
CHUNK = 256 * 1024  # bytes
TAG = 16


class Unreadable(Exception):
    """The file cannot be opened; the text says why and what to do."""


def new_key(path: Path) -> str:
    """Write a private key, readable by its owner only; answers the public one as text. Raises FileExistsError."""
    key = X25519PrivateKey.generate()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(b"portal backup key " + base64.b64encode(key.private_bytes_raw()) + b"\n")
    return public_text(key)


def private_key(path: Path) -> X25519PrivateKey:
    """Read it again. Raises Unreadable."""
    try:
        *_, text = path.read_text().split()
        return X25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
    except (OSError, ValueError) as error:
        raise Unreadable(f"There is no private key in {path}. Make one with: manage.py backup_key new {path}") from error


def public_text(key: X25519PrivateKey) -> str:
    """The public key as it is handed to whoever writes."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def public_key(text: str) -> X25519PublicKey:
    """Read a public key. Raises Unreadable."""
    try:
        return X25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except ValueError as error:
        raise Unreadable("BACKUP_KEY is no public key. manage.py backup_key new PATH prints one.") from error


def write(file: BinaryIO, to: X25519PublicKey, pieces: Iterable[bytes]) -> None:
    """Encrypt pieces of any length into a file."""
    once = X25519PrivateKey.generate()
    head = MAGIC + once.public_key().public_bytes_raw()
    cipher = _cipher(once.exchange(to), head, to.public_bytes_raw())
    file.write(head)
    number, held = 0, bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:
            _put(file, cipher.encrypt(_nonce(number, is_last=False), bytes(held[:CHUNK]), head))
            del held[:CHUNK]
            number += 1
    _put(file, cipher.encrypt(_nonce(number, is_last=True), bytes(held), head))


def read(file: BinaryIO, key: X25519PrivateKey) -> Iterator[bytes]:
    """Decrypt, chunk by chunk. Raises Unreadable for another key's file, and for one that is torn or changed."""
    head = file.read(len(MAGIC) + 32)
    if len(head) != len(MAGIC) + 32 or not head.startswith(MAGIC):
        raise Unreadable("This is no file of the portal, or only its very beginning.")
    shared = key.exchange(X25519PublicKey.from_public_bytes(head[len(MAGIC) :]))
    cipher = _cipher(shared, head, key.public_key().public_bytes_raw())
    number, chunk = 0, _get(file)
    while True:
        after = _get(file)
        try:
            yield cipher.decrypt(_nonce(number, is_last=after is None), chunk or b"", head)
        except InvalidTag as error:
            raise Unreadable(_why(number, after)) from error
        if after is None:
            return
        number, chunk = number + 1, after


def _why(number: int, after: bytes | None) -> str:
    if number == 0:
        return (
            "The key does not open this file, or its beginning was changed or cut. Use the private key that belongs to it."
        )
    if after is None:
        return f"The file is torn: it ends after chunk {number}. Use another copy."
    return f"The file was changed in chunk {number}. Use another copy."


def _cipher(shared: bytes, head: bytes, reader: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=head, info=b"portal backup|" + reader).derive(shared))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _put(file: BinaryIO, chunk: bytes) -> None:
    file.write(struct.pack(">I", len(chunk)) + chunk)


def _get(file: BinaryIO) -> bytes | None:
    """The next chunk; what is left of a torn one; None at the end."""
    size = file.read(4)
    if len(size) < 4:
        return None
    return file.read(min(struct.unpack(">I", size)[0], CHUNK + TAG))
