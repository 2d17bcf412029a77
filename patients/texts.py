"""What may stand in a name."""

import re
import unicodedata

from django.core.exceptions import ValidationError

NAME = "Use letters, spaces, hyphens and apostrophes."
_IN_A_NAME = re.compile(r"[\w\s'’‘ʼʻ´`\-‐‑–.,()/&]*", re.UNICODE)


def is_name(text: str) -> bool:
    """Letters of any script with their marks, digits, spaces, hyphens, apostrophes and a name's usual signs."""
    kept = "".join(c for c in text if not unicodedata.category(c).startswith("M"))
    return bool(_IN_A_NAME.fullmatch(kept)) and "_" not in kept


def name(text: str) -> None:
    """Validator of a name."""
    if not is_name(text):
        raise ValidationError(NAME)
