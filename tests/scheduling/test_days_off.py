"""A day off gives no hours, whatever else is entered for the day; and nothing else can be."""

from datetime import date, time

import pytest

from scheduling import openings, set_up
from scheduling.enums import DayKind
from scheduling.models import DayException, Provider, VisitType
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

pytestmark = pytest.mark.django_db

SATURDAY, TUESDAY = date(2026, 11, 28), date(2026, 11, 24)
KINDS = pytest.mark.parametrize(("kind", "day"), [(DayKind.EXTRA, SATURDAY), (DayKind.OTHER, TUESDAY)])


def _free(who: Provider, day: date, kind: VisitType) -> list:
    return openings.free_times(who, day, kind, now=NOW)


@KINDS
def test_a_day_off_has_no_times_beside_hours_that_were_entered_before(inside, kind, day):
    who = make.provider()
    make.different(who, day, "09:00", "12:00", kind=kind)
    make.different(who, day)
    assert _free(who, day, make.visit_type()) == []


@KINDS
def test_a_day_off_is_refused_where_the_day_has_hours_of_its_own(inside, secretary, kind, day):
    who = make.provider()
    make.different(who, day, "09:00", "12:00", kind=kind)
    with pytest.raises(set_up.DoesNotFit, match=r"has hours on that day from 9:00 AM to 12:00 PM. Delete them first"):
        set_up.add(DayException(provider=who, day=day, kind=DayKind.OFF), by=secretary, now=NOW)
    assert len(_free(who, day, make.visit_type())) > 0


@KINDS
def test_hours_are_refused_on_a_day_off(inside, secretary, kind, day):
    who = make.provider()
    off = make.different(who, day)
    place = who.working_hours.order_by("weekday")[0].location
    row = DayException(provider=who, day=day, kind=kind, location=place, starts=time(9), ends=time(12))
    with pytest.raises(set_up.DoesNotFit, match=r"does not work on that day. Delete that first"):
        set_up.add(row, by=secretary, now=NOW)
    assert list(DayException.objects.filter(provider=who)) == [off]
