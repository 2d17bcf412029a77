"""Calendars filled at random: nothing that is offered is taken, and everything that is offered can be booked."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.roles import Role
from compliance.tenancy import acting_in
from scheduling import booking, openings
from scheduling.booking import NotSchedulable, OutsideHours, SlotTaken
from scheduling.enums import ResourceKind
from scheduling.models import DailyLimit, Need, Occupation, Resource
from scheduling.openings import Search
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW
from tests.reporting import EXACTLY, soak_row

NINE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
EXAMPLES = 1000

KINDS = st.fixed_dictionaries(
    {
        "minutes": st.sampled_from([15, 30, 50, 90]),
        "buffer_before": st.sampled_from([0, 10]),
        "buffer_after": st.sampled_from([0, 15]),
        "capacity": st.sampled_from([1, 1, 2]),
        "lead_hours": st.sampled_from([0, 3]),
        "new_minutes": st.sampled_from([None, 60]),
    }
)
ACTS = st.lists(
    st.tuples(st.sampled_from(["book", "hold"]), st.integers(0, 1), st.integers(0, 1), st.integers(0, 31)), max_size=12
)
WHOLE = st.tuples(
    st.lists(KINDS, min_size=2, max_size=2),
    ACTS,
    st.integers(1, 2),
    st.sampled_from([None, 2]),
    st.booleans(),
    st.booleans(),
)
_nth = count()


class Filled:
    """Two providers, a room that one kind needs, and what was booked and held as far as it could be."""

    def __init__(self, made: tuple, secretary) -> None:
        kinds, acts, lanes, limit, needs_room, self.is_new = made
        self.secretary = secretary
        self.doctors = [make.provider(capacity=lanes), make.provider()]
        self.kinds = [make.visit_type(**kind) for kind in kinds]
        self.patient = make.patient()
        if needs_room:
            room = Resource.objects.create(kind=ResourceKind.ROOM, name=f"Room {next(_nth)}")
            Need.objects.create(visit_type=self.kinds[0], resource=room)
        if limit:
            DailyLimit.objects.create(provider=self.doctors[0], most=limit)
        for act in acts:
            self._try(*act)

    def _try(self, what: str, who: int, kind: int, quarter: int) -> None:
        said = {"by": self.secretary, "now": NOW}
        slot = (self.doctors[who], NINE + QUARTER * quarter, self.kinds[kind])
        try:
            with transaction.atomic():
                self.book(*slot) if what == "book" else booking.hold(*slot, **said, held_for=self.patient.pk)
        except (SlotTaken, OutsideHours, NotSchedulable):
            pass

    def book(self, doctor, starts_at, kind):
        """For one patient, as new or known as she is."""
        said = {"by": self.secretary, "now": NOW, "is_new_patient": self.is_new, "despite_overlap": True}
        return booking.book(patient=self.patient, provider=doctor, starts_at=starts_at, visit_type=kind, **said)

    def offered(self, kind):
        """Everything on Monday."""
        usual = kind.as_for(new_patient=self.is_new)
        search = Search(usual, self.doctors, MONDAY, MONDAY, new_patient=self.is_new, by=self.secretary)
        return openings.first(search, now=NOW, limit=None).openings

    def refuses(self, one, kind) -> bool:
        """Whether an offered time cannot be booked after all. What was booked is taken back."""
        place = transaction.savepoint()
        try:
            self.book(one.provider, one.starts_at, kind)
        except (SlotTaken, OutsideHours, NotSchedulable):
            return True
        finally:
            transaction.savepoint_rollback(place)
        return False


def refused(filled: Filled) -> int:
    """How many of what is offered cannot be booked: the first, the last, and some between."""
    found = [(one, kind) for kind in filled.kinds for one in filled.offered(kind)]
    return sum(filled.refuses(one, kind) for one, kind in found[:: max(len(found) // 6, 1)])


def taken_twice(filled: Filled) -> int:
    """How many offered times lie in taken time of a calendar with one lane, for a kind that is no group."""
    number = 0
    for kind in (kind for kind in filled.kinds if kind.capacity == 1):
        for one in (one for one in filled.offered(kind) if one.provider.resource.capacity == 1):
            there = Occupation.objects.in_force(NOW).filter(resource=one.provider.resource)
            number += there.overlapping(one.starts_at, one.ends_at).exists()
    return number


def run(practice, secretary, count_of, examples: int) -> int:
    """The number over all examples; each leaves nothing behind, so that the last one is as quick as the first."""
    total = 0

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(WHOLE)
    def fill(made):
        nonlocal total
        secretary.forget_standings()
        with acting_in(practice.pk, secretary.pk), transaction.atomic():
            total += count_of(Filled(made, secretary))
            transaction.set_rollback(True)

    fill()
    return total


@pytest.mark.parametrize("count_of", [refused, taken_twice])
def test_what_is_offered_is_free_and_can_be_booked(practice, secretary, count_of):
    assert run(practice, secretary, count_of, 5) == 0


@pytest.fixture
def house(committed):
    """A practice that stays, with its secretary."""
    practice = people.practice()
    return practice, people.member(practice, Role.SECRETARY)


@pytest.mark.soak
def test_what_is_offered_in_a_thousand_calendars_can_be_booked(house):
    assert soak_row("openings_not_bookable", run(*house, refused, EXAMPLES), 0, rule=EXACTLY)


@pytest.mark.soak
def test_what_is_offered_in_a_thousand_calendars_is_not_taken(house):
    assert soak_row("openings_in_taken_time", run(*house, taken_twice, EXAMPLES), 0, rule=EXACTLY)
