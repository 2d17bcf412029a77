"""What the report on the schedule counts, and what it never mixes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import booking, reports, visits
from scheduling.models import Appointment
from scheduling.reports import Span
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

CHICAGO = ZoneInfo("America/Chicago")
WEEK = Span(MONDAY, MONDAY + timedelta(days=6), CHICAGO)
NINE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CANCEL = {"reason": "pat", "initiator": "patient", "told_by": "patient"}


@pytest.fixture
def book(doctor, secretary):
    kind, hours = make.visit_type("Follow-up", minutes=30), iter(range(16))

    def booked(**more):
        return make.visit(by=secretary, who=doctor, kind=kind, starts_at=NINE + timedelta(minutes=30 * next(hours)), **more)

    return booked


def line(secretary, span=WEEK):
    return reports.lines(secretary, span, "provider", now=NOW)[0]


def finished(visit, secretary):
    visits.finish(visit, by=secretary, now=visit.ends_at, quick=True)


def test_held_cancelled_and_moved_are_counted_apart(book, secretary):
    finished(book(), secretary)
    visits.cancel(book(), **CANCEL, by=secretary, now=NOW)
    visits.no_show(book(), by=secretary, now=NINE + timedelta(hours=3))
    booking.move(book(), by=secretary, now=NOW, starts_at=NINE + timedelta(hours=6))
    found = line(secretary)

    assert (found.held, found.cancelled, found.no_show, found.moved, found.ahead) == (1, 1, 1, 1, 1)


def test_what_was_entered_in_error_is_not_counted(book, secretary):
    visits.enter_in_error(book(), reason="Wrong patient", by=secretary, now=NOW)

    assert (line(secretary).ahead, line(secretary).cancelled) == (0, 0)


def test_a_rate_of_nothing_is_unknown_and_not_zero(doctor, secretary):
    assert (line(secretary).no_show_rate, line(secretary).cancel_rate) == (None, None)


def test_no_shows_are_of_those_expected_whose_visit_is_over(book, secretary):
    finished(book(), secretary)
    visits.no_show(book(), by=secretary, now=NINE + timedelta(hours=3))
    book()

    assert line(secretary).no_show_rate == 0.5


def test_utilisation_is_minutes_of_visits_of_minutes_open(book, secretary):
    for _ in range(4):
        book()
    found = line(secretary)

    assert (found.minutes, found.open_minutes, found.utilisation) == (120, 5 * 480, 0.05)


def test_a_cancelled_visit_does_not_fill_the_calendar(book, secretary):
    visits.cancel(book(), **CANCEL, by=secretary, now=NOW)

    assert line(secretary).minutes == 0


def test_closed_time_is_not_open_time(doctor, secretary):
    make.closure(NINE, NINE + timedelta(hours=8), provider=doctor)

    assert line(secretary).open_minutes == 4 * 480


def test_a_kind_of_visit_has_no_hours_of_its_own(book, secretary):
    book()

    assert reports.lines(secretary, WEEK, "kind", now=NOW)[0].utilisation is None


def test_a_visit_late_on_the_last_day_belongs_to_the_practices_day(doctor, secretary):
    make.works(doctor, 6, "17:00", "23:00")
    late = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)  # Sunday, 10 PM in Chicago
    make.visit(by=secretary, who=doctor, starts_at=late)

    assert [(one.label, one.ahead) for one in reports.lines(secretary, WEEK, "week", now=NOW)] == [("Nov 23", 1)]


def test_cancellations_are_told_by_reason_whose_wish_and_notice(book, secretary):
    visits.cancel(book(), **CANCEL, by=secretary, now=NOW)
    visits.cancel(book(), **CANCEL | {"reason": "prov", "initiator": "provider"}, by=secretary, now=NOW - timedelta(days=2))
    reasons = {row.label: row.count for row in reports.cancelled_by_reason(secretary, WEEK)}
    whose = {row.label: row.share for row in reports.cancelled_by_whom(secretary, WEEK)}
    notice = [row.count for row in reports.cancelled_by_notice(secretary, WEEK)]

    assert reasons == {"Patient's wish": 1, "Provider not available": 1}
    assert whose == {"Patient": 0.5, "Provider": 0.5}
    assert notice == [1, 1, 0, 0, 0]


def test_no_shows_are_told_by_how_long_before_they_were_booked(book, secretary):
    visit = book()
    Appointment.objects.filter(pk=visit.pk).update(created_at=visit.starts_at - timedelta(days=40))
    visits.no_show(visit, by=secretary, now=NINE + timedelta(hours=3))

    assert [row.count for row in reports.no_shows_by_lead(secretary, WEEK)] == [0, 0, 0, 0, 1]


def test_the_third_next_time_is_the_third_and_none_when_there_is_none(doctor, secretary):
    never = make.provider("Dr. Away", hours=False)
    kind = make.visit_type(minutes=240)
    found = {one.provider: one.days for one in reports.third_next(secretary, kind, now=NOW, zone=CHICAGO)}

    assert found == {doctor: 0 if found[doctor] == 0 else 1, never: None}


def test_the_page_asks_as_many_questions_for_many_visits_as_for_few(practice, book, secretary):
    browser, url = people.browser(secretary), practice_url(practice, "scheduling:report")
    asked = {"first": "2026-11-23", "last": "2026-11-29"}

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert browser.get(url, asked).status_code == 200
        return len(found)

    book()
    queries()
    few = queries()
    for _ in range(8):
        book()

    assert queries() == few


def test_no_patient_is_opened_by_a_report(practice, book, secretary):
    book(reason="Cough")
    page = people.browser(secretary).get(
        practice_url(practice, "scheduling:report"), {"first": "2026-11-23", "last": "2026-11-29"}
    )

    assert (b"Walker" in page.content, b"Dr. Okafor" in page.content) == (False, True)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"first": "2026-11-24", "last": "2026-11-23"}, "on or after the first"),
        ({"first": "2020-01-01", "last": "2026-11-23"}, "at most one year"),
        ({"first": "soon", "last": "2026-11-23"}, "real date"),
    ],
)
def test_a_period_that_is_none_gets_a_sentence(practice, doctor, secretary, asked, sentence):
    page = people.browser(secretary).get(practice_url(practice, "scheduling:report"), asked)

    assert (page.status_code, sentence in page.content.decode()) == (422, True)


def test_somebody_of_billing_does_not_see_it(practice, doctor):
    billing = people.member(practice, Role.BILLING)

    assert people.browser(billing).get(practice_url(practice, "scheduling:report")).status_code == 403


def test_the_day_that_has_25_hours_is_counted_whole(doctor, secretary):
    start, end = Span(date(2026, 11, 1), date(2026, 11, 1), CHICAGO).moments()

    assert end - start == timedelta(hours=25)
