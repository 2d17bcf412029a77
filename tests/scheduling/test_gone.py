"""Who has died, or whose record is not in use, comes to no visit: the visits are work, and nobody calls."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.enums import CaseStatus
from compliance.models import Case
from compliance.tenancy.urls import practice_url
from patients.models import Patient
from scheduling import visits
from scheduling.models import WaitEntry
from scheduling.waitlist import ticking
from tests.factories import people, waiting
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary, starts_at=TEN)


DIED, NOT_IN_USE = {"is_deceased": True}, {"is_active": False}
GONE = pytest.mark.parametrize(("fact", "kind"), [(DIED, "deceased"), (NOT_IN_USE, "not-in-use")])


def becomes(visit, fact):
    Patient.objects.filter(pk=visit.patient_id).update(**fact)
    ticking.tick(now=NOW)
    ticking.tick(now=NOW)


def work(kind):
    return list(Case.objects.filter(kind=kind).values_list("patient", "status"))


@GONE
def test_the_visits_to_come_are_one_piece_of_work(visit, secretary, fact, kind):
    make.visit(by=secretary, whose=visit.patient, who=visit.provider, starts_at=TEN + timedelta(days=1))

    becomes(visit, fact)

    assert work(kind) == [(visit.patient_id, CaseStatus.REQUESTED)]


@GONE
def test_it_is_over_when_they_are_cancelled(visit, secretary, fact, kind):
    becomes(visit, fact)

    visits.cancel(visit, reason="other", initiator="practice", told_by="called", by=secretary, now=NOW)
    ticking.tick(now=NOW)

    assert work(kind) == [(visit.patient_id, CaseStatus.COMPLETED)]


def test_it_is_over_when_the_record_is_in_use_again(visit):
    becomes(visit, NOT_IN_USE)

    becomes(visit, {"is_active": True})

    assert work("not-in-use") == [(visit.patient_id, CaseStatus.COMPLETED)]


def test_who_dies_with_a_record_out_of_use_is_one_piece_of_work(visit):
    becomes(visit, DIED | NOT_IN_USE)

    assert (work("deceased"), work("not-in-use")) == ([(visit.patient_id, CaseStatus.REQUESTED)], [])


@GONE
def test_a_visit_that_was_lost_before_is_not_booked_again(visit, secretary, fact, kind):
    visits.cancel(visit, reason="prov", initiator="provider", told_by="called", by=secretary, now=NOW)

    becomes(visit, fact)

    assert [case.status for case in Case.objects.filter(kind="rebook")] == [CaseStatus.CANCELLED]


def test_who_has_died_waits_no_more(visit):
    entry = waiting.entry(make.visit_type(), whose=visit.patient)

    becomes(visit, DIED)

    assert WaitEntry.objects.get(pk=entry.pk).removed_because == "deceased"


@pytest.mark.parametrize("fields", [{"is_deceased": True}, {"is_active": False}])
def test_the_list_of_unconfirmed_visits_leaves_out_who_is_not_called(practice, inside, secretary, fields):
    doctor, soon = make.provider(hours=False), timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    for weekday in range(7):
        make.works(doctor, weekday, "00:00", "23:45")
    for number, family in enumerate(("Walker", "Nowak")):
        when = soon + timedelta(hours=2 * number)
        last = make.visit(by=secretary, who=doctor, whose=make.patient(family=family), starts_at=when, now=timezone.now())
    Patient.objects.filter(pk=last.patient_id).update(**fields)

    page = people.browser(secretary).get(practice_url(practice, "scheduling:unconfirmed"))

    assert [name for _, name, _ in page.context["rows"]] == ["Walker, Ada"]
