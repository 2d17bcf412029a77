"""What cannot be chosen, and files that no choice could help: a sentence at its place, and nothing is lost."""

import pytest

from compliance.tenancy import SYSTEM, acting_in
from scheduling.admin.word_forms import name_of
from scheduling.models import CutOverFile
from tests.scheduling.test_cutover import HEADER, row, there
from tests.scheduling.test_cutover_choosing import WORDS, at, errors, hand_in, newest, site, tell_columns, tell_words

__all__ = ["site", "there"]


@pytest.mark.parametrize(
    ("other", "wrong"),
    [
        ({"id": ""}, {"id": ["Choose the column that numbers the visits."]}),
        (
            {"start": ""},
            {"start": ["Choose the column that says when it begins, or one for date and one for time."]},
        ),
        ({"start": "", "date": "Start"}, {"time": ["Choose the column with the time as well."]}),
        ({"date": "Type"}, {"start": ["Choose either this column, or one for the date and one for the time."]}),
        ({"mrn": ""}, {"mrn": ["Choose the column with the chart number, or those with both names and the birth date."]}),
        ({"status": "Chart"}, {"status": ["“Chart” is chosen for “Chart number (MRN)” already. Choose another."]}),
        ({"kind": "Colour"}, {"kind": ["Choose one of those that are offered."]}),
        ({"zone": "Mars/Base"}, {"zone": ["Choose one of those that are offered."]}),
        ({"start": "Type"}, {"start": ["So no row of the file can be read. Each has a date that cannot be read."]}),
    ],
)
def test_a_choice_that_cannot_be_is_said_at_its_place(practice, there, site, other, wrong):
    hand_in(practice, site, row())

    answer = tell_columns(practice, site, **other)

    assert (answer.status_code, errors(answer)) == (422, wrong)


def test_a_word_that_nothing_was_chosen_for_is_asked_again(practice, there, site):
    hand_in(practice, site, row())
    tell_columns(practice, site)

    answer = tell_words(practice, site, WORDS | {("kinds", "FU"): ""})

    assert (answer.status_code, errors(answer), newest(practice).state) == (
        422,
        {name_of("kinds", "FU"): ["Visits with “FU”: choose the type of visit here, or leave them out."]},
        "handed",
    )


def test_a_name_that_is_not_ours_is_refused(practice, there, site):
    hand_in(practice, site, row())
    tell_columns(practice, site)

    answer = tell_words(practice, site, WORDS | {("providers", "OKAFOR, N"): "Dr. Nobody"})

    assert errors(answer) == {name_of("providers", "OKAFOR, N"): ["Choose one of those that are offered."]}


def test_a_column_of_too_many_words_is_no_column_of_names(practice, there, site):
    hand_in(practice, site, *(row(str(number), kind=f"Kind {number}") for number in range(201)))

    answer = tell_columns(practice, site)

    assert errors(answer) == {"kind": ["It names 201 different types of visit: 200 at most can be told one by one."]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Wrong,Header\n1,2", "The first row of this file names 2 columns that can be told apart."),
        (b"1,4711,2027-03-01 10:00,Okafor,FU\n", "holds values, not the names of the columns"),
        (b"Appt,10:00 AM,Start,Resource,Type\n", "holds values, not the names of the columns"),
        (b",,,,\n1,2,3,4,5", "The first row of this file is empty."),
        (f"{HEADER}\n".encode(), "The file holds no appointments."),
        ((",".join(f"c{n}" for n in range(201)) + "\n").encode(), "has more than 200 columns"),
        (b"A,A,B,B,C,C\n1,1,1,1,1,1", "names 0 columns that can be told apart"),
        (f"{HEADER}\n".encode() + b"1,,,,,\n" * 1_000_000, "The file has more than 50,000 appointments."),
        (b"\x00\x01", "neither CSV"),
        (b"BEGIN:VCALENDAR\nnonsense", "The file holds no appointments."),
    ],
    ids=range(10),
)
def test_a_file_that_no_choice_could_help_is_refused_at_once(practice, there, site, content, sentence):
    answer = hand_in(practice, site, content=content)

    with acting_in(practice.pk, SYSTEM):
        there_are = CutOverFile.objects.count()
    assert (answer.status_code, sentence in errors(answer)["file"][0], there_are) == (422, True, 0)


def test_a_file_without_a_name_of_its_system_is_refused(practice, there, site):
    answer = hand_in(practice, site, row(), system="")

    assert errors(answer) == {"system": ["Name the system that the file is from."]}


def test_a_name_that_two_columns_have_is_not_offered_and_said(practice, there, site):
    hand_in(practice, site, content=f"{HEADER},Phone,Phone\n{row()},1,2\n".encode())

    said = site.get(at(practice, "columns")).content.decode()

    assert ("more than once: Phone." in said, '<option value="Phone">' in said) == (True, False)


def test_columns_that_nobody_knows_are_named(practice, there, site):
    hand_in(practice, site, content=f"{HEADER},Shoe,Hat\n{row()},1,2\n".encode())

    assert "Columns that are not read: Shoe, Hat." in site.get(at(practice, "columns")).content.decode()
