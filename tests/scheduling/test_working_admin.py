"""Templates, breaks, sessions and different days in the admin site: entered, previewed, refused in words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.models import Case, Location
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling.models import DayException, HoursPart, WorkingHours
from tests.factories import people
from tests.factories import scheduling as make

TODAY = timezone.now().date()
NEXT_MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())


@pytest.fixture
def doctor(inside):
    return make.provider("Dr. Okafor", hours=False)


@pytest.fixture
def hours(doctor):
    return make.works(doctor, 0, "09:00", "17:00")


@pytest.fixture
def post(practice):
    desk = people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)
    return lambda model, page, *of, **data: desk.post(practice_url(practice, f"admin:scheduling_{model}_{page}", *of), data)


@pytest.fixture
def template(doctor):
    place = Location.objects.get().pk
    common = {"provider": doctor.pk, "location": place, "valid_from": "2026-01-01", "every_weeks": 2}
    return common | {"weekdays": [0], "starts": "09:00", "ends": "12:00", "anchor_on": f"{NEXT_MONDAY}"}


def shown(answer):
    return {one.day: (one.times, one.notes) for one in answer.context["preview"]}


def test_a_preview_shows_the_times_of_the_weeks_to_come_and_saves_nothing(post, template):
    days = shown(post("workinghours", "add", **template, _preview="1"))

    there = [day for day, (times, _) in days.items() if times]
    assert (len(days), there, WorkingHours.objects.count()) == (14, [NEXT_MONDAY], 0)
    assert days[NEXT_MONDAY][0][0].startswith("9:00 AM – 12:00 PM at ")


def test_a_preview_of_what_does_not_fit_says_so(post, template):
    answer = post("workinghours", "add", **(template | {"ends": "08:00"}), _preview="1")

    assert answer.status_code == 422
    assert "The end must be after the start." in answer.content.decode()


def test_hours_of_every_other_week_are_added(post, template):
    answer = post("workinghours", "add", **template)

    row = WorkingHours.objects.get()
    assert (answer.status_code, row.every_weeks, row.anchor_on) == (302, 2, NEXT_MONDAY)


def test_overlapping_templates_are_told_with_the_first_day_of_both(post, template, hours):
    page = post("workinghours", "add", **template).content.decode()

    assert "Dr. Okafor works on Monday from 9:00 AM to 5:00 PM already, on " in page


@pytest.fixture
def session(hours):
    kind = make.visit_type("New patient")
    common = {"hours": hours.pk, "kind": "kept", "name": "new patients", "visit_types": [kind.pk]}
    return common | {"starts": "09:00", "ends": "11:00", "release_hours": "24"}


def test_a_session_is_added_for_its_kinds_of_visit(post, session):
    answer = post("hourspart", "add", **session)

    part = HoursPart.objects.get()
    assert (answer.status_code, part.visit_types, part.release_hours) == (302, session["visit_types"], 24)


def test_a_preview_of_a_session_says_what_is_kept_until_when(post, session):
    notes = shown(post("hourspart", "add", **session, _preview="1"))[NEXT_MONDAY][1]

    assert " 9:00 – 11:00 AM is kept for new patients until " in notes[0]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"starts": "08:00"}, "This must lie within the hours it belongs to, 9:00 AM to 5:00 PM."),
        ({"visit_types": []}, "Choose what a session is kept for; leave it empty for a break."),
        ({"kind": "break"}, "Choose what a session is kept for; leave it empty for a break."),
        ({"ends": "09:00"}, "The end must be after the start."),
    ],
)
def test_a_session_that_does_not_fit_is_refused_at_its_place(post, session, wrong, sentence):
    answer = post("hourspart", "add", **(session | wrong))

    assert (answer.status_code, HoursPart.objects.count()) == (422, 0)
    assert sentence in answer.content.decode().replace("&#x27;", "'")


def test_a_session_is_changed(post, session):
    post("hourspart", "add", **session)
    part = HoursPart.objects.get()

    answer = post("hourspart", "change", part.pk, **(session | {"release_hours": "", "version": part.version}))

    part.refresh_from_db()
    assert (answer.status_code, part.release_hours, part.visit_types) == (302, None, session["visit_types"])


def test_a_day_off_makes_work_of_its_visits(post, hours, secretary, doctor):
    noon = timezone.now().replace(hour=18, minute=0, second=0, microsecond=0)
    noon += timedelta(days=(NEXT_MONDAY - noon.date()).days)
    make.visit(by=secretary, who=doctor, starts_at=noon, now=timezone.now())

    answer = post("dayexception", "add", provider=doctor.pk, day=f"{NEXT_MONDAY}", kind="off", reason="Congress")

    assert (answer.status_code, DayException.objects.count(), Case.objects.filter(kind="rebook").count()) == (302, 1, 1)


def test_a_different_day_in_the_missing_hour_is_refused_at_its_place(post, doctor):
    values = {"provider": doctor.pk, "day": "2027-03-14", "kind": "extra", "location": Location.objects.get().pk}

    answer = post("dayexception", "add", **values, starts="02:30", ends="05:00")

    assert (answer.status_code, DayException.objects.count()) == (422, 0)
    assert "2:30 AM on March 14, 2027 does not exist." in answer.content.decode()


def test_a_providers_page_shows_what_her_templates_give(practice, doctor, hours):
    desk = people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)
    make.pause(hours)

    page = desk.get(practice_url(practice, "admin:scheduling_provider_change", doctor.pk)).content.decode()

    assert "Break 12:00 PM – 1:00 PM" in page
