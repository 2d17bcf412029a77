"""On which days a series falls."""

from datetime import date

import pytest

from scheduling.enums import Frequency
from scheduling.patterns import MOST, BadPattern, Pattern, ending

FAR = date(2035, 1, 1)
MONDAY = date(2026, 11, 30)


def days(frequency: str, first_on: date = MONDAY, *, count: int = 3, **more) -> list[str]:
    return [f"{day:%m-%d}" for day in Pattern(frequency, first_on, count=count, **more).dates(FAR)]


def test_every_second_day():
    assert days(Frequency.DAILY, every=2) == ["11-30", "12-02", "12-04"]


def test_weekly_on_days_begins_with_the_first_day_and_not_before():
    wednesday = date(2026, 12, 2)

    assert days(Frequency.WEEKLY, wednesday, weekdays=(0, 2), count=4) == ["12-02", "12-07", "12-09", "12-14"]


def test_every_third_week_leaves_two_weeks_out():
    assert days(Frequency.WEEKLY, every=3, weekdays=(0,)) == ["11-30", "12-21", "01-11"]


def test_a_month_without_a_31st_has_its_last_day():
    assert days(Frequency.MONTHLY_DATE, date(2027, 1, 31), count=4) == ["01-31", "02-28", "03-31", "04-30"]


def test_the_second_tuesday_stays_the_second_tuesday():
    assert days(Frequency.MONTHLY_WEEKDAY, date(2026, 12, 8)) == ["12-08", "01-12", "02-09"]


def test_the_fifth_monday_is_the_last_one_where_there_are_four():
    assert days(Frequency.MONTHLY_WEEKDAY, date(2026, 11, 30)) == ["11-30", "12-28", "01-25"]


def test_an_until_day_is_its_last():
    pattern = Pattern(Frequency.WEEKLY, MONDAY, weekdays=(0,), until_on=date(2026, 12, 14))

    assert len(pattern.dates(FAR)) == 3


def test_without_an_end_it_goes_on_to_wherever_one_looks():
    pattern = Pattern(Frequency.DAILY, MONDAY)

    assert (pattern.is_rolling, len(pattern.dates(date(2027, 11, 29)))) == (True, 365)


def test_an_ending_series_keeps_what_is_before():
    pattern = ending(Pattern(Frequency.WEEKLY, MONDAY, weekdays=(0,), count=9), date(2026, 12, 14))

    assert pattern.dates(FAR) == [date(2026, 11, 30), date(2026, 12, 7)]


@pytest.mark.parametrize(
    ("more", "field", "why"),
    [
        ({"count": 10_000}, "count", f"A series has 1 to {MOST} visits, not 10,000. Or choose one without an end."),
        ({"count": 0}, "count", f"A series has 1 to {MOST} visits, not 0. Or choose one without an end."),
        ({"until_on": date(2026, 11, 29)}, "until_on", "The last day is before the first visit."),
        ({"until_on": FAR}, "until_on", "A series reaches 3 years ahead at most. Or choose one without an end."),
        ({"every": 0}, "every", "Choose 1 to 52."),
        ({"frequency": "weekly"}, "weekdays", "Choose at least one weekday."),
        ({"until_on": date(2028, 6, 1)}, "until_on", f"A series has at most {MOST} visits. Choose an earlier last day."),
        (
            {"frequency": "monthly-date", "count": 100},
            "count",
            "A series reaches 3 years ahead at most. Or choose one without an end.",
        ),
    ],
)
def test_what_no_series_can_be_is_refused_with_a_sentence(more, field, why):
    with pytest.raises(BadPattern) as refused:
        Pattern(**{"frequency": "daily", "first_on": MONDAY, **more}).check()

    assert (refused.value.field, str(refused.value)) == (field, why)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (Pattern("daily", MONDAY, every=2, count=1), "Every 2 days, 1 time"),
        (Pattern("weekly", MONDAY, weekdays=(0, 2, 4), count=9), "Every week on Monday, Wednesday and Friday, 9 times"),
        (
            Pattern("monthly-date", date(2027, 1, 31)),
            "Every month on day 31, or the last day of a shorter month, without an end",
        ),
        (Pattern("monthly-weekday", MONDAY, until_on=FAR), "Every month on the last Monday, until Jan 1, 2035"),
    ],
)
def test_a_pattern_says_itself_in_words(pattern, words):
    assert str(pattern) == words
