"""Days as people in the United States write them, read and shown."""

import re
from datetime import date

OLDEST = 130  # years
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = "january|february|march|april|may|june|july|august|september|october|november|december|sept|" + "|".join(_MONTHS)
_WRITINGS = (
    re.compile(r"(?P<month>\d{1,2})\s*[/.\-]\s*(?P<day>\d{1,2})\s*[/.\-]\s*(?P<year>\d{4}|\d{2})", re.ASCII),
    re.compile(r"(?P<year>\d{4})\s*[/.\-]\s*(?P<month>\d{1,2})\s*[/.\-]\s*(?P<day>\d{1,2})", re.ASCII),
    re.compile(r"(?P<month>\d{1,2})\s+(?P<day>\d{1,2})\s+(?P<year>\d{4}|\d{2})", re.ASCII),
    re.compile(
        rf"(?P<month>{_NAMES})\.?\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<year>\d{{4}}|\d{{2}})", re.ASCII | re.I
    ),
    re.compile(
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?(?P<month>{_NAMES})\.?\s*,?\s*(?P<year>\d{{4}}|\d{{2}})",
        re.ASCII | re.I,
    ),
    re.compile(r"(?P<month>\d{2})(?P<day>\d{2})(?P<year>\d{4})", re.ASCII),
)
_INSIDE = re.compile("|".join(rf"(?<![\w/.\-])(?:{_bare})(?![\w/\-])" for _bare in (
    re.sub(r"\?P<\w+>", "?:", writing.pattern) for writing in _WRITINGS[:-1]
)), re.ASCII | re.I)  # fmt: skip


class DayUnread(ValueError):
    """The text is no day. `part` is what is wrong: form, month, day, future or past."""

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__(f"Not a day: {part}.")


def read(text: str, *, today: date) -> date:
    """A memorable day from 3/27/85, 03-27-1985, Mar 27 1985, 27 Mar 1985, 1985-03-27 or 03271985.

    Two digits of a year never lie in the future. Raises DayUnread.
    """
    text = " ".join(text.split())
    for writing in _WRITINGS:
        found = writing.fullmatch(text)
        if found:
            return _checked(found["year"], found["month"], found["day"], today)
    raise DayUnread("form")


def within(text: str) -> tuple[str, str] | None:
    """(the first day written in the text, the rest); None when there is none."""
    found = _INSIDE.search(text)
    if not found:
        return None
    return found[0], f"{text[: found.start()]} {text[found.end() :]}"


def shown(day: date) -> str:
    """Mar 27, 1985."""
    return f"{day:%b} {day.day}, {day.year:04d}"


def age(born: date, *, today: date) -> str:
    """41 y; under two years in months, under two months in days. Empty for a day still to come."""
    if born > today:
        return ""
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    if months >= 24:
        return f"{months // 12} y"
    return f"{months} mo" if months >= 2 else f"{(today - born).days} d"


def years(born: date, *, today: date) -> int:
    """Whole years. Somebody born on February 29 is a year older on March 1 of a common year."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _checked(year: str, month: str, day: str, today: date) -> date:
    number = _month(month)
    if not 1 <= number <= 12:
        raise DayUnread("month")
    try:
        read_day = date(_year(year, number, int(day), today), number, int(day))
    except ValueError as error:
        raise DayUnread("day") from error
    if read_day > today:
        raise DayUnread("future")
    if read_day.year < today.year - OLDEST:
        raise DayUnread("past")
    return read_day


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def _year(text: str, month: int, day: int, today: date) -> int:
    if len(text) == 4:
        return int(text)
    this_century = today.year // 100 * 100 + int(text)
    is_to_come = (this_century, month, day) > (today.year, today.month, today.day)
    return this_century - 100 if is_to_come else this_century
