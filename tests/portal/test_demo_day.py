"""The day of the demo: under way at whatever hour it is started, there once, and new on the next morning."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.models import Case, Practice
from compliance.tenancy import SYSTEM, acting_in
from correspondence.models import Call
from insurance.models import EligibilityCheck
from patients.models import Patient
from scheduling.enums import Status
from scheduling.models import Appointment, Closure, Occupation, Provider, WorkingHours
from secretary_portal.demo import data
from secretary_portal.demo.data import hours
from secretary_portal.demo.data.practices import DESERT_RIDGE

ZONE = ZoneInfo(DESERT_RIDGE.time_zone)
SUNDAY = datetime(2026, 11, 22, 11, 20, tzinfo=ZONE)


def load(now: datetime) -> Practice:
    data.load(now.astimezone(UTC), plans=[DESERT_RIDGE])
    return Practice.objects.get(slug=DESERT_RIDGE.slug)


def on(day: date) -> Counter:
    return Counter(Appointment.objects.on(day, ZONE).values_list("status", flat=True))


def counts() -> dict[str, int]:
    subjects = (Appointment, Call, Case, EligibilityCheck, Patient, WorkingHours)
    return {model.__name__: model.objects.count() for model in subjects}


@pytest.fixture
def sunday(db) -> Practice:
    return load(SUNDAY)


def test_the_day_is_under_way_even_on_a_sunday_and_loading_again_adds_nothing(sunday):
    with acting_in(sunday.pk, SYSTEM):
        standing, before = on(SUNDAY.date()), counts()
        holds = Occupation.objects.filter(hold_until__isnull=False).count()
        reasons = [visit.overbook_reason for visit in Appointment.objects.on(SUNDAY.date(), ZONE)]

    load(SUNDAY + timedelta(hours=2))

    with acting_in(sunday.pk, SYSTEM):
        assert counts() == before
    wanted = {Status.FULFILLED, Status.BOOKED, Status.CONFIRMED}
    assert wanted <= set(standing)
    assert {Status.ARRIVED, Status.CHECKED_IN, Status.ROOMED} & set(standing)
    assert (sum(standing.values()) >= 20, len([one for one in reasons if one]), holds) == (True, 1, 0)


def test_a_later_morning_has_a_day_of_its_own(sunday):
    later = SUNDAY + timedelta(days=3, hours=1)

    load(later)

    with acting_in(sunday.pk, SYSTEM):
        assert {Status.FULFILLED, Status.BOOKED} <= set(on(later.date()))
        left = Appointment.objects.upcoming().filter(starts_at__lt=later - timedelta(hours=2))
        assert left.count() == 0
        assert Case.objects.filter(due_at__gt=later, opened_at__gte=later - timedelta(hours=4)).exists()


@pytest.mark.parametrize("hour", [0, 3.5, 7, 9, 9.5, 12, 15.4, 15.5, 18, 21, 23.9])
def test_the_present_hour_lies_within_the_day(hour):
    shift = hours._shift(hour)

    assert 0 <= 8 + shift <= 15
    assert 17 + shift <= 23
    assert 1 <= hour - 8 - shift <= 9 or hour < 2 or hour > 23


def test_days_around_are_filled_once(sunday):
    data.load_around(SUNDAY, plans=[DESERT_RIDGE], days=(1, -2))
    data.load_around(SUNDAY, plans=[DESERT_RIDGE], days=(1, -2))

    with acting_in(sunday.pk, SYSTEM):
        tomorrow, yesterday = (on(SUNDAY.date() + timedelta(days=number)) for number in (1, -2))
    assert {Status.BOOKED, Status.CONFIRMED} <= set(tomorrow)
    assert set(yesterday) <= {Status.FULFILLED, Status.NO_SHOW, Status.CANCELLED, Status.LEFT}
    assert (10 < sum(tomorrow.values()) < 30, 0 < sum(yesterday.values()) < 15) == (True, True)


def test_hours_of_other_days_stay_the_usual_ones(db):
    at_night = datetime(2026, 11, 23, 3, 10, tzinfo=ZONE)
    practice = load(at_night)

    with acting_in(practice.pk, SYSTEM):
        rows = WorkingHours.objects.filter(provider=Provider.objects.working()[0])
        assert {row.starts.hour for row in rows.on(at_night.date())} == {1}
        assert {row.starts.hour for row in rows.on(at_night.date() + timedelta(days=7))} == {8}
        assert Status.FULFILLED in on(at_night.date())


def test_nobody_is_seen_at_weekends_and_on_federal_holidays(sunday):
    thanksgiving, saturday = date(2026, 11, 26), date(2026, 11, 28)
    around = [(day - SUNDAY.date()).days for day in (thanksgiving, saturday)]

    data.load_around(SUNDAY, plans=[DESERT_RIDGE], days=around)

    with acting_in(sunday.pk, SYSTEM):
        assert (on(thanksgiving), on(saturday)) == (Counter(), Counter())
        closed = set(Closure.objects.filter(holiday__isnull=False).values_list("reason", flat=True))
    assert {"Thanksgiving Day", "Christmas Day", "Labor Day"} <= closed


def test_a_holiday_on_which_the_demo_is_started_is_worked(sunday):
    data.load_around(SUNDAY, plans=[DESERT_RIDGE], days=())
    on_thanksgiving = SUNDAY + timedelta(days=4)

    load(on_thanksgiving)
    data.load_around(on_thanksgiving, plans=[DESERT_RIDGE], days=())

    with acting_in(sunday.pk, SYSTEM):
        assert Status.FULFILLED in on(on_thanksgiving.date())
        assert not Closure.objects.filter(holiday=on_thanksgiving.date()).exists()


def test_the_year_before_has_what_the_reports_count_and_is_written_once(sunday):
    data.load_before(SUNDAY, plans=[DESERT_RIDGE], months=(0,))
    with acting_in(sunday.pk, SYSTEM):
        before = counts()

    data.load_before(SUNDAY, plans=[DESERT_RIDGE], months=(0,))

    with acting_in(sunday.pk, SYSTEM):
        rows = Appointment.objects.filter(starts_at__lt=SUNDAY - timedelta(days=8))
        weekdays = {row.starts_at.astimezone(ZONE).weekday() for row in rows}
        wanted = {Status.FULFILLED, Status.NO_SHOW, Status.CANCELLED}
        assert (counts() == before, wanted <= {row.status for row in rows}, weekdays) == (True, True, {0, 1, 2, 3, 4})
        assert all(row.created_at < row.starts_at for row in rows)
        assert Occupation.objects.filter(appointment__in=rows).count() == rows.filter(status=Status.FULFILLED).count()
