"""How names are compared: without case, accents, hyphens and forms of the apostrophe."""

import re
import unicodedata

APOSTROPHES = "'’‘ʼʻ´`′＇"
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ĸ": "k"}
)
_SPLIT = re.compile(r"[\s\-‐‑‒–—.,/]+")


def fold(text: str) -> str:
    """Compatibility-decomposed, casefolded, without accents and apostrophes: O’Brién → obrien, Weiß → weiss."""
    plain = unicodedata.normalize("NFKD", text.casefold()).casefold()
    kept = (c for c in plain if not unicodedata.combining(c) and c not in APOSTROPHES)
    return "".join(kept).translate(_LETTERS)


def parts(text: str | None) -> list[str]:
    """The folded words of a name; a hyphen parts them: García-López → garcia, lopez."""
    return [word for word in (_letters(piece) for piece in _SPLIT.split(fold(text or ""))) if word]


def whole(text: str | None) -> str:
    """The folded name as one word: García-López → garcialopez."""
    return "".join(parts(text))


def code(text: str | None) -> str:
    """A number as people read it out: upper case, letters and digits only. mrn-00 12a → MRN0012A."""
    return "".join(c for c in unicodedata.normalize("NFKC", text or "").upper() if c.isalnum())


def _letters(word: str) -> str:
    return "".join(c for c in word if c.isalnum())
