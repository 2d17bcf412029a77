"""What is refused when working time is set up: one sentence each, and nothing is written."""

from datetime import date, time, timedelta

import pytest

from compliance import rows
from compliance.models import Location
from scheduling import set_up
from scheduling.enums import DayKind, PartKind
from scheduling.models import DayException, HoursPart, VisitType, WorkingHours
from scheduling.set_up import DoesNotFit, HoursOverlap
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

LUNCH = {"kind": PartKind.BREAK, "name": "Lunch", "starts": time(12), "ends": time(13)}


@pytest.fixture
def doctor(inside):
    return make.provider("Dr. Okafor", hours=False)


@pytest.fixture
def hours(doctor):
    return make.works(doctor, 0, "09:00", "17:00")


def template(of, starts=9, ends=12, **fields):
    common = {"location": Location.objects.order_by("created_at")[0], "weekday": 0, "valid_from": MONDAY}
    return WorkingHours(provider=of, starts=time(starts), ends=time(ends), **(common | fields))


def test_templates_of_alternate_weeks_do_not_overlap(doctor, secretary):
    set_up.add(template(doctor, every_weeks=2, anchor_on=MONDAY), by=secretary)

    set_up.add(template(doctor, every_weeks=2, anchor_on=MONDAY + timedelta(days=7)), by=secretary)

    assert WorkingHours.objects.count() == 2


@pytest.mark.parametrize(("weeks", "days"), [(2, 0), (3, 7), (1, 0)])
def test_templates_that_meet_in_some_week_overlap_on_its_day(doctor, secretary, weeks, days):
    set_up.add(template(doctor, every_weeks=2, anchor_on=MONDAY), by=secretary)

    with pytest.raises(HoursOverlap) as overlap:
        set_up.add(template(doctor, every_weeks=weeks, anchor_on=MONDAY + timedelta(days=days)), by=secretary)

    assert overlap.value.on == MONDAY + timedelta(days=28 if days else 0)


def test_templates_that_would_meet_after_their_last_day_do_not_overlap(doctor, secretary):
    until = MONDAY + timedelta(days=27)
    set_up.add(template(doctor, every_weeks=2, anchor_on=MONDAY), by=secretary)

    added = set_up.add(
        template(doctor, every_weeks=3, anchor_on=MONDAY + timedelta(days=7), valid_until=until), by=secretary
    )

    assert added.valid_until == until


def test_hours_in_two_zones_overlap_by_the_moment_not_by_the_clock(doctor, secretary):
    east = Location.objects.create(name="East", time_zone="America/New_York")
    set_up.add(template(doctor, 9, 12), by=secretary)

    with pytest.raises(HoursOverlap):
        set_up.add(template(doctor, 12, 15, location=east), by=secretary)


def test_the_end_is_after_the_start(doctor, secretary):
    with pytest.raises(DoesNotFit, match=r"The end must be after the start."):
        set_up.add(template(doctor, 12, 9), by=secretary)


REFUSED_PARTS = [
    (LUNCH | {"starts": time(8)}, "This must lie within the hours it belongs to, 9:00 AM to 5:00 PM."),
    (LUNCH | {"ends": time(11)}, "The end must be after the start."),
    (LUNCH | {"kind": PartKind.KEPT}, "Choose at least one kind of visit that the session is kept for."),
    (LUNCH | {"release_hours": 3}, "A break is not opened. Leave this empty, or make it a session."),
]


@pytest.mark.parametrize(("values", "sentence"), REFUSED_PARTS)
def test_a_part_that_does_not_fit_is_refused(hours, secretary, values, sentence):
    with pytest.raises(DoesNotFit) as refused:
        set_up.add(HoursPart(hours=hours, **values), by=secretary, now=NOW)

    assert (str(refused.value), HoursPart.objects.count()) == (sentence, 0)


def test_parts_do_not_overlap(hours, secretary):
    set_up.add(HoursPart(hours=hours, **LUNCH), by=secretary, now=NOW)

    with pytest.raises(DoesNotFit, match=r"Lunch is there from 12:00 PM to 1:00 PM already."):
        set_up.add(HoursPart(hours=hours, **(LUNCH | {"starts": time(12, 30)})), by=secretary, now=NOW)


def test_hours_are_not_cut_down_below_their_parts(hours, secretary):
    make.pause(hours)

    with pytest.raises(DoesNotFit, match=r"Lunch, 12:00 PM to 1:00 PM, would lie outside"):
        set_up.change(hours, {"ends": time(12, 30)}, version=1, by=secretary, now=NOW)


def test_the_parts_go_with_their_hours(hours, secretary):
    make.pause(hours)

    set_up.remove(hours, by=secretary, now=NOW)

    assert HoursPart.objects.count() == 0


def test_a_kind_of_visit_that_time_is_kept_for_stays(hours, secretary):
    kind = make.visit_type()
    make.kept(hours, kind)

    with pytest.raises(rows.Referenced):
        set_up.remove(kind, by=secretary)

    assert VisitType.objects.count() == 1


def different(of, kind=DayKind.OTHER, day=MONDAY, starts=time(9), ends=time(12), **fields):
    fields.setdefault("location", Location.objects.order_by("created_at")[0])
    return DayException(provider=of, day=day, kind=kind, starts=starts, ends=ends, **fields)


JUMP, BACK = date(2026, 3, 8), date(2026, 11, 1)
REFUSED_DAYS = [
    ({"ends": time(8)}, "The end must be after the start."),
    ({"starts": None}, "Enter the start time of the hours on that day."),
    ({"kind": DayKind.OFF}, "Leave place, start and end empty when there are no hours that day."),
    ({"kind": DayKind.EXTRA}, "Dr. Okafor works then already. Choose “Other hours” to replace that day's."),
    (
        {"day": JUMP, "starts": time(2, 30)},
        "The clocks go forward that night and 2:30 AM on March 8, 2026 does not exist. Choose a time before or after it.",
    ),
    (
        {"day": BACK, "starts": time(1, 30)},
        "The clocks go back that night and 1:30 AM on November 1, 2026 comes twice. Choose a time before or after it.",
    ),
]


@pytest.mark.parametrize(("values", "sentence"), REFUSED_DAYS)
def test_a_different_day_that_cannot_be_is_refused(doctor, hours, secretary, values, sentence):
    with pytest.raises(DoesNotFit) as refused:
        set_up.add(different(doctor, **values), by=secretary, now=NOW)

    assert (str(refused.value), DayException.objects.count()) == (sentence, 0)


def test_a_different_day_has_each_hour_once(doctor, secretary):
    set_up.add(different(doctor), by=secretary, now=NOW)

    with pytest.raises(DoesNotFit, match=r"Dr. Okafor has hours on that day from 9:00 AM to 12:00 PM already."):
        set_up.add(different(doctor, starts=time(11), ends=time(14)), by=secretary, now=NOW)
