"""Walk-ins: booked for today and here, in one act."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from compliance.models import Location, Practice
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from scheduling import booking, walk_ins
from scheduling.enums import Status
from scheduling.models import Appointment
from scheduling.openings import Search
from tests.factories import patients
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
AT = TEN - timedelta(minutes=7)


def test_she_is_booked_and_here_in_one_act(doctor, secretary):
    visit = walk_ins.take_in(make.patient(), doctor, make.visit_type(), TEN, by=secretary, now=AT)

    assert (visit.status, visit.source, visit.arrived_at) == (Status.ARRIVED, "walk-in", AT)


def test_the_time_that_a_kind_is_usually_booked_ahead_does_not_count(doctor, secretary):
    kind = make.visit_type(lead_hours=48)
    search = Search(kind, [doctor], MONDAY, by=secretary)

    found = walk_ins.first(search, now=AT).openings[0]

    assert walk_ins.take_in(make.patient(), doctor, kind, found.starts_at, by=secretary, now=AT).starts_at == TEN


def test_another_day_is_no_walk_in_and_books_nothing(doctor, secretary):
    with pytest.raises(walk_ins.NotToday):
        walk_ins.take_in(make.patient(), doctor, make.visit_type(), TEN + timedelta(days=1), by=secretary, now=AT)

    assert Appointment.objects.count() == 0


def test_a_time_that_is_taken_is_not_taken_twice(doctor, secretary):
    make.visit(by=secretary, who=doctor, starts_at=TEN)

    with pytest.raises(booking.SlotTaken):
        walk_ins.take_in(make.patient(), doctor, make.visit_type(), TEN, by=secretary, now=AT)

    assert Appointment.objects.count() == 1


@pytest.fixture
def at_the_desk(practice, secretary):
    """Wherever it is noon now, so that a day lies before her; the address of the page, the doctor and the kind."""
    zone = f"Etc/GMT{timezone.now().hour - 12:+d}"
    Practice.objects.filter(pk=practice.pk).update(time_zone=zone)
    with acting_in(practice.pk, secretary.pk):
        Location.objects.update(time_zone=zone)
        who, doctor, kind = patients.patient(), make.provider("Dr. Okafor", hours=False), make.visit_type()
        for weekday in range(7):
            make.works(doctor, weekday, "06:00", "20:00")
    return practice_url(practice, "scheduling:walk_in", who.pk), doctor, kind


def visits(practice):
    with acting_in(practice.pk, SYSTEM):
        return list(Appointment.objects.values_list("status", "starts_at", "source"))


def test_the_page_offers_todays_free_times_and_one_press_takes_her_in(practice, at_the_desk, as_secretary):
    url, _, kind = at_the_desk
    first, slot = as_secretary.get(url).context["days"][0][1][0]

    answer = as_secretary.post(url, {"visit_type": kind.pk, "slot": slot, "reason": "Cough"})

    assert (answer.status_code, visits(practice)) == (302, [("arrived", first.starts_at, "walk-in")])


def test_without_a_free_time_an_admin_takes_her_in_double_booked(practice, at_the_desk, as_admin):
    url, doctor, kind = at_the_desk

    as_admin.post(url, {"visit_type": kind.pk, "provider": doctor.pk, "overbook_reason": "In pain"})

    with acting_in(practice.pk, SYSTEM):
        visit = Appointment.objects.get()
        assert (visit.status, visit.overbook_reason) == ("arrived", "In pain")


def test_without_the_permission_a_time_must_be_chosen(practice, at_the_desk, as_secretary):
    url, doctor, kind = at_the_desk

    answer = as_secretary.post(url, {"visit_type": kind.pk, "provider": doctor.pk, "overbook_reason": "In pain"})

    assert (answer.status_code, visits(practice)) == (422, [])


def test_double_booking_wants_somebody_who_sees_her(practice, at_the_desk, as_admin):
    url, _, kind = at_the_desk

    answer = as_admin.post(url, {"visit_type": kind.pk, "overbook_reason": "In pain"})

    assert (answer.status_code, "Choose who sees the patient now." in answer.content.decode()) == (422, True)
