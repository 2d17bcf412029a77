"""Refusals, in English."""

from datetime import timedelta

import pytest
import time_machine

from scheduling import booking, steps
from scheduling.enums import NEXT, Status
from scheduling.models import Appointment
from scheduling.views.charts import in_short
from scheduling.views.refusals import in_words
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW


def said(status):
    return in_words(steps.IllegalMove(steps.allowed(status)), Appointment(status=status))


@pytest.mark.parametrize("status", Status)
def test_every_status_is_named_as_one(status):
    assert said(status).startswith(f"The visit's status is “{status.label}”. ")


@pytest.mark.parametrize("status", Status)
def test_nobody_is_told_of_what_is_not_offered(status):
    named = {one for one in Status if one != status and f"“{one.label}”" in said(status)}

    assert named <= NEXT[status] - {Status.IN_ERROR}


def test_what_is_offered_is_a_sentence():
    assert said(Status.CHECKED_IN) == (
        "The visit's status is “Checked in”. From there it can become “Completed”, “In room” or “Left without being seen”."
    )


@pytest.mark.parametrize("status", [Status.FULFILLED, Status.NO_SHOW])
def test_what_is_over_is_taken_back_with_a_permission(status):
    assert said(status).endswith("It is over. “Take back” changes that, for those who may.")


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.RESCHEDULED, Status.LEFT, Status.IN_ERROR])
def test_what_is_final_says_so(status):
    assert said(status).endswith("It stays so.")


def test_one_hour_is_one(inside, secretary):
    kind = make.visit_type("Injection", lead_hours=1)

    with pytest.raises(booking.NotSchedulable, match="at least 1 hour ahead"):
        make.visit(by=secretary, kind=kind, starts_at=NOW + timedelta(minutes=30))


def test_an_act_is_told_on_the_clock_of_the_place(inside, secretary):
    visit = make.visit(by=secretary, who=make.provider("Dr. Nair"))
    visit.location.time_zone = "Pacific/Honolulu"

    with time_machine.travel(NOW, tick=False):
        assert in_short(visit) == "Mon, Nov 23, 6:00 AM with Dr. Nair"
