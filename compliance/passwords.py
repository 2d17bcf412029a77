"""What a password must be (security.md section 4; NIST SP 800-63B section 5.1.1.2)."""

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

SHORTEST = 15
LONGEST = 128  # zxcvbn's time grows with the length
LEAST_SCORE = 3
OF_ITS_OWN = 8  # characters beside the person's own words; zxcvbn gives "ida.novak ida.novak" its best score


class LongAndUnguessable:
    """At least 15 characters after NFKC, and zxcvbn's score at least 3 with the person's own words counted as known."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError with one sentence that says what to do."""
        text = unicodedata.normalize("NFKC", password)
        if len(text) < SHORTEST:
            raise ValidationError(f"Use at least {SHORTEST} characters. A few unrelated words are easy to remember.")
        if len(text) > LONGEST:
            raise ValidationError(f"Use at most {LONGEST} characters.")
        own = _own_words(user)
        if len(_without(own, text)) < OF_ITS_OWN or zxcvbn(text[:72], user_inputs=own)["score"] < LEAST_SCORE:
            raise ValidationError("This password is easy to guess. Use a few words that have nothing to do with each other.")

    def get_help_text(self) -> str:
        """Shown beside the box."""
        return f"At least {SHORTEST} characters. Any characters, spaces too; a few unrelated words are best."


def _without(words: list[str], text: str) -> str:
    """What is left of a password without the person's own words, spaces and signs."""
    left = text.casefold()
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ") if len(word) > 1 else left
    return "".join(character for character in left if character.isalnum())


def _own_words(user: Any) -> list[str]:
    if user is None:
        return ["secretary", "portal"]
    words = [*user.name.split(), *user.email.replace("@", " ").replace(".", " ").split(), "secretary", "portal"]
    return [word.casefold() for word in words]
