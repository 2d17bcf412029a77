"""Two visits in a row, and a family: found as chains, booked all or not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling import together
from scheduling.booking import SlotTaken
from scheduling.models import Appointment
from scheduling.openings import Search
from scheduling.together import Part
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

NINE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)


@pytest.fixture
def pair(inside):
    """A physical with the doctor, then twenty minutes with the nurse, for one patient."""
    patient = make.patient()
    physical, blood = make.visit_type(minutes=30), make.visit_type(minutes=20)
    return [Part(patient, physical, (make.provider("Dr. A"),)), Part(patient, blood, (make.provider("Nurse B"),))]


@pytest.fixture
def family(inside):
    kind, doctors = make.visit_type(), (make.provider("Dr. A"), make.provider("Dr. B"))
    return [Part(make.patient(given=given), kind, doctors) for given in ("Ada", "Ben", "Cleo")]


def times(chain):
    return [(one.provider, one.starts_at) for one in chain]


def day(parts):
    return Search(parts[0].visit_type, parts[0].providers, MONDAY, MONDAY)


def test_the_second_visit_begins_where_the_first_ends(pair):
    chain, *_ = together.first(pair, day(pair), now=NOW).chains

    assert [(one.provider.name, one.starts_at) for one in chain] == [("Dr. A", NINE), ("Nurse B", NINE + HALF)]


def test_a_pair_moves_on_together_when_the_second_provider_is_taken(pair, secretary):
    make.visit(by=secretary, who=pair[1].providers[0], starts_at=NINE + HALF)

    chain, *_ = together.first(pair, day(pair), now=NOW).chains

    assert chain[1].starts_at - chain[0].ends_at <= together.LONGEST_WAIT
    assert chain[0].starts_at == NINE + HALF / 2


def test_a_family_sees_one_provider_without_a_gap(family):
    chain, *_ = together.first(family, day(family), now=NOW, one_provider=True).chains

    assert {one.provider.name for one in chain} == {"Dr. A"}
    assert [one.starts_at for one in chain] == [NINE, NINE + HALF, NINE + HALF * 2]


def test_a_family_is_booked_in_one_act(family, secretary):
    chain, *_ = together.first(family, day(family), now=NOW, one_provider=True).chains

    visits = together.book(family, times(chain), by=secretary, now=NOW)

    assert [visit.patient for visit in visits] == [part.patient for part in family]


def test_when_one_time_of_a_family_is_gone_nobody_is_booked(family, secretary):
    chain, *_ = together.first(family, day(family), now=NOW, one_provider=True).chains
    make.visit(by=secretary, who=chain[2].provider, starts_at=chain[2].starts_at)

    with pytest.raises(SlotTaken):
        together.book(family, times(chain), by=secretary, now=NOW)

    assert Appointment.objects.count() == 1


def test_the_result_says_which_visit_finds_no_time(pair):
    away = [pair[0], Part(pair[1].patient, pair[1].visit_type, (make.provider("Nurse C", hours=False),))]

    result = together.first(away, day(away), now=NOW)

    assert (result.chains, result.reasons) == ([], ["Visit 2: Nurse C does not work on Monday, Nov 23."])
