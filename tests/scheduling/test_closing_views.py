"""The pages that close time and find other times: what stands in it is listed first, and nothing is half done."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.models import Case, Location
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling.forms import slot_text
from scheduling.models import Appointment, Closure
from tests.factories import people
from tests.factories import scheduling as make

IN_A_WEEK = timezone.now().date() + timedelta(days=7)
MONDAY = IN_A_WEEK + timedelta(days=-IN_A_WEEK.weekday() % 7)
TEN = datetime.combine(MONDAY, time(10), ZoneInfo("America/Chicago")).astimezone(UTC)
HALF = timedelta(minutes=30)


@pytest.fixture
def visit(doctor, kind, secretary):
    return make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN, now=timezone.now())


@pytest.fixture
def url(practice):
    return lambda name, *args: practice_url(practice, f"scheduling:{name}", *args)


@pytest.fixture
def desk(secretary):
    return people.browser(secretary)


@pytest.fixture
def vacation(doctor):
    return {"provider": doctor.pk, "first_day": MONDAY, "last_day": MONDAY, "reason": "Vacation"}


@pytest.fixture
def closure(visit, vacation, desk, url):
    """Monday, closed over the visit."""
    seen = desk.post(url("close"), vacation).context["form"].data["seen"]
    desk.post(url("close"), vacation | {"seen": seen})
    return Closure.objects.get()


def test_time_without_visits_is_closed_at_once(vacation, desk, url):
    answer = desk.post(url("close"), vacation)

    assert (answer["Location"], Closure.objects.get().reason) == (url("board", MONDAY), "Vacation")


def test_a_place_further_east_leads_to_the_board_of_its_own_day(doctor, desk, url):
    east = Location.objects.create(name="East", time_zone="America/New_York")

    answer = desk.post(url("close"), {"location": east.pk, "first_day": MONDAY, "reason": "Move"})

    assert answer["Location"] == url("board", MONDAY)


def test_visits_in_the_time_are_listed_before_anything_is_closed(visit, vacation, desk, url):
    answer = desk.post(url("close"), vacation)

    assert "1 visit stands in this time" in answer.content.decode()
    assert ("Walker, Ada" in answer.content.decode(), Closure.objects.count()) == (True, 0)


def test_after_the_list_the_time_is_closed_and_the_visit_is_work(closure, visit):
    assert list(Case.objects.filter(kind="rebook").values_list("about_id", flat=True)) == [visit.pk]


def test_a_visit_that_was_booked_since_the_list_is_listed_first(visit, vacation, desk, url, doctor, kind, secretary):
    seen = desk.post(url("close"), vacation).context["form"].data["seen"]
    make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + HALF, now=timezone.now())

    answer = desk.post(url("close"), vacation | {"seen": seen})

    assert (answer.status_code, answer.context["standing"].total, Closure.objects.count()) == (409, 2, 0)


WRONG = [
    ({"first_day": ""}, "first_day", "Fill in “First day”."),
    ({"last_day": "2026-01-01"}, "last_day", "The end must be after the start."),
    ({"starts": "12:00", "ends": "11:00"}, "ends", "The end must be after the start."),
    ({"last_day": "2199-01-01"}, "last_day", "Time is closed for a year at most."),
    (
        {"first_day": "2027-03-14", "last_day": "2027-03-14", "starts": "02:30"},
        "starts",
        "The clocks go forward that night and 2:30 AM on March 14, 2027 does not exist.",
    ),
    (
        {"first_day": "2027-11-07", "last_day": "2027-11-07", "ends": "01:30"},
        "ends",
        "The clocks go back that night and 1:30 AM on November 7, 2027 comes twice.",
    ),
]


@pytest.mark.parametrize(("wrong", "field", "sentence"), WRONG)
def test_what_cannot_be_closed_is_said_at_its_place(vacation, desk, url, wrong, field, sentence):
    answer = desk.post(url("close"), vacation | wrong)

    assert (answer.status_code, Closure.objects.count()) == (422, 0)
    assert answer.context["form"].errors[field][0].startswith(sentence)


def chosen(visit, who, starts_at, **more):
    return {f"to-{visit.pk}": slot_text(who, starts_at), f"version-{visit.pk}": visit.version, **more}


def test_the_visits_are_moved_to_the_times_that_were_chosen(closure, visit, desk, url):
    other = make.provider("Dr. Weiss")

    answer = desk.post(url("closed", closure.pk), chosen(visit, other, TEN, among="others"))

    new = Appointment.objects.get(rescheduled_from=visit)
    assert (answer["Location"], new.provider, new.starts_at) == (f"{url('closed', closure.pk)}?to=others", other, TEN)


def test_calling_the_patients_who_were_moved_is_work(closure, visit, desk, url):
    other = make.provider("Dr. Weiss")

    desk.post(url("closed", closure.pk), chosen(visit, other, TEN, tell="on"))

    assert Case.objects.get(kind="callback").summary.startswith("Tell the patient of the new time: ")


def test_a_time_that_was_taken_meanwhile_is_named_and_the_visit_stays(closure, visit, desk, url, kind, secretary):
    other = make.provider("Dr. Weiss")
    make.visit(by=secretary, who=other, kind=kind, starts_at=TEN, now=timezone.now())

    answer = desk.post(url("closed", closure.pk), chosen(visit, other, TEN, among="others"))

    assert (answer.status_code, answer.context["refused"]) == (409, 1)
    assert ("This time was just taken." in answer.content.decode(), Appointment.objects.get(pk=visit.pk).status) == (
        True,
        "booked",
    )


def test_a_slot_that_cannot_be_read_moves_nothing(closure, visit, desk, url):
    answer = desk.post(url("closed", closure.pk), {f"to-{visit.pk}": "soon", f"version-{visit.pk}": "x"})

    assert (answer.status_code, Appointment.objects.filter(status="rescheduled").count()) == (302, 0)


def test_the_page_proposes_others_and_counts(closure, visit, desk, url):
    make.provider("Dr. Weiss")

    answer = desk.get(url("closed", closure.pk), {"to": "others"})

    row = answer.context["rows"][0]
    assert (row["name"], str(row["choices"][0][0].provider), answer.context["left"]) == ("Walker, Ada", "Dr. Weiss", 1)


def test_closed_times_with_visits_are_found_again(closure, desk, url):
    page = desk.get(url("still_full")).content.decode()

    assert url("closed", closure.pk) in page


def test_a_sick_day_leads_to_proposals_with_others(visit, doctor, desk, url, vacation):
    page = desk.get(url("close"), {"provider": doctor.pk, "day": MONDAY, "away": "1", "to": "others"})
    seen = desk.post(url("close"), vacation | {"to": "others"}).context["form"].data["seen"]

    answer = desk.post(url("close"), vacation | {"seen": seen, "to": "others"})

    assert (page.context["form"]["reason"].value(), answer["Location"][-10:]) == ("Away", "?to=others")


@pytest.mark.parametrize("name", ["close", "still_full"])
def test_who_may_not_close_time_sees_no_page(practice, url, name):
    nobody = people.browser(people.member(practice, Role.BILLING))

    assert nobody.get(url(name)).status_code == 403


def test_a_scheduling_secretary_moves_but_does_not_close(practice, closure, url):
    hers = people.browser(people.member(practice, Role.SCHEDULING_SECRETARY))

    assert [hers.get(page).status_code for page in (url("close"), url("closed", closure.pk))] == [403, 200]


def test_another_practices_closed_time_is_not_found(closure, db):
    other = people.practice()
    hers = people.browser(people.member(other, Role.SECRETARY))

    assert hers.get(practice_url(other, "scheduling:closed", closure.pk)).status_code == 404


def test_the_page_needs_the_same_queries_for_any_number_of_visits(practice, closure, doctor, kind, secretary, desk, url):
    counts = []
    desk.get(url("closed", closure.pk))
    for number in (1, 3):
        with acting_in(practice.pk, secretary.pk):
            for extra in range(number - 1):
                at = TEN + HALF * (extra + 1)
                make.visit(by=secretary, who=doctor, kind=kind, starts_at=at, now=timezone.now(), overbook_reason="x")
        with CaptureQueriesContext(connection) as asked:
            desk.get(url("closed", closure.pk))
        counts.append(len(asked))

    assert counts[0] == counts[1]
