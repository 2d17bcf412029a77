"""A visit whose cancelling or move is undone stands again: as work where nobody is seen then any more, else as it was."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.models import Case, Location
from scheduling import booking, set_up, visits
from scheduling.enums import DayKind, ResourceKind
from scheduling.models import DayException, Need, Resource
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

TEN = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("America/Chicago"))
HOUR, SOON = timedelta(hours=1), timedelta(seconds=5)
CALLED_OFF = {"reason": "pat", "initiator": "patient", "told_by": "called"}


@pytest.fixture
def visit(doctor, secretary):
    """At ten on Monday."""
    return make.visit(by=secretary, who=doctor, starts_at=TEN)


def closed(by, **whose):
    return set_up.close_time(starts_at=TEN, ends_at=TEN + HOUR, reason="Storm", by=by, now=NOW, **whose)


def work():
    return list(Case.objects.standing().filter(kind="rebook").values_list("about_id", flat=True))


def its_place_is_closed(visit, by):
    closed(by, location=Location.objects.get())


def she_has_the_day_off(visit, by):
    set_up.add(DayException(provider=visit.provider, day=MONDAY, kind=DayKind.OFF), by=by, now=NOW)


def she_leaves(visit, by):
    set_up.change_provider(visit.provider, {"is_active": False}, version=visit.provider.version, by=by, now=NOW)


BARRED = pytest.mark.parametrize("bar", [its_place_is_closed, she_has_the_day_off, she_leaves])


@BARRED
def test_a_visit_that_is_not_cancelled_after_all_is_work_where_nobody_is_seen_any_more(visit, secretary, bar):
    visits.cancel(visit, **CALLED_OFF, by=secretary, now=NOW)
    bar(visit, secretary)

    visits.undo(visit, by=secretary, now=NOW + SOON)

    assert work() == [visit.pk]
    assert Case.objects.standing().get(about_id=visit.pk).summary.endswith("nobody is seen then any more.")


@BARRED
def test_a_visit_whose_move_is_undone_is_work_where_nobody_is_seen_any_more(visit, secretary, bar):
    new = booking.move(visit, starts_at=TEN + timedelta(days=7), by=secretary, now=NOW)
    bar(visit, secretary)

    back = visits.undo(new, by=secretary, now=NOW + SOON)

    assert visit.pk in work()
    assert (back, work().count(visit.pk)) == (visit, 1)


def test_one_that_stood_in_closed_time_once_is_no_work_where_the_time_is_open_again(visit, doctor, secretary):
    closure = closed(secretary, provider=doctor)
    set_up.open_time(closure, by=secretary, now=NOW)
    visits.cancel(visit, **CALLED_OFF, by=secretary, now=NOW)

    visits.undo(visit, by=secretary, now=NOW + SOON)

    assert work() == []


def test_one_that_was_booked_outside_of_hours_on_purpose_is_no_work(doctor, secretary):
    early = make.visit(by=secretary, who=doctor, starts_at=TEN + 8 * HOUR, overbook_reason="Only then")
    visits.cancel(early, **CALLED_OFF, by=secretary, now=NOW)

    visits.undo(early, by=secretary, now=NOW + SOON)

    assert work() == []


@pytest.fixture
def lacking(visit, inside, secretary):
    """The visit's kind needs a machine by now that another one has then."""
    machine = Resource.objects.create(kind=ResourceKind.EQUIPMENT, name="X-ray", location=Location.objects.get())
    other = make.visit_type("Picture")
    Need.objects.create(visit_type=other, resource=machine)
    make.visit(by=secretary, kind=other, starts_at=TEN)
    set_up.add(Need(visit_type=visit.visit_type, resource=machine), by=secretary, now=NOW)
    return visit


def test_one_that_lacked_a_room_is_no_work_once_it_is_given_one(visit, secretary):
    room = Resource.objects.create(kind=ResourceKind.ROOM, name="Exam 1", group="exam")
    closed(secretary, resource=room)
    set_up.add(Need(visit_type=visit.visit_type, group="exam"), by=secretary, now=NOW)
    assert work() == [visit.pk]
    spare = Resource.objects.create(kind=ResourceKind.ROOM, name="Exam 2", group="exam")

    booking.move(visit, room=spare, by=secretary, now=NOW)

    assert work() == []


def test_one_that_lacks_a_machine_is_work_still_when_it_stands_again(lacking, secretary):
    visits.cancel(lacking, **CALLED_OFF, by=secretary, now=NOW)

    visits.undo(lacking, by=secretary, now=NOW + SOON)

    assert work() == [lacking.pk]


def test_one_that_lacks_a_machine_is_work_still_when_a_closed_time_is_opened(lacking, secretary):
    closure = closed(secretary, provider=lacking.provider)

    set_up.open_time(closure, by=secretary, now=NOW)

    assert work() == [lacking.pk]
