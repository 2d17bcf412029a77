"""What may be booked at all: not the past, and of what is not offered any more only what stands already."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from compliance.tenancy.urls import practice_url
from scheduling import booking, set_up
from scheduling.booking import NotSchedulable
from scheduling.forms import slot_text
from scheduling.models import Appointment
from tests.architecture.world import monday
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(days=700)])
def test_what_has_passed_is_not_booked_for_any_reason(inside, secretary, ago):
    with pytest.raises(NotSchedulable, match="passed"):
        make.visit(by=secretary, starts_at=NOW - ago, overbook_reason="In pain")


def test_a_reason_to_double_book_still_opens_what_is_booked_ahead(inside, secretary):
    kind = make.visit_type(lead_hours=48)

    assert make.visit(by=secretary, kind=kind, starts_at=TEN, overbook_reason="In pain").starts_at == TEN


def test_a_visit_is_not_moved_into_the_past_for_any_reason(inside, secretary):
    visit = make.visit(by=secretary)

    with pytest.raises(NotSchedulable, match="passed"):
        booking.move(visit, starts_at=NOW - timedelta(hours=1), overbook_reason="In pain", by=secretary, now=NOW)


@pytest.fixture
def retired(inside, secretary):
    """A visit whose kind is not offered any more, and by video only."""
    kind = make.visit_type()
    visit = make.visit(by=secretary, kind=kind, now=timezone.now(), starts_at=monday(10))
    set_up.change(kind, {"is_active": False, "modes": ["video"]}, version=kind.version, by=secretary, now=NOW)
    return Appointment.objects.get(pk=visit.pk)


def test_a_visit_of_a_kind_that_is_not_offered_any_more_can_be_moved_and_changed(retired, secretary):
    moved = booking.move(retired, starts_at=monday(11), by=secretary, now=timezone.now())

    changed = booking.move(moved, comment="Brings X-rays", by=secretary, now=timezone.now())

    assert (changed.starts_at, changed.mode, changed.comment) == (monday(11), "office", "Brings X-rays")


def test_it_is_not_changed_to_another_way_that_is_not_offered(retired, secretary):
    with pytest.raises(NotSchedulable, match="not offered this way"):
        booking.move(retired, mode="phone", by=secretary, now=timezone.now())


def test_a_visit_is_not_moved_to_a_kind_that_is_not_offered_any_more(retired, secretary):
    other = make.visit(by=secretary, starts_at=monday(14), now=timezone.now())

    with pytest.raises(NotSchedulable, match="not offered any more"):
        booking.move(other, visit_type=retired.visit_type, by=secretary, now=timezone.now())


def test_the_finder_looks_for_times_of_a_kind_that_is_not_offered_any_more(retired, practice, as_secretary):
    url = practice_url(practice, "scheduling:move", retired.pk)
    found = as_secretary.get(url).context["result"].openings[0]
    said = {"slot": slot_text(found.provider, found.starts_at), "version": retired.version, "why": ""}

    answer = as_secretary.post(url, said | {"visit_type": retired.visit_type_id})

    assert (answer.status_code, Appointment.objects.filter(rescheduled_from=retired).count()) == (302, 1)
