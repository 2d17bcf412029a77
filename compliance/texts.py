"""What may stand in a text that somebody typed. Control characters and turned writing direction may not."""

import unicodedata

from django.core.exceptions import ValidationError

HIDDEN = "This holds a hidden character (control or direction mark). Type it again instead of pasting it."
_TURNING = "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_MARKS = dict.fromkeys(map(ord, _TURNING + "\u00ad"))
_NEVER = {"Cc", "Cs", "Co", "Cn"}


def is_plain(text: str, *, lines: bool = False) -> bool:
    """No control, format, surrogate or private character; line breaks only where `lines` are allowed."""
    allowed = "\r\n\t" if lines else ""
    return all(c in allowed or (c not in _TURNING and unicodedata.category(c) not in _NEVER) for c in text)


def plain(value: object) -> None:
    """Validator of one line, also of what a field has made of it."""
    if not is_plain(str(value)):
        raise ValidationError(HIDDEN)


def plain_lines(text: str) -> None:
    """Validator of several lines."""
    if not is_plain(text, lines=True):
        raise ValidationError(HIDDEN)


def without_marks(text: str) -> str:
    """Without the unseen marks that telephones and mail programs put around what is copied out of them."""
    return text.translate(_MARKS)
