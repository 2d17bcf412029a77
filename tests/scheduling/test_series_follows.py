"""A series meets what waits for a visit of the patient, as a single booking does."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.everywhere import NotEverywhere
from compliance.models import AuditEvent, Case, Location
from compliance.tenancy import current_practice_id
from scheduling import series, series_filling, visits
from scheduling.ahead import Refusal
from scheduling.enums import Skipped
from scheduling.models import FreedTime, Offer, Rebooking, Series
from tests.factories import scheduling as make
from tests.factories import series as again
from tests.factories import waiting
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def test_the_work_for_a_cancelled_visit_is_closed_by_a_series(inside, secretary):
    doctor, kind = make.provider(), make.visit_type()
    lost = make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN)
    visits.cancel(lost, reason="prov", initiator="provider", told_by="called", by=secretary, now=NOW)

    made = again.booked(by=secretary, patient=lost.patient, provider=doctor, visit_type=kind)

    row = Rebooking.objects.get(lost=lost)
    assert (row.found, Case.objects.get(pk=row.case_id).status) == (again.visits(made)[0], "completed")


def test_what_the_clock_books_does_not_close_the_work_for_a_cancelled_visit(inside, secretary):
    made = again.booked(by=secretary, count=None)
    lost = again.visits(made)[0]
    visits.cancel(lost, reason="prov", initiator="provider", told_by="called", by=secretary, now=NOW)

    filled = series_filling.fill(made.pk, now=NOW + timedelta(weeks=3))

    row = Rebooking.objects.get(lost=lost)
    assert (filled, row.found, Case.objects.get(pk=row.case_id).status) == ((3, 0), None, "requested")


def test_a_series_in_which_filling_fails_does_not_stop_the_others(inside, secretary):
    west = Location.objects.create(name="West", time_zone="America/Denver")
    there = make.provider(hours=False)
    make.works(there, 0, location=west)
    broken = again.booked(by=secretary, count=None, provider=there, location=west)
    Location.objects.filter(pk=west.pk).update(time_zone="Nowhere")
    whole = again.booked(by=secretary, count=None)
    had = len(again.rows(whole))

    with pytest.raises(NotEverywhere, match="1 of 2"):
        series_filling.fill_all(current_practice_id(), now=NOW + timedelta(weeks=3))

    body = AuditEvent.objects.get(kind="series.run").body
    assert len(again.rows(whole)) == had + 3
    assert (body["series"], body["left_out"], Series.objects.get(pk=broken.pk).ended_at) == (1, 1, None)


def test_a_date_on_which_she_is_at_another_place_is_warned_of(inside, secretary):
    west = Location.objects.create(name="West", time_zone="America/Chicago")
    there = make.provider(hours=False)
    make.works(there, 0, location=west)
    noon = datetime(2026, 12, 7, 18, 0, tzinfo=UTC)
    visit = make.visit(by=secretary, who=there, starts_at=noon)
    wanted = again.unsaved(patient=visit.patient)

    second = series.look(wanted, by=secretary, now=NOW)[1]
    made = series.make(wanted, by=secretary, now=NOW, choices={second.on: series.Choice(series.DESPITE)})

    assert second.refusal == Refusal(Skipped.BUSY, "The patient has another visit at another place on that day.")
    assert len(again.visits(made)) == 4


def test_every_date_of_a_series_withdraws_what_was_offered_then(inside, secretary):
    doctor, kind = make.provider(), make.visit_type()
    offers = [waiting.offer(waiting.entry(kind), doctor, by=secretary, starts_at=TEN + timedelta(weeks=n)) for n in (1, 2)]

    again.booked(by=secretary, provider=doctor, visit_type=make.visit_type())

    assert {Offer.objects.get(pk=one.pk).status for one in offers} == {"withdrawn"}


def test_and_ends_the_work_of_times_that_became_free(inside, secretary):
    doctor, kind = make.provider(), make.visit_type()
    waiting.entry(kind)
    for n in (1, 2):
        free = make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + timedelta(weeks=n))
        visits.cancel(free, reason="pat", initiator="patient", told_by="patient", by=secretary, now=NOW)

    again.booked(by=secretary, provider=doctor, visit_type=make.visit_type())

    assert [row.closed_at for row in FreedTime.objects.all()] == [NOW, NOW]


def test_an_offer_to_her_of_a_later_date_is_booked_by_it(inside, secretary):
    doctor, kind, whose = make.provider(), make.visit_type(), make.patient()
    offer = waiting.offer(
        waiting.entry(kind, whose=whose, provider=doctor), doctor, by=secretary, starts_at=TEN + timedelta(weeks=1)
    )

    made = again.booked(by=secretary, patient=whose, provider=doctor, visit_type=kind)

    row = Offer.objects.get(pk=offer.pk)
    assert (row.status, row.visit in again.visits(made)) == ("booked", True)
