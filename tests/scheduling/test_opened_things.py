"""A room or a machine that is open again is offered to whoever waits for a visit that needs it, as far as it is free."""

from datetime import timedelta

import pytest

from scheduling import set_up
from scheduling.models import FreedTime
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.scheduling.test_closed_things import HOUR, TEN, close, kind, machine

__all__ = ["kind", "machine"]


@pytest.fixture
def waits(kind, doctor):
    """For a visit that needs the machine, with the one doctor."""
    return waiting.entry(kind, provider=doctor)


def noted():
    return list(FreedTime.objects.order_by("starts_at").values_list("starts_at", "ends_at"))


def test_who_waits_for_a_visit_that_needs_it_is_work_when_it_is_open_again_and_nobody_else(kind, machine, secretary):
    make.provider()
    closures = [close(machine, secretary) for _ in range(2)]
    waiting.entry(make.visit_type("Other"))
    set_up.open_time(closures[0], by=secretary, now=NOW)
    before = FreedTime.objects.count()
    waiting.entry(kind)

    set_up.open_time(closures[1], by=secretary, now=NOW)

    assert (before, FreedTime.objects.count()) == (0, 1)


def test_one_that_is_closed_for_another_reason_is_not_open(waits, machine, secretary):
    closure = close(machine, secretary)

    set_up.change_closure(closure, {"reason": "Upkeep"}, version=closure.version, by=secretary, now=NOW)

    assert noted() == []


def test_of_two_closed_times_the_other_goes_on(waits, machine, secretary):
    longer, _ = close(machine, secretary, hours=2), close(machine, secretary, hours=1)

    set_up.open_time(longer, by=secretary, now=NOW)

    assert noted() == [(TEN + HOUR, TEN + 2 * HOUR)]


def test_what_a_visit_takes_of_it_is_offered_to_nobody(waits, kind, machine, secretary):
    make.visit(by=secretary, kind=kind)
    closure = close(machine, secretary)

    set_up.open_time(closure, by=secretary, now=NOW)

    assert noted() == [(TEN + timedelta(minutes=30), TEN + 2 * HOUR)]
