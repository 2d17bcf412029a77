"""What the finder found: one row for each time, in it everybody who is free then; from there one books, holds, repeats."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.models import Location
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment, Occupation
from tests.factories import scheduling as make

TODAY = timezone.now().date()
MONDAY = TODAY + timedelta(days=14 - TODAY.weekday())
QUERIES = 34


@pytest.fixture
def kind(inside):
    return make.visit_type("Check", minutes=30)


@pytest.fixture
def patient(inside):
    return make.patient()


@pytest.fixture
def find(as_secretary, practice, patient, kind):
    """The page of the finder."""

    def answer(**said):
        address = practice_url(practice, "scheduling:openings", patient.pk)
        return as_secretary.get(address, {"visit_type": kind.pk, "from_day": f"{MONDAY}", **said})

    return answer


def first_chip(page):
    """Where the first chip of a page leads."""
    _, slot = page.context["days"][0][1][0].free[0]
    return f"{page.context['opens']}{slot}"


def test_a_time_is_one_row_with_everybody_who_is_free_then(find):
    for name in ("Dr. A", "Dr. B"):
        make.provider(name)

    day, rows = find().context["days"][0]

    nine = datetime.combine(MONDAY, time(9), ZoneInfo("America/Chicago"))
    assert (day, rows[0].starts_at) == (MONDAY, nine)
    assert [[one.provider.name for one, _ in row.free] for row in rows[:2]] == [["Dr. A", "Dr. B"]] * 2


def test_the_same_moment_on_two_clocks_is_two_rows(find):
    make.provider("Dr. A")
    east = Location.objects.create(name="East", time_zone="America/New_York", state="NY")
    make.works(make.provider("Dr. B", hours=False), 0, "10:00", "12:00", location=east)

    rows = find().context["days"][0][1]

    assert [(row.zone, [one.provider.name for one, _ in row.free]) for row in rows[:2]] == [
        ("America/Chicago", ["Dr. A"]),
        ("America/New_York", ["Dr. B"]),
    ]


def test_more_than_eight_at_one_time_are_folded(find):
    for number in range(10):
        make.provider(f"Dr. {number}")

    page = find().content.decode()

    assert '<summary>2 more<span class="vh"> at 9:00 AM</span></summary>' in page
    assert page.count("<summary>2 more") == page.count("<details><summary>")


def test_a_chip_opens_the_booking_with_what_was_asked(find, as_secretary, kind):
    doctor = make.provider("Dr. A")
    make.visit_type("Another")

    form = as_secretary.get(first_chip(find(who="new"))).context["form"]

    assert form["slot"].value().startswith(f"{doctor.pk}@")
    assert (form["visit_type"].value(), form["who"].value()) == (f"{kind.pk}", "new")


def test_looking_at_a_found_time_holds_nothing(find, as_secretary):
    make.provider("Dr. A")

    as_secretary.get(first_chip(find()))

    assert not Occupation.objects.exists()


def test_a_found_time_is_booked(find, as_secretary, practice, patient):
    make.provider("Dr. A")
    form = as_secretary.get(first_chip(find())).context["form"]
    said = {name: form[name].value() for name in ("slot", "visit_type")}

    as_secretary.post(practice_url(practice, "scheduling:book", patient.pk), {**said, "reason": "Cough"})

    made = Appointment.objects.get()
    assert (made.patient, made.reason) == (patient, "Cough")


@pytest.mark.parametrize("providers", [1, 4])
def test_the_page_needs_the_same_queries_for_any_number_of_rows_and_chips(find, providers, django_assert_num_queries):
    for number in range(providers):
        make.provider(f"Dr. {number}")
    find()

    with django_assert_num_queries(QUERIES):
        assert find().context["days"]


@pytest.fixture
def opened(find, as_secretary):
    """The form of the page that the first found time opened, as its buttons would send it."""
    make.provider("Dr. A")
    form = as_secretary.get(first_chip(find())).context["form"]
    return {name: form[name].value() for name in ("slot", "visit_type")}


def test_a_found_time_is_held(opened, as_secretary, practice, patient, secretary):
    page = as_secretary.post(practice_url(practice, "scheduling:hold", patient.pk), opened, follow=True)

    assert Occupation.objects.get().held_by == secretary
    assert "Held for you until" in page.content.decode()


def test_a_found_time_is_repeated_with_what_was_typed(opened, as_secretary, practice, patient, kind):
    typed = {**opened, "reason": "Injection", "mode": "video", "step": "begin"}

    page = as_secretary.post(practice_url(practice, "scheduling:repeat", patient.pk), typed)

    form = page.context["form"]
    assert {name: form[name].value() for name in ("slot", "visit_type", "reason", "mode")} == {
        **opened,
        "reason": "Injection",
        "mode": "video",
    }
    assert (form["weekdays"].value(), Appointment.objects.count()) == ([0], 0)
