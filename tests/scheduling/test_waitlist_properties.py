"""Whatever is done to a wait list in any order: a time is held or booked once, and nobody is lost."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from compliance.enums import CASE_STANDING
from compliance.models import Case, Practice, User
from compliance.roles import Role
from compliance.tenancy import acting_in
from scheduling import booking, taking, visits
from scheduling.enums_waiting import OFFER_OUT, OfferStatus, WaitStatus
from scheduling.models import Appointment, FreedTime, Occupation, Offer, WaitEntry
from scheduling.waitlist import confirming, offers
from tests.factories import people, waiting
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN

W, O = WaitStatus, OfferStatus  # noqa: E741
REFUSED = (
    offers.NotOffered,
    offers.OfferedAlready,
    taking.SlotTaken,
    booking.PatientBusy,
    booking.Stale,
    visits.TooLate,
    visits.IllegalMove,
)
one_of_three = st.integers(0, 2)


class WaitList(RuleBasedStateMachine):
    """Three who wait, two times of one provider, and everything that is done with them; each story is undone at its end."""

    practice: Practice
    by: User

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.by.forget_standings()
        self.inside = ExitStack()
        self.inside.enter_context(acting_in(self.practice.pk, self.by.pk))
        self.inside.enter_context(transaction.atomic())
        self.doctor, self.kind = make.provider(), make.visit_type()
        self.entries = [waiting.entry(self.kind) for _ in range(3)]
        self.times = [TEN, TEN + timedelta(minutes=30)]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.inside.close()

    def _do(self, act) -> None:
        self.now += timedelta(seconds=5)
        try:
            act()
        except REFUSED:
            return

    def _offer(self, who: int) -> Offer | None:
        rows = Offer.objects.filter(entry=self.entries[who]).select_related(
            "entry__visit_type", "entry__later_visit", "patient", "provider__resource", "location", "freed__case", "by"
        )
        return rows.order_by("-at", "-pk").first()

    @rule(who=one_of_three, time=st.integers(0, 1))
    def offer(self, who, time):
        entry = WaitEntry.objects.select_related("patient", "visit_type").get(pk=self.entries[who].pk)
        if entry.status in (W.WAITING, W.OFFERED):
            self._do(lambda: waiting.offer(entry, self.doctor, by=self.by, now=self.now, starts_at=self.times[time]))

    @rule(who=one_of_three)
    def accept(self, who):
        if row := self._offer(who):
            self._do(lambda: offers.accept(row, by=None, now=self.now))

    @rule(who=one_of_three, keeps=st.booleans())
    def decline(self, who, keeps):
        if row := self._offer(who):
            self._do(lambda: offers.decline(row, by=None, now=self.now, keeps_waiting=keeps))

    @rule(who=one_of_three)
    def confirm(self, who):
        if row := self._offer(who):
            self._do(lambda: confirming.book(row, by=self.by, now=self.now))

    @rule(time=st.integers(0, 1))
    def book_by_phone(self, time):
        said = {"who": self.doctor, "kind": self.kind, "starts_at": self.times[time], "now": self.now}
        self._do(lambda: make.visit(by=self.by, **said))

    @rule(undo=st.booleans())
    def give_back(self, undo):
        visit = Appointment.objects.filter(status="booked").order_by("-created_at").first()
        if visit:
            said = {"reason": "pat", "initiator": "patient", "told_by": "patient", "by": self.by, "now": self.now}
            act = (lambda: visits.undo(visit, by=self.by, now=self.now)) if undo else (lambda: visits.cancel(visit, **said))
            self._do(act)

    @rule()
    def an_hour_passes(self):
        self.now += timedelta(hours=5)
        offers.end_over(now=self.now)

    @invariant()
    def a_time_is_taken_once(self):
        for time in self.times:
            there = Occupation.objects.filter(resource=self.doctor.resource, starts_at=time)
            assert there.count() <= 1
            accepted = Offer.objects.filter(status=O.ACCEPTED, starts_at=time)
            assert accepted.count() == there.filter(hold_until__isnull=False).count()

    @invariant()
    def who_is_offered_a_time_stands_as_offered_and_nobody_else(self):
        for entry in WaitEntry.objects.all():
            is_out = Offer.objects.filter(entry=entry, status__in=OFFER_OUT).exists()
            assert is_out == (entry.status == W.OFFERED)

    @invariant()
    def what_is_accepted_is_one_piece_of_work_and_what_is_not_is_none(self):
        standing = Case.objects.filter(kind="wait-confirm", status__in=CASE_STANDING)
        assert standing.count() == Offer.objects.filter(status=O.ACCEPTED).count()
        open_ones = FreedTime.objects.filter(closed_at__isnull=True)
        assert Case.objects.filter(kind="wait-match", status__in=CASE_STANDING).count() == open_ones.count()


def run(examples):
    quiet = list(HealthCheck)
    WaitList.practice = people.practice()
    WaitList.by = people.member(WaitList.practice, Role.SECRETARY)
    run_state_machine_as_test(
        WaitList,
        settings=settings(max_examples=examples, stateful_step_count=12, deadline=None, suppress_health_check=quiet),
    )
    return examples


def test_whatever_is_done_in_any_order(db):
    assert run(10) == 10


@pytest.mark.soak
def test_whatever_is_done_a_thousand_times_in_any_order(db):
    assert run(1000) == 1000
