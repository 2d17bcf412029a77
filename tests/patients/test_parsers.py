"""Names folded, days and phones read, whatever is typed."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients import days, folding, phones, search, tokens

TODAY = date(2026, 11, 25)
PAST = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("O’Brien", ["obrien"]),
        ("O'BRIEN", ["obrien"]),
        ("Oʼbrien", ["obrien"]),
        ("García-López", ["garcia", "lopez"]),
        ("Weiß", ["weiss"]),
        ("Ødegård", ["odegard"]),
        ("Łukasik", ["lukasik"]),
        ("Đặng", ["dang"]),
        ("Đorđević", ["dordevic"]),
        ("Nguyễn", ["nguyen"]),
        ("St. John", ["st", "john"]),
        ("ﬁnn", ["finn"]),
        ("İpek", ["ipek"]),
        ("李", ["李"]),
        (" - ’ ", []),
        (None, []),
    ],
)
def test_names_are_compared_without_case_accent_and_signs(text, parts):
    assert folding.parts(text) == parts


@given(st.text())
def test_folding_twice_is_folding_once(text):
    once = folding.whole(text)

    assert folding.whole(once) == once


@given(st.text(min_size=1))
def test_every_part_of_a_name_finds_it(text):
    found = tokens.name_texts(text)

    assert all(part in found for part in folding.parts(text))


def test_prefixes_go_from_two_to_six_letters():
    assert tokens.name_texts("Hernández") == {"he", "her", "hern", "herna", "hernan", "hernandez"}


def test_short_names_are_found_whole():
    assert (tokens.name_texts("Ng"), tokens.name_texts("李")) == ({"ng"}, {"李"})


WRITINGS = [
    "{d:%m/%d/%Y}", "{d.month}/{d.day}/{d.year}", "{d:%m-%d-%Y}", "{d:%Y-%m-%d}", "{d:%b} {d.day} {d.year}",
    "{d:%B} {d.day}, {d.year}", "{d.day} {d:%b} {d.year}", "{d:%m%d%Y}", "{d.month}.{d.day}.{d.year}",
    " {d.month} / {d.day} / {d.year} ", "{d:%b}. {d.day}th, {d.year}",
]  # fmt: skip


@given(PAST, st.sampled_from(WRITINGS))
def test_a_day_is_read_in_every_way_it_is_written(day, writing):
    assert days.read(writing.format(d=day), today=TODAY) == day


@given(PAST, st.sampled_from(WRITINGS[:7]))
def test_a_day_is_seen_within_other_words(day, writing):
    written = writing.format(d=day)

    assert days.within(f"lopez {written} mar") == (written, "lopez   mar")


@given(st.dates(min_value=date(1926, 11, 26), max_value=TODAY))
def test_two_digits_of_a_year_are_never_in_the_future(day):
    assert days.read(f"{day:%m/%d/%y}", today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "form"),
        ("soon", "form"),
        ("3/27", "form"),
        ("13/27/1985", "month"),
        ("2/30/1985", "day"),
        ("2/29/1985", "day"),
        ("0/1/1985", "month"),
        ("11/26/2026", "future"),
        ("1/1/1895", "past"),
        ("٣/٢٧/١٩٨٥", "form"),
    ],
)
def test_what_is_wrong_with_a_day_is_named(text, part):
    with pytest.raises(days.DayUnread) as unread:
        days.read(text, today=TODAY)

    assert unread.value.part == part


@given(st.text(max_size=60))
def test_any_text_is_read_as_a_day_or_refused(text):
    with suppress(days.DayUnread):
        assert days.read(text, today=TODAY) <= TODAY


@pytest.mark.parametrize(
    "text",
    [
        "6085550123",
        "(608) 555-0123",
        "608.555.0123",
        "+1 608 555 0123",
        "1-608-555-0123",
        "608 555 0123 ext. 12",
        "６０８５５５０１２３",
    ],
)
def test_a_phone_is_read_in_every_way_it_is_written(text):
    assert phones.read(text).e164 == "+16085550123"


def test_an_extension_stands_apart():
    assert phones.read("608 555 0123 x12").extension == "12"


def test_a_number_of_another_country_keeps_its_own():
    assert phones.shown(phones.read("+44 20 7946 0958").e164) == "+44 20 7946 0958"


@given(st.text(max_size=70))
def test_any_text_is_read_as_a_phone_or_refused(text):
    with suppress(phones.NotAPhone):
        assert phones.read(text).e164.startswith("+")


@given(st.text(max_size=250))
def test_any_text_can_be_asked_for(text):
    asked = search.read(text, today=TODAY)

    assert all(said[1] for term in asked.terms for said in term)


def test_infants_are_told_in_months_and_days():
    born = [date(2026, 11, 20), date(2026, 9, 1), date(2025, 1, 26), date(2024, 11, 25)]

    assert [days.age(one, today=TODAY) for one in born] == ["5 d", "2 mo", "21 mo", "2 y"]
