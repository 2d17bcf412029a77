"""Phone numbers as people write them, kept as E.164."""

import re
from dataclasses import dataclass

import phonenumbers

REGION = "US"
_DIGITS = re.compile(r"\D+", re.ASCII)


class NotAPhone(ValueError):
    """No number that could be dialled."""


@dataclass(frozen=True)
class Phone:
    """`e164` like +16085550123. A number that is possible but not valid (555 as area, say) is kept all the same."""

    e164: str
    extension: str
    is_valid: bool


def read(text: str) -> Phone:
    """Anything that phonenumbers understands in the United States. Raises NotAPhone."""
    if len(text) > 60 or not text.isprintable():
        raise NotAPhone
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException as error:
        raise NotAPhone from error
    if not phonenumbers.is_possible_number(number) or len(str(number.national_number)) < 8:
        raise NotAPhone
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, number.extension or "", phonenumbers.is_valid_number(number))


def end(text: str) -> str:
    """The last four digits."""
    return digits(text)[-4:]


def digits(text: str) -> str:
    """The digits alone."""
    return _DIGITS.sub("", text)


def shown(e164: str) -> str:
    """(608) 555-0123 in the United States, +44 20 … elsewhere."""
    try:
        number = phonenumbers.parse(e164, REGION)
    except phonenumbers.NumberParseException:
        return e164
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(
        number, national if number.country_code == 1 else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
