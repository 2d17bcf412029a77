"""The form of a series: one sentence of how it repeats, and everything that is wrong told at once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.models import Location
from compliance.tenancy.urls import practice_url
from scheduling.forms import slot_text
from tests.factories import scheduling as make

TODAY = timezone.now().date()
MONDAY = TODAY + timedelta(days=14 - TODAY.weekday())
TOO_MANY = "A series has 1 to 366 visits, not 10,000. Or choose one without an end."


def at(day: date, hour: int, zone: str = "America/Chicago") -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)


@pytest.fixture
def desk(inside):
    """Whose, with whom, which kind."""
    return make.patient(), make.provider("Dr. Okafor"), make.visit_type()


@pytest.fixture
def send(as_secretary, practice, desk):
    """Post the form; what is not named is right."""
    patient, doctor, kind = desk

    def answer(**more):
        rule = {"frequency": "weekly", "every": 1, "weekdays": [0], "ends": "count", "count": 4}
        said = {"slot": slot_text(doctor, at(MONDAY, 10)), "visit_type": kind.pk, "step": "look", **rule, **more}
        return as_secretary.post(practice_url(practice, "scheduling:repeat", patient.pk), said)

    return answer


@pytest.mark.parametrize(
    ("more", "errors"),
    [
        ({"every": 0, "count": 10_000}, {"every": ["Choose 1 to 52."], "count": [TOO_MANY]}),
        ({"every": "x", "count": 10_000}, {"every": ["Enter a whole number, like 15."], "count": [TOO_MANY]}),
        (
            {"every": 53, "ends": "until", "until_on": "2026-11-01"},
            {"every": ["Choose 1 to 52."], "until_on": ["The last day is before the first visit."]},
        ),
        ({"every": 0, "ends": "until"}, {"every": ["Choose 1 to 52."], "until_on": ["Choose the last day."]}),
        (
            {"frequency": "yearly", "count": 0},
            {
                "frequency": ["Choose one of those that are offered."],
                "count": ["A series has 1 to 366 visits, not 0. Or choose one without an end."],
            },
        ),
    ],
)
def test_two_things_that_are_wrong_are_told_at_once_at_their_fields(send, more, errors):
    page = send(**more)

    assert (page.status_code, dict(page.context["form"].errors)) == (422, errors)


def test_what_depends_on_how_it_repeats_is_not_told_before_that_is_right(send):
    """Every day until then would be too many; how often it is to be is not known yet."""
    page = send(frequency="daily", every="x", ends="until", until_on=f"{MONDAY + timedelta(days=700)}")

    assert list(page.context["form"].errors) == ["every"]


def test_an_end_that_was_not_chosen_is_not_looked_at(send):
    assert send(ends="rolling", count=10_000, until_on="2026-11-01").status_code == 200


def test_a_sentence_says_how_it_repeats(send):
    page = send(every=2).content.decode()

    assert '<label for="id_every">Every</label>' in page
    assert f"months on day {MONDAY.day}" in page


def test_the_unit_is_said_as_often_as_it_is_meant(send):
    one, two = (dict(send(every=every).context["form"].fields["frequency"].choices) for every in (1, 2))

    assert (one["daily"], one["weekly"], two["daily"], two["weekly"]) == ("day", "week", "days", "weeks")


def test_the_weekday_that_is_ticked_first_is_that_of_the_place(as_secretary, practice, inside, desk):
    """Monday evening in Honolulu is Tuesday in Chicago."""
    west = Location.objects.create(name="West", time_zone="Pacific/Honolulu", state="HI")
    doctor = make.provider("Dr. Kealoha", hours=False)
    make.works(doctor, 0, "18:00", "22:00", location=west)
    said = {"slot": slot_text(doctor, at(MONDAY, 20, "Pacific/Honolulu")), "visit_type": desk[2].pk}

    page = as_secretary.get(practice_url(practice, "scheduling:repeat", desk[0].pk), said)

    assert page.context["form"]["weekdays"].value() == [0]
