"""The first free times on a call's page."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.models import Location
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from correspondence.views import call_times
from scheduling import booking
from scheduling.forms import slot_text
from scheduling.models import Appointment
from tests.counting import queries
from tests.factories import people, scheduling

HONOLULU = ZoneInfo("Pacific/Honolulu")


def test_a_time_stands_under_the_day_of_its_place(practice, secretary, as_secretary, at, verified):
    with acting_in(practice.pk, secretary.pk):
        there = Location.objects.create(name="Hilo", time_zone=HONOLULU.key)
        doctor, _ = scheduling.provider(hours=False), scheduling.visit_type()
        for weekday in range(7):  # after midnight on the practice's own clock
            scheduling.works(doctor, weekday, "21:00", "23:00", location=there)

    days = as_secretary.get(at).context["days"]

    assert len(days) > 1
    assert all(one.starts_at.astimezone(HONOLULU).date() == day for day, times in days for one in times)


def rows(answer):
    """Each time with who is free then."""
    return [(row.starts_at, [one.provider.name for one, _ in row.free]) for _, day in answer.context["days"] for row in day]


def test_a_time_is_one_row_with_everybody_who_is_free_then(practice, secretary, as_secretary, at, providers, verified):
    with acting_in(practice.pk, secretary.pk):
        scheduling.provider("Dr. Lindqvist")

    found = rows(as_secretary.get(at))

    assert len({starts_at for starts_at, _ in found}) == len(found)
    assert found[0][1] == ["Dr. Lindqvist", "Dr. Okafor"]


def test_the_rows_are_those_of_find_a_time(practice, as_secretary, at, providers, verified, patient):
    there = as_secretary.get(practice_url(practice, "scheduling:openings", patient.pk))

    here = rows(as_secretary.get(at))

    assert here == rows(there)[: len(here)]
    assert len(here) == call_times.ROWS


def test_the_next_after_these_goes_on_without_a_gap(practice, as_secretary, at, providers, verified, patient):
    there = rows(as_secretary.get(practice_url(practice, "scheduling:openings", patient.pk)))
    first = as_secretary.get(at)

    second = as_secretary.get(f"{at}?{first.context['later']}")

    assert rows(first) + rows(second) == there[: 2 * call_times.ROWS]
    assert 'name="after" value="20' in second.content.decode()


def test_a_visit_that_is_moved_is_not_in_its_own_way(practice, secretary, as_secretary, at, providers, verified, patient):
    who, kind = providers
    start = rows(as_secretary.get(at))[1][0]
    with acting_in(practice.pk, secretary.pk):
        visit = scheduling.visit(by=secretary, who=who, kind=kind, whose=patient, starts_at=start, now=timezone.now())

    offered = [starts_at for starts_at, _ in rows(as_secretary.get(f"{at}?move={visit.pk}"))]

    assert start + timedelta(minutes=15) in offered
    assert start not in offered


def test_a_time_that_is_held_on_the_phone_is_booked_by_one_press(
    practice, secretary, as_secretary, at, do, providers, verified
):
    slot = as_secretary.get(at).context["days"][0][1][0].free[0][1]
    do("hold", slot=slot, type=providers[1].pk)

    held = as_secretary.get(at).context["held"]["slot"]
    do("book", slot=held, type=providers[1].pk)

    with acting_in(practice.pk, secretary.pk):
        assert (held, Appointment.objects.count()) == (slot, 1)


def test_what_colleagues_hold_is_told(practice, secretary, as_secretary, at, providers, verified):
    with acting_in(practice.pk, secretary.pk):
        start = rows(as_secretary.get(at))[0][0]
        colleague = people.member(practice, Role.SECRETARY, name="Mia Colleague")
        booking.hold(providers[0], start, providers[1], by=colleague, now=timezone.now())

    assert "Mia Colleague" in as_secretary.get(at).content.decode()


def test_a_visit_at_another_place_that_day_is_called_so(
    practice, secretary, as_secretary, at, do, providers, verified, patient
):
    start = rows(as_secretary.get(at))[0][0]
    with acting_in(practice.pk, secretary.pk):
        there, doctor = Location.objects.create(name="West", time_zone=practice.time_zone), scheduling.provider(hours=False)
        for weekday in range(7):
            scheduling.works(doctor, weekday, "00:00", "23:59", location=there)
        said = {"whose": patient, "who": doctor, "starts_at": start + timedelta(hours=2), "now": timezone.now()}
        scheduling.visit(by=secretary, **said)

    answer = do("book", slot=slot_text(providers[0], start), type=providers[1].pk)

    assert (answer.status_code, "at another place on that day" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("after", ["x", "2030-01-01T25:00Z", "0001-01-01T00:00Z"])
def test_an_odd_moment_in_the_address_does_no_harm(as_secretary, at, providers, verified, after):
    assert rows(as_secretary.get(at, {"after": after}))


@pytest.mark.parametrize("count", [1, 3])
def test_its_queries_do_not_grow_with_the_providers(practice, secretary, as_secretary, at, providers, verified, count):
    few = queries(lambda: as_secretary.get(at))
    with acting_in(practice.pk, secretary.pk):
        for _ in range(count):
            scheduling.provider()

    assert queries(lambda: as_secretary.get(at)) == few
