"""A visit dropped on a time: confirmed by one key, and when somebody was faster theirs stands beside ours."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.tenancy.urls import practice_url
from scheduling import booking, editing, visits
from scheduling.enums import Status
from scheduling.forms import slot_text
from scheduling.kinds import LimitReached
from scheduling.models import Appointment, DailyLimit, Need, Resource
from scheduling.reminding import to_remind
from tests.architecture.world import monday
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

PANEL = {"HX-Request": "true", "HX-Current-URL": "http://testserver/p/x/schedule/2030-01-07/"}


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary, who=make.provider("Dr. Okafor"), starts_at=monday(10), now=timezone.now())


@pytest.fixture
def url(practice, visit):
    return practice_url(practice, "scheduling:move", visit.pk)


@pytest.fixture
def two(visit):
    """Two o'clock with the same doctor."""
    return slot_text(visit.provider, monday(14))


def test_a_dropped_visit_asks_for_one_key_in_the_panel(as_secretary, url, two, visit):
    page = as_secretary.get(url, {"slot": two, "version": visit.version}, headers=PANEL)

    text = page.content.decode()
    assert ("Move it there" in text, "data-focus>" in text, "<html" in text) == (True, True, False)


def test_the_confirmed_move_leads_back_to_the_board_with_an_undo(as_secretary, url, two, visit):
    said = {"slot": two, "version": visit.version, "visit_type": "", "why": "", "next": "/p/x/schedule/2030-01-07/"}

    answer = as_secretary.post(url, said)

    new = Appointment.objects.get(rescheduled_from=visit)
    assert (answer["Location"], new.starts_at) == ("/p/x/schedule/2030-01-07/", monday(14))


def test_a_drop_from_a_stale_board_is_409_and_shows_theirs_and_ours(as_secretary, url, two, visit, secretary):
    seen = visit.version
    visits.confirm(visit, by=secretary, now=timezone.now())

    answer = as_secretary.post(url, {"slot": two, "version": seen, "visit_type": "", "why": "Bus"})

    text = answer.content.decode()
    assert (answer.status_code, "Theirs" in text, "Use mine" in text) == (409, True, True)
    assert answer.context["form"]["why"].value() == "Bus"


def test_mine_is_used_only_when_that_is_said(as_secretary, url, two, visit, secretary):
    seen = visit.version
    visits.confirm(visit, by=secretary, now=timezone.now())
    said = {"slot": two, "version": seen, "visit_type": "", "why": ""}
    stale = as_secretary.post(url, said)

    again = as_secretary.post(url, said | {"version": stale.context["form"]["version"].value()})

    assert (again.status_code, Appointment.objects.get(rescheduled_from=visit).starts_at) == (302, monday(14))


def test_a_visit_that_somebody_else_moved_shows_where_it_is_now(as_secretary, url, two, visit, secretary):
    seen = visit.version
    theirs = booking.move(visit, starts_at=monday(11), by=secretary, now=timezone.now())

    answer = as_secretary.post(url, {"slot": two, "version": seen, "visit_type": "", "why": ""})

    assert (answer.status_code, answer.context["theirs"], "Use mine" in answer.content.decode()) == (409, theirs, False)


def test_a_version_that_is_none_is_not_believed(as_secretary, url, two, visit):
    page = as_secretary.get(url, {"slot": two, "version": "٣"})

    assert page.context["form"]["version"].value() == visit.version


def test_the_board_says_what_can_be_dragged(as_secretary, practice, visit, secretary):
    gone = make.visit(by=secretary, who=visit.provider, starts_at=monday(11), now=timezone.now())
    visits.cancel(gone, reason="pat", initiator="patient", told_by="called", by=secretary, now=timezone.now())

    page = as_secretary.get(practice_url(practice, "scheduling:board", monday().date()) + "?gone=1")

    assert page.content.decode().count("data-version=") == 1


def test_reminders_follow_a_visit_through_its_moves(visit, secretary):
    first = booking.move(visit, starts_at=monday(14), by=secretary, now=timezone.now())
    second = booking.move(first, starts_at=monday(15) + timedelta(days=1), by=secretary, now=timezone.now())

    found = list(to_remind(start=monday(0), end=monday(0) + timedelta(days=5)))
    assert (found, Appointment.objects.filter(status=Status.RESCHEDULED).count()) == ([second], 2)


@pytest.mark.parametrize("source", ["import", "walk-in"])
def test_a_visit_is_moved_by_the_rules_of_any_other_wherever_it_came_from(inside, secretary, source):
    kind = make.visit_type(lead_hours=48)
    visit = make.visit(by=secretary, kind=kind, source=source)

    with pytest.raises(booking.NotSchedulable, match="48 hours ahead"):
        booking.move(visit, starts_at=visit.starts_at + timedelta(hours=1), by=secretary, now=NOW)


def test_a_visit_that_was_brought_over_is_not_moved_past_a_daily_limit(inside, secretary):
    visit = make.visit(by=secretary, source="import")
    DailyLimit.objects.create(provider=visit.provider, most=1)
    tomorrow = visit.starts_at + timedelta(days=1)
    make.visit(by=secretary, who=visit.provider, starts_at=tomorrow)

    with pytest.raises(LimitReached):
        booking.move(visit, starts_at=tomorrow + timedelta(hours=1), by=secretary, now=NOW)


def test_a_taken_time_is_answered_with_times_as_long_as_a_new_patient_takes(as_secretary, practice, secretary, visit):
    kind, now = make.visit_type(minutes=30, new_minutes=60), timezone.now()
    new = make.visit(by=secretary, who=visit.provider, kind=kind, starts_at=monday(14), now=now)
    said = {"slot": slot_text(visit.provider, visit.starts_at), "version": new.version, "visit_type": "", "why": ""}

    answer = as_secretary.post(practice_url(practice, "scheduling:move", new.pk), said)

    lengths = {one.ends_at - one.starts_at for one, _ in answer.context["instead"]}
    assert (answer.status_code, lengths) == (409, {timedelta(hours=1)})


def times(page):
    return [one.starts_at for one in page.context["result"].openings]


def test_a_visit_is_not_in_its_own_way(as_secretary, url, visit):
    quarter = timedelta(minutes=15)

    found = times(as_secretary.get(url, {"visit_type": visit.visit_type_id, "from_day": monday().date()}))

    assert {monday(10) - quarter, monday(10) + quarter} < set(found)


def test_a_visit_does_not_fill_the_day_that_it_leaves(as_secretary, url, visit):
    DailyLimit.objects.create(provider=visit.provider, most=1)

    found = times(as_secretary.get(url, {"visit_type": visit.visit_type_id, "from_day": monday().date()}))

    assert monday(14) in found


def test_its_room_is_free_for_it(as_secretary, url, visit, secretary):
    room = Resource.objects.create(kind="room", name="Exam 1")
    Need.objects.create(visit_type=visit.visit_type, resource=room)
    editing.take_room(visit, room, timezone.now())

    found = times(as_secretary.get(url, {"visit_type": visit.visit_type_id, "from_day": monday().date()}))

    assert monday(10) + timedelta(minutes=15) in found
