"""What came of freed times, wishes and recalls: counted from what stands, never guessed."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.exports import Mark
from compliance.exports import Span as Days
from compliance.tenancy.urls import practice_url
from scheduling import recalls, report_exports, visits, yields
from scheduling.models import FreedTime, WaitEntry
from scheduling.reports import Span
from scheduling.waitlist import confirming
from scheduling.yields import Won
from tests.factories import people, waiting
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

SPAN = Span(MONDAY, MONDAY + timedelta(days=13), ZoneInfo("America/Chicago"))
MARK = Mark("", "Practice", "Somebody", "today", "to know", "none")
CANCEL = {"reason": "pat", "initiator": "patient", "told_by": "patient"}


@pytest.fixture
def freed(doctor, kind, secretary):
    """Ten o'clock, given back while somebody waits for such a time."""
    waiting.entry(kind, by=secretary)
    visit = make.visit(by=secretary, who=doctor, kind=kind, starts_at=waiting.TEN)
    visits.cancel(visit, **CANCEL, by=secretary, now=NOW)
    return FreedTime.objects.get()


def lines(secretary, by="provider"):
    return {one.label: one for one in yields.lines(secretary, SPAN, by)}


def test_a_freed_time_counts_as_filled_once_its_offer_is_booked(freed, doctor, kind, secretary):
    before = lines(secretary)["Dr. Okafor"].freed
    offer = waiting.offer(waiting.entry(kind, by=secretary), doctor, by=secretary, freed=freed)
    confirming.book(offer, by=secretary, now=NOW)

    assert (before, lines(secretary)["Dr. Okafor"].freed) == (Won(1, 0), Won(1, 1))


def test_a_wish_for_any_provider_has_a_line_of_its_own(freed, secretary):
    assert lines(secretary)["Any provider"].wished == Won(1, 0)


def test_a_wish_that_ended_in_a_visit_booked_on_the_phone_counts_as_won(freed, doctor, kind, secretary):
    make.visit(by=secretary, who=doctor, kind=kind, whose=WaitEntry.objects.get().patient, starts_at=waiting.TEN)

    assert lines(secretary)["Any provider"].wished == Won(1, 1)


def test_where_nobody_wished_for_any_provider_there_is_no_such_line(doctor, secretary):
    assert list(lines(secretary)) == ["Dr. Okafor"]


def test_a_recall_counts_as_won_once_it_is_booked(doctor, kind, secretary):
    patient = make.patient()
    recalls.plan(patient=patient, visit_type=kind, due_on=MONDAY + timedelta(days=7), by=secretary, now=NOW)
    before = lines(secretary, "kind")["Follow-up"].recalled
    make.visit(by=secretary, who=doctor, kind=kind, whose=patient, starts_at=waiting.TEN)

    assert (before, lines(secretary, "kind")["Follow-up"].recalled) == (Won(1, 0), Won(1, 1))


def test_what_cannot_be_told_is_unknown_and_not_zero(freed, secretary):
    place, kind = next(iter(lines(secretary, "place").values())), lines(secretary, "kind")["Follow-up"]

    assert (place.wished, place.recalled, kind.freed) == (None, None, None)


def test_weeks_are_those_of_the_practice(freed, secretary):
    assert {label: one.freed for label, one in lines(secretary, "week").items()} == {
        "Nov 23": Won(0, 0),
        "Nov 30": Won(1, 0),
    }


def test_the_page_adds_them_up(freed, secretary, practice):
    asked = {"first": "2026-11-23", "last": "2026-12-06"}
    page = people.browser(secretary).get(practice_url(practice, "scheduling:report"), asked)

    assert page.context["yields"][-1].freed == Won(1, 0)
    assert page.context["yields"][-1].label == "All"


def test_as_many_questions_for_many_lines_as_for_few(freed, kind, secretary):
    def asked():
        lines(secretary)  # what she may do is known from here on
        with CaptureQueriesContext(connection) as captured:
            lines(secretary)
        return len(captured)

    few = asked()
    for n in range(5):
        waiting.entry(kind, by=secretary, provider=make.provider(f"Dr. {n}"))

    assert asked() == few


def test_the_exported_table_has_all_lines_and_leaves_empty_what_cannot_be_told(freed, secretary):
    days = Days(date(2026, 11, 23), date(2026, 12, 6))
    found = report_exports.batch(days, secretary, None, MARK)
    kind = next(line for line in found.lines if line.startswith("Kind of visit,Follow-up"))

    assert [line.split(",")[0] for line in found.lines] == ["Provider", "Provider", "Place", "Kind of visit", "Week", "Week"]
    assert kind.rstrip().split(",")[12:] == ["", "", "", "1", "0", "0", "0"]
    assert found.patients == set()


def test_the_exported_table_says_that_no_patient_stands_in_it():
    assert "Counts only, no patient" in MARK.line(is_phi=False)
