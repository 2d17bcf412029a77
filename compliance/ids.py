"""Identifiers that are known before the row exists."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then 74 random bits.

    Made in Python before the INSERT, because a sealed value is bound to the id of its row.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= ((random >> 68) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return UUID(int=value)


def short(identifier: UUID) -> str:
    """The last eight hexadecimal digits, for a `__str__` that tells rows apart and says nothing else.

    The end of a UUIDv7, because rows made in the same minute share its beginning.
    """
    return identifier.hex[-8:]
