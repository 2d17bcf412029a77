"""Providers and templates from a spreadsheet: dry run, sentences by row, all or nothing, the same again changes nothing."""

import io
import json
from datetime import UTC, date, datetime, time

import openpyxl
import pytest
from django.utils import timezone

from compliance.models import Location
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import loading, tables
from scheduling.models import HoursPart, Provider, WorkingHours
from tests.factories import people
from tests.factories.scheduling import NOW

HEADER = "Provider,Full name,Specialty,NPI,Place,Days,From,To,First day,Every weeks,Break from,Break to"
OKAFOR = 'Dr. Okafor,"Amara Okafor, MD",Family medicine,1234567893,Main,Mon-Fri,9:00 AM,5 PM,2027-01-04,,12:00,12:45'
WEISS = "Dr. Weiss,Jonas Weiss,,,Main,Tue,08:00,12:00,01/05/2027,2,,"


@pytest.fixture
def place(inside):
    Location.objects.update(name="Main")
    return Location.objects.get()


def rows(*lines, header=HEADER):
    return tables.by_header(tables.read("\n".join([header, *lines]).encode()), loading.COLUMNS, loading.NEEDED)


def load(by, *lines, is_trial=False):
    return [line.said for line in loading.load(rows(*lines), by=by, now=NOW, is_trial=is_trial)]


def counts():
    return Provider.objects.count(), WorkingHours.objects.count(), HoursPart.objects.count()


def test_a_sheet_adds_providers_hours_and_breaks(place, secretary):
    said = load(secretary, OKAFOR, WEISS)

    assert (counts(), said[1]) == ((2, 6, 5), "Provider added, Tuesday added.")
    row = WorkingHours.objects.get(provider__short_name="Dr. Weiss")
    assert (row.every_weeks, row.starts, row.valid_from) == (2, time(8), date(2027, 1, 5))


def test_a_dry_run_says_the_same_and_writes_nothing(place, secretary):
    trial = load(secretary, OKAFOR, WEISS, is_trial=True)

    assert (counts(), trial) == ((0, 0, 0), load(secretary, OKAFOR, WEISS))


def test_the_same_again_changes_nothing(place, secretary):
    load(secretary, OKAFOR, WEISS)

    assert (load(secretary, OKAFOR, WEISS), counts()) == (["Is there already.", "Is there already."], (2, 6, 5))


def test_hours_without_a_first_day_are_loaded_once_too(place, secretary):
    line = "Dr. Weiss,,,,Main,Tue,08:00,12:00,,,,"
    load(secretary, line)

    later = loading.load(rows(line), by=secretary, now=datetime(2026, 12, 24, tzinfo=NOW.tzinfo), is_trial=False)

    assert (later[0].said, counts()) == ("Is there already.", (1, 1, 0))


def test_a_changed_name_changes_the_provider(place, secretary):
    load(secretary, WEISS)

    said = load(secretary, WEISS.replace("Jonas Weiss", "Jonas B. Weiss"))

    assert (said, Provider.objects.get().name) == (["Provider changed."], "Jonas B. Weiss")


def test_one_wrong_row_takes_all_back(place, secretary):
    said = load(secretary, OKAFOR, WEISS.replace("Main", "Elsewhere"))

    assert counts() == (0, 0, 0)
    assert said[1] == "There is no place called “Elsewhere”. Add it first, or correct its name."


WRONG = [
    (",,,,,,,,,,,x", "“Provider” is empty. Enter the name as on the schedule, like Dr. Okafor."),
    ("Dr. X,,,12,,,,,,,,", "An NPI has ten digits, like 1234567893."),
    ("Dr. X,,,,Main,,9:00,12:00,,,,", "“Days” is empty. Working hours need place, days, from and to."),
    ("Dr. X,,,,Main,T,9:00,12:00,,,,", "“T” is no day of the week. Write it like Monday or Mon."),
    ("Dr. X,,,,Main,Mon,9,12:00,,,,", "“9” is no time. Write it like 9:00 AM or 13:30."),
    ("Dr. X,,,,Main,Mon,13 PM,14:00,,,,", "“13 PM” is no time. Write it like 9:00 AM or 13:30."),
    ("Dr. X,,,,Main,Mon,12:00,9:00,,,,", "The end must be after the start."),
    ("Dr. X,,,,Main,Mon,9:00,12:00,2027-02-30,,,", "“2027-02-30” is no day. Write it like 2027-01-04 or 01/04/2027."),
    ("Dr. X,,,,Main,Mon,9:00,12:00,,0,,", "“0” is no number of weeks. Write 1 for every week, up to 12."),
    ("Dr. X,,,,Main,Mon,9:00,12:00,,,11:00,", "A break needs both “Break from” and “Break to”."),
    ("Dr. X,,,,Main,Mon,9:00,12:00,,,11:00,13:00", "This must lie within the hours it belongs to, 9:00 AM to 12:00 PM."),
]


@pytest.mark.parametrize(("line", "sentence"), WRONG)
def test_a_wrong_row_is_told_in_a_sentence(place, secretary, line, sentence):
    assert load(secretary, line) == [sentence]


def test_rows_that_overlap_each_other_are_told(place, secretary):
    said = load(secretary, WEISS, WEISS.replace("08:00", "11:00"))

    assert said[1] == "Overlaps with hours that Dr. Weiss has: Tuesday 8:00 AM – 12:00 PM."


HEADERS = [
    ("Provider,Plce", "“Plce” is no column of this list. Did you mean “Place”?"),
    ("Place,Days", "The column “Provider” is missing."),
    ("Provider,Place,place", "The column “Place” is there twice."),
]


@pytest.mark.parametrize(("header", "sentence"), HEADERS)
def test_a_wrong_header_is_named(header, sentence):
    with pytest.raises(tables.NotReadable) as wrong:
        rows("Dr. X,Main,Mon", header=header)

    assert str(wrong.value).startswith(sentence)


def sheet(*lines):
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(kept)
    return kept.getvalue()


def test_an_excel_sheet_is_read_like_a_typed_one():
    content = sheet(
        ["Provider", "From", "First day", "NPI"], ["Dr. X", time(9), date(2027, 1, 4), 1234567893.0], [None, None]
    )

    assert tables.read(content) == [["Provider", "From", "First day", "NPI"], ["Dr. X", "09:00", "2027-01-04", "1234567893"]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\xff\xfe\x00P", "This is neither an Excel file"),
        (b"PK\x03\x04rubbish", "This Excel file cannot be read."),
        (b"Provider\n" + b"x\n" * 1002, "This file has more than 1000 rows."),
        (b"x" * 2_000_001, "This file is larger than 2 MB."),
    ],
)
def test_a_file_that_cannot_be_taken_is_told(content, sentence):
    with pytest.raises(tables.NotReadable, match=sentence):
        tables.read(content)


@pytest.fixture
def desk(practice):
    return people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)


@pytest.fixture
def url(practice):
    return practice_url(practice, "admin:scheduling_provider_load")


def upload(text):
    file = io.BytesIO(text.encode())
    file.name = "providers.csv"
    return {"file": file}


def test_the_page_checks_first_and_loads_what_was_checked(place, desk, url):
    checked = desk.post(url, upload(f"{HEADER}\n{OKAFOR}"))
    before = counts()

    answer = desk.post(url, {"table": checked.context["table"]})

    assert (checked.status_code, before, answer.status_code, counts()) == (200, (0, 0, 0), 302, (1, 5, 5))


BROKEN = [
    {"table": json.dumps([["Provider", "Full name"], ["Dr. Okafor", "Amara \x00"]])},
    {"table": json.dumps([["Provider", "Full name"], ["Dr. Okafor", "Amara \ud800"]])},
    {"table": "[" * 100_000},
]


@pytest.mark.parametrize("data", [{"table": "[[1"}, {"table": '[["Provider", 1]]'}, {"table": '{"a": 1}'}, {}, *BROKEN])
def test_what_was_made_up_is_refused(place, desk, url, data):
    answer = desk.post(url, data)

    assert (answer.status_code, counts()) == (422, (0, 0, 0))


def test_a_wrong_sheet_is_answered_with_its_sentences(place, desk, url):
    page = desk.post(url, upload(f"{HEADER}\n{OKAFOR.replace('Main', 'Elsewhere')}"))

    assert (page.status_code, page.context["wrong"]) == (422, 1)
    assert "There is no place called “Elsewhere”" in page.content.decode()


def test_a_secretary_loads_nothing(place, secretary, url):
    assert people.browser(secretary).get(url).status_code == 403


def test_a_number_of_weeks_is_read_to_its_end(place, secretary):
    said = load(secretary, WEISS.replace(",2,,", ",0019,,"))

    assert said == ["“0019” is no number of weeks. Write 1 for every week, up to 12."]


def test_without_a_first_day_hours_hold_from_today_on_the_practices_clock(place, secretary, practice):
    evening = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # Monday, November 23, 7 PM in Chicago
    with timezone.override(practice.time_zone):
        loading.load(rows(WEISS.replace("01/05/2027", "")), by=secretary, now=evening, is_trial=False)

    assert WorkingHours.objects.get().valid_from == date(2026, 11, 23)
