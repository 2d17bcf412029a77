"""Two visits in a row, and a family: found as chains, booked all or not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling import together
from scheduling.booking import SlotTaken
from scheduling.models import Appointment, DailyLimit
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


def test_a_family_leaves_the_minutes_between_that_its_kind_keeps_free(inside, secretary):
    kind, doctor = make.visit_type(buffer_after=15), make.provider()
    family = [Part(make.patient(), kind, (doctor,)), Part(make.patient(), kind, (doctor,))]

    chain, *_ = together.first(family, day(family), now=NOW).chains

    assert [one.starts_at for one in chain] == [NINE, NINE + HALF * 3 / 2]
    assert len(together.book(family, times(chain), by=secretary, now=NOW)) == 2


def test_the_second_visit_begins_where_the_first_leaves_off_its_provider(inside, secretary):
    doctor, kinds = make.provider(hours=False), [make.visit_type(minutes=20), make.visit_type(minutes=50)]
    make.works(doctor, MONDAY.weekday(), ends="10:10")
    pair = [Part(make.patient(), kind, (doctor,)) for kind in kinds]

    chain, *others = together.first(pair, day(pair), now=NOW).chains

    assert ([one.starts_at for one in chain], others) == ([NINE, NINE + timedelta(minutes=20)], [])
    assert len(together.book(pair, times(chain), by=secretary, now=NOW)) == 2


def test_two_lanes_hold_a_family_without_a_gap(inside):
    kind, doctor = make.visit_type(buffer_after=15), make.provider(capacity=2)
    family = [Part(make.patient(), kind, (doctor,)), Part(make.patient(), kind, (doctor,))]

    chain, *_ = together.first(family, day(family), now=NOW).chains

    assert [one.starts_at for one in chain] == [NINE, NINE + HALF]


def test_a_family_larger_than_the_limit_of_a_day_is_told_so(family):
    DailyLimit.objects.create(provider=family[0].providers[0], most=2)

    result = together.first(family, day(family), now=NOW, one_provider=True)

    assert {one.provider.name for chain in result.chains for one in chain} == {"Dr. B"}


def test_when_nobody_has_room_for_all_of_a_family_the_limit_is_the_reason(family):
    DailyLimit.objects.create(most=2)

    result = together.first(family, day(family), now=NOW, one_provider=True)

    assert (result.chains, result.reasons[1:]) == (
        [],
        ["Dr. A sees at most 2 visits a day.", "Dr. B sees at most 2 visits a day."],
    )
