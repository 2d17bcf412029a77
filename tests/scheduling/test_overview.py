"""The week, the month and the flow of the day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.tenancy.urls import practice_url
from scheduling import flow, load, visits
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

CHICAGO = ZoneInfo("America/Chicago")
TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary)


def loads(visit, first=MONDAY, last=MONDAY):
    return load.of([visit.provider], first, last, zone=CHICAGO)[visit.provider.pk]


def groups(secretary, by="state", now=NOW):
    return flow.of_day(secretary, MONDAY, by, zone=CHICAGO, limit=20, now=now)


def test_a_day_is_as_full_as_its_visits_take_of_the_open_time(visit):
    (one,) = loads(visit)

    assert (one.visits, one.minutes, one.open_minutes, one.share) == (1, 30, 480, 30 / 480)


def test_a_cancelled_visit_does_not_fill_a_day(visit, secretary):
    visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=secretary, now=NOW)

    assert loads(visit)[0].visits == 0


def test_a_day_that_is_closed_says_why_and_has_no_share(visit):
    make.closure(TEN + timedelta(hours=21), TEN + timedelta(hours=33), reason="Holiday", provider=visit.provider)
    one = loads(visit, MONDAY, MONDAY + timedelta(days=1))[1]

    assert (one.closed, one.share) == (("Holiday",), None)


def test_a_visit_belongs_to_the_local_day_on_which_it_begins(visit, secretary):
    make.works(visit.provider, 0, "17:00", "23:00")
    make.visit(by=secretary, who=visit.provider, starts_at=datetime(2026, 11, 24, 4, 0, tzinfo=UTC))

    assert [one.visits for one in loads(visit, MONDAY, MONDAY + timedelta(days=1))] == [2, 0]


def test_who_is_here_has_minutes_and_who_is_not_has_none(visit, secretary):
    visits.arrive(visit, by=secretary, now=TEN)
    ((seen,),) = [group.rows for group in groups(secretary, now=TEN + timedelta(minutes=12))]

    assert (seen.minutes, seen.is_long, seen.late) == (12, False, None)


def test_waiting_past_the_practices_limit_is_long(visit, secretary):
    visits.arrive(visit, by=secretary, now=TEN)
    ((seen,),) = [group.rows for group in groups(secretary, now=TEN + timedelta(minutes=21))]

    assert seen.is_long


def test_who_has_not_come_six_minutes_after_is_late(visit, secretary):
    ((seen,),) = [group.rows for group in groups(secretary, now=TEN + timedelta(minutes=6))]

    assert (seen.minutes, seen.late) == (None, 6)


def test_who_waits_stands_above_who_is_still_to_come(visit, secretary):
    later = make.visit(by=secretary, starts_at=TEN - timedelta(hours=1))
    visits.arrive(visit, by=secretary, now=TEN)

    assert [group.rows[0].visit.pk for group in groups(secretary)] == [visit.pk, later.pk]


@pytest.mark.parametrize("by", flow.BY)
def test_each_grouping_holds_every_visit_of_the_day(visit, secretary, by):
    make.visit(by=secretary)

    assert sum(len(group.rows) for group in groups(secretary, by)) == 2


@pytest.mark.parametrize("view", ["week", "month", "flow"])
def test_a_page_asks_as_many_questions_for_many_as_for_few(practice, visit, secretary, view):
    browser, url = people.browser(secretary), practice_url(practice, f"scheduling:{view}", "2026-11-23")
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as found:
            assert browser.get(url).status_code == 200
        counts.append(len(found))
        make.visit(by=secretary, who=visit.provider, starts_at=TEN + timedelta(hours=len(counts)))

    assert counts[1] == counts[2]


def test_the_month_shows_whole_weeks_and_leads_to_the_days(practice, visit, secretary):
    page = people.browser(secretary).get(practice_url(practice, "scheduling:month", "2026-11-23")).content.decode()

    assert all(practice_url(practice, "scheduling:board", day) in page for day in (date(2026, 10, 26), date(2026, 12, 6)))


def test_a_day_without_hours_is_marked_as_off_and_one_with_a_visit_is_not(visit):
    monday, *_, sunday = loads(visit, MONDAY, MONDAY + timedelta(days=6))

    assert (monday.marks, sunday.marks) == ("", " none off")


def test_the_week_of_the_clock_change_has_seven_days(visit):
    assert len(loads(visit, date(2026, 10, 26), date(2026, 11, 1))) == 7


def test_who_has_arrived_is_checked_in_next(practice, visit, secretary):
    visits.arrive(visit, by=secretary, now=TEN)
    ((one,),) = (group.rows for group in groups(secretary, now=TEN))

    assert one.act == ("check-in", "Check in")


@pytest.mark.parametrize(("by", "title"), [("state", "Late"), ("provider", None), ("room", "No room yet")])
def test_who_is_late_stands_first(visit, secretary, by, title):
    early = make.visit(by=secretary, who=visit.provider, starts_at=TEN - timedelta(hours=1))
    visits.arrive(early, by=secretary, now=NOW)
    first = groups(secretary, by, now=TEN + timedelta(minutes=6))[0]

    assert (first.title, first.rows[0].visit.pk) == (title or str(visit.provider), visit.pk)


def test_on_another_day_nobody_is_late(visit, secretary):
    (group,) = groups(secretary, now=TEN + timedelta(days=1))

    assert (group.title, group.rows[0].late) == ("Scheduled", None)


def test_a_group_that_is_over_is_folded(practice, visit, secretary):
    visits.finish(visit, by=secretary, now=TEN, quick=True)
    page = people.browser(secretary).get(practice_url(practice, "scheduling:flow", "2026-11-23")).content.decode()

    assert '<details class="group-over"><summary><h2 id="g1">Completed' in page
