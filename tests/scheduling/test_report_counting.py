"""What the schedule report must not count twice, too early, or not at all."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import booking, recalls, reports, set_up, visits, yields
from scheduling.models import Appointment
from scheduling.reports import Span
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

CHICAGO = ZoneInfo("America/Chicago")
WEEK = Span(MONDAY, MONDAY + timedelta(days=6), CHICAGO)
TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=20)


def line(user, by="provider", now=NOW):
    return reports.lines(user, WEEK, by, now=now)[0]


def leaves(doctor, user):
    set_up.change_provider(doctor, {"is_active": False}, version=doctor.version, by=user, now=LATER)


def test_a_past_visit_that_is_still_scheduled_is_not_closed(doctor, secretary):
    make.visit(by=secretary, who=doctor)
    found = line(secretary, now=LATER)

    assert (found.ahead, found.unclosed, found.minutes) == (0, 1, 0)


def test_until_its_end_it_is_to_come(doctor, secretary):
    make.visit(by=secretary, who=doctor)
    found = line(secretary, now=TEN + timedelta(minutes=29))

    assert (found.ahead, found.unclosed, found.minutes) == (1, 0, 30)


def test_the_days_that_are_not_closed_can_be_found(practice, doctor, secretary):
    make.visit(by=secretary, who=doctor, starts_at=datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    Appointment.objects.update(starts_at=TEN - timedelta(days=70), ends_at=TEN - timedelta(days=70, minutes=-30))
    asked = {"first": "2026-09-01", "last": "2026-11-20"}
    page = people.browser(secretary).get(practice_url(practice, "scheduling:report"), asked).content.decode()

    assert f'<a href="{practice_url(practice, "scheduling:flow", "2026-09-14")}">Mon, Sep 14</a> (1)' in page


@pytest.mark.parametrize("by", ["provider", "place", "week"])
def test_a_full_group_is_as_long_as_one_visit(doctor, secretary, by):
    kind = make.visit_type(capacity=5, minutes=60)
    for _ in range(5):
        make.visit(by=secretary, who=doctor, kind=kind)

    assert line(secretary, by).minutes == 60


def test_times_that_overlap_are_in_use_once(doctor, secretary):
    make.visit(by=secretary, who=doctor)
    make.visit(by=secretary, who=doctor, starts_at=TEN + timedelta(minutes=15), overbook_reason="Urgent")

    assert line(secretary).minutes == 45


def test_two_lanes_are_twice_as_open(inside, secretary):
    nurse = make.provider(capacity=2)
    for _ in range(2):
        make.visit(by=secretary, who=nurse)
    found = line(secretary)

    assert (found.minutes, found.open_minutes) == (60, 2 * 5 * 480)


def test_the_hours_of_one_who_left_count_until_her_last_visit(doctor, secretary):
    seen = make.visit(by=secretary, who=doctor, starts_at=TEN + timedelta(days=1))
    visits.finish(seen, by=secretary, now=LATER, quick=True)
    leaves(doctor, secretary)

    assert line(secretary, now=LATER).open_minutes == 2 * 480


def test_a_recall_to_one_who_left_has_a_line(doctor, secretary):
    kind = make.visit_type()
    recalls.plan(patient=make.patient(), visit_type=kind, due_on=MONDAY, by=None, now=NOW, provider=doctor)
    leaves(doctor, secretary)

    assert [(one.label, one.recalled.all) for one in yields.lines(secretary, WEEK, "provider")] == [("Dr. Okafor", 1)]


def test_the_third_next_time_is_of_those_that_do_not_overlap(inside, secretary):
    nurse, kind = make.provider(hours=False), make.visit_type(minutes=30)
    make.works(nurse, 1, "09:00", "10:00")  # room for two a week, and five places where one may begin

    assert [one.days for one in reports.third_next(secretary, kind, now=NOW, zone=CHICAGO)] == [8]


def test_a_missed_visit_was_booked_when_it_was_first_booked(doctor, secretary):
    first = make.visit(by=secretary, who=doctor)
    Appointment.objects.filter(pk=first.pk).update(created_at=NOW - timedelta(days=40))
    second = booking.move(Appointment.objects.get(), by=secretary, now=NOW, starts_at=TEN + timedelta(hours=1))
    third = booking.move(second, by=secretary, now=NOW, starts_at=TEN + timedelta(hours=2))
    visits.no_show(third, by=secretary, now=TEN + timedelta(hours=3))

    assert [row.count for row in reports.no_shows_by_lead(secretary, WEEK)] == [0, 0, 0, 0, 1]


def test_the_export_is_asked_for_with_what_the_page_shows(practice, doctor):
    admin = people.browser(people.member(practice, Role.PRACTICE_ADMIN))
    asked = {"first": "2026-11-02", "last": "2026-11-20"}
    page = admin.get(practice_url(practice, "scheduling:report"), asked).content.decode()
    link = unescape(re.search(r'href="([^"]*schedule-csv[^"]*)"', page)[1])
    form = admin.get(link).context["form"]

    assert {name: form[name].value() for name in ("what", *asked)} == {"what": "schedule-csv", **asked}


def test_a_bar_ends_with_its_total(practice, doctor, secretary):
    visits.finish(make.visit(by=secretary, who=doctor), by=secretary, now=TEN, quick=True)
    asked = {"first": "2026-11-23", "last": "2026-11-23"}
    page = people.browser(secretary).get(practice_url(practice, "scheduling:report"), asked)

    assert ([bar.total for bar in page.context["bars"]], b"In all: </span>1" in page.content) == ([1], True)
