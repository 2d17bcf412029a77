"""What may stand in a text about a patient. Control characters and turned writing direction may not."""

import re
import unicodedata

from django.core.exceptions import ValidationError

HIDDEN = "This holds a hidden character (control or direction mark). Type it again instead of pasting it."
NAME = "Use letters, spaces, hyphens and apostrophes."
_BIDI = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
_IN_A_NAME = re.compile(r"[\w\s'’‘ʼʻ´`\-‐‑–.,()/&]*", re.UNICODE)


def is_plain(text: str, *, lines: bool = False) -> bool:
    """No control, format, surrogate or private character; line breaks only where `lines` are allowed."""
    allowed = "\r\n\t" if lines else ""
    bad = {"Cc", "Cs", "Co", "Cn"}
    return all(c in allowed or (c not in _BIDI and unicodedata.category(c) not in bad) for c in text)


def plain(text: str) -> None:
    """Validator of one line."""
    if not is_plain(text):
        raise ValidationError(HIDDEN)


def plain_lines(text: str) -> None:
    """Validator of several lines."""
    if not is_plain(text, lines=True):
        raise ValidationError(HIDDEN)


def is_name(text: str) -> bool:
    """Letters of any script with their marks, digits, spaces, hyphens, apostrophes and a name's usual signs."""
    kept = "".join(c for c in text if not unicodedata.category(c).startswith("M"))
    return bool(_IN_A_NAME.fullmatch(kept)) and "_" not in kept


def name(text: str) -> None:
    """Validator of a name."""
    plain(text)
    if not is_name(text):
        raise ValidationError(NAME)
