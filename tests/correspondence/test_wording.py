"""What a reminder may say, and what is said in whose language and zone."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.models import Location
from correspondence import wording
from correspondence.enums import Channel
from correspondence.models import Message, Wording
from scheduling.enums import Mode
from scheduling.models import Appointment
from tests.factories import reminders


def rendered(practice, visit, **fields):
    words = Wording(name="Visit", **{"language": "en", "subject": "Hello", "text": reminders.TEXT} | fields)
    row = Appointment.objects.select_related("provider", "location").get(pk=visit.pk)
    return wording.render(words, appointment=row, patient=row.patient, practice=practice)


def test_a_wording_with_known_fields_can_be_used():
    assert wording.check(reminders.TEXT, Channel.EMAIL, "From [[practice.name]]") == []


def test_an_unknown_field_is_named_with_those_that_are_known():
    assert wording.check("Hi [[patient.ssn]]", subject="Hi")[0].startswith(
        "There is no field [[patient.ssn]]. Use one of [["
    )


@pytest.mark.parametrize(
    "text", ["Hi [[patient.given_name]", "Hi ]] there", "[[1+1]]", "[[]]", "[[patient.given_name|upper]]"]
)
def test_a_field_written_wrongly_is_explained(text):
    assert any("two brackets" in sentence for sentence in wording.check(text, subject="Hi"))


@pytest.mark.parametrize("field", ["patient.given_name", "visit.date", "visit.time", "provider.name", "location.name"])
def test_a_subject_tells_nothing_of_the_patient(field):
    assert "locked phone" in wording.check("Text", subject=f"See you [[{field}]]")[0]


def test_an_email_needs_a_subject():
    assert wording.check("Text") == ["Enter a subject."]


def test_a_subject_stands_on_one_line():
    assert wording.check("Text", subject="One\nBcc: other@example.com") == ["Write the subject on one line."]


def test_a_message_says_something():
    assert wording.check("  ", subject="Hi") == ["Enter what the message says."]


def test_an_email_too_long_says_by_how_much():
    assert wording.check("x" * 2001, subject="Hi") == ["An e-mail holds 2,000 characters; this one has 2,001. Shorten it."]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("x" * 155, True),
        ("x" * 156, False),
        ("é" * 155, True),  # in the 7-bit alphabet
        ("€" * 77, True),  # takes two places
        ("€" * 78, False),
        ("á" * 65, True),  # not in it: the whole text is UCS-2
        ("á" * 66, False),
        ("😀" * 32, True),
        ("😀" * 33, False),
    ],
)
def test_a_text_holds_160_letters_of_seven_bits_or_70_others(text, fits):
    assert (wording.check(f"STOP {text}", Channel.TEXT) == []) is fits


@pytest.mark.parametrize(("language", "room"), [("en", 141), ("fr", 141), ("es", 140), ("es-MX", 140)])
def test_a_text_leaves_room_for_how_to_end_them(language, room):
    fits = [wording.check("x" * length, Channel.TEXT, "", language) == [] for length in (room, room + 1)]

    assert fits == [True, False]


@pytest.mark.parametrize("text", ["Reply CANCEL to cancel.", "text “cancel” to us", "Responda CANCELAR", "CANCEL: 2"])
def test_no_text_asks_for_the_word_that_carriers_take_for_stop(text):
    assert wording.check(text, Channel.TEXT) == [
        "Do not ask for the answer “cancel”: it ends all texts and cancels nothing. Ask for a call."
    ]


def test_a_text_may_say_how_to_cancel_by_phone():
    assert wording.check("Call [[practice.phone]] to cancel.", Channel.TEXT) == []


def test_a_text_is_measured_with_its_fields_filled():
    assert "comes to about" in wording.check("x" * 150 + "[[patient.given_name]]", Channel.TEXT)[0]


def test_the_letter_that_makes_a_text_short_is_named():
    assert "write it without “á”" in wording.check("á" * 71, Channel.TEXT)[0]


def test_the_fields_are_filled(inside, secretary):
    visit = reminders.visit(by=secretary)

    assert rendered(inside, visit).text == (
        "Hello Maria, see you on Monday, November 23 at 10:00 AM. Lakeside Family Medicine"
    )


def test_the_preferred_name_is_used(inside, secretary):
    visit = reminders.visit(by=secretary, whose=reminders.reachable(by=secretary, preferred="Mia"))

    assert rendered(inside, visit, text="[[patient.given_name]]").text == "Mia"


def test_the_time_is_that_of_the_location(inside, secretary):
    Location.objects.update(time_zone="America/Phoenix")
    visit = reminders.visit(by=secretary)

    assert rendered(inside, visit, text="[[visit.time]]").text == "9:00 AM"


@pytest.mark.parametrize(
    ("mode", "said"), [(Mode.OFFICE, "10:00 AM"), (Mode.VIDEO, "10:00 AM CST"), (Mode.PHONE, "10:00 AM CST")]
)
def test_the_zone_is_named_when_the_patient_is_elsewhere(inside, secretary, mode, said):
    visit = reminders.visit(by=secretary, mode=mode)

    assert rendered(inside, visit, text="[[visit.time]]").text == said


def test_days_are_written_in_the_wordings_language(inside, secretary):
    visit = reminders.visit(by=secretary)

    assert rendered(inside, visit, language="es", text="[[visit.date]]").text == "lunes, 23 de noviembre"


def test_what_looks_like_a_field_in_a_name_is_not_filled_again(inside, secretary):
    visit = reminders.visit(by=secretary, whose=reminders.reachable(by=secretary, given="[[practice.phone]]"))

    assert rendered(inside, visit, text="[[patient.given_name]]").text == "[[practice.phone]]"


def test_a_subject_that_was_written_past_the_check_still_tells_nothing(inside, secretary):
    visit = reminders.visit(by=secretary)

    assert (
        rendered(inside, visit, subject="See you [[visit.date]]\r\nBcc: x@example.com").subject
        == "See you Bcc: x@example.com"
    )


@pytest.mark.parametrize(
    ("language", "chosen"), [("es", "es"), ("es-MX", "es"), ("ES", "es"), ("fr", "en"), ("", "en"), ("zh-Hant", "en")]
)
def test_the_patients_language_is_chosen_and_english_when_there_is_none(language, chosen):
    words = [Wording(language="en"), Wording(language="es")]

    assert wording.choose(words, language).language == chosen


def test_without_english_and_without_her_language_there_are_no_words():
    assert wording.choose([Wording(language="es")], "fr") is None


@given(st.text(max_size=300))
def test_any_text_is_checked_without_failing(text):
    said = [wording.check(text, channel, text) for channel in Channel]

    assert all(said) or text.strip()


def test_no_field_opens_more_than_the_whitelist():
    assert sorted(wording.FIELDS) == [
        *("location.name", "patient.given_name", "practice.name", "practice.phone", "provider.name"),
        *("visit.date", "visit.time"),
    ]


def test_a_message_holds_whatever_a_wording_can_come_to():
    assert Message._meta.get_field("body").max_length >= 2 * wording.EMAIL_MOST


def test_hours_are_those_of_the_day_the_clocks_change(inside, secretary):
    visit = reminders.visit(by=secretary)
    Appointment.objects.filter(pk=visit.pk).update(
        starts_at=datetime(2026, 11, 1, 14, 0, tzinfo=UTC), ends_at=datetime(2026, 11, 1, 14, 30, tzinfo=UTC)
    )

    assert rendered(inside, visit, text="[[visit.date]], [[visit.time]]").text == "Sunday, November 1, 8:00 AM"
