"""The wait list under several at once: one piece of work for a freed time, and no deadlock between clock and patients."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from compliance.enums import CASE_STANDING
from compliance.models import Case
from compliance.roles import Role
from compliance.tenancy import acting_in
from scheduling import visits, waitlist
from scheduling.enums_waiting import OfferStatus, RemovedBecause
from scheduling.models import FreedTime, Offer
from scheduling.taking import SlotTaken
from scheduling.waitlist import offers
from tests.factories import people, waiting
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

ROUNDS = 5
CALLED_OFF = {"reason": "pat", "initiator": "patient", "told_by": "patient"}


@pytest.fixture
def at_once(committed):
    """Does some things at once, each in a thread and a transaction of its own; answers what went wrong."""
    practice = people.practice()
    secretary = people.member(practice, Role.SECRETARY)

    def at_once(*acts):
        start, wrong = Barrier(len(acts)), []

        def do(act):
            try:
                with acting_in(practice.pk, secretary.pk):
                    start.wait(30)
                    act()
            except (SlotTaken, offers.NotOffered, waitlist.IllegalMove):
                pass  # told in a sentence
            except Exception as error:
                wrong.append(type(error).__name__)
            finally:
                connection.close()

        threads = [Thread(target=do, args=[act]) for act in acts]
        for one in threads:
            one.start()
        for one in threads:
            one.join(30)
        return wrong

    at_once.inside = lambda: acting_in(practice.pk, secretary.pk)
    at_once.by = secretary
    return at_once


def test_two_visits_of_one_moment_that_are_called_off_at_once_are_one_piece_of_work(at_once):
    by, wrong = at_once.by, []
    for _ in range(ROUNDS):
        with at_once.inside():
            doctor, kind = make.provider(capacity=2), make.visit_type()
            waiting.entry(kind, provider=doctor)
            two = [make.visit(by=by, who=doctor, kind=kind, starts_at=waiting.TEN) for _ in range(2)]
        wrong += at_once(*(lambda one=one: visits.cancel(one, **CALLED_OFF, by=by, now=NOW) for one in two))

    with at_once.inside():
        standing = Case.objects.filter(kind="wait-match", status__in=CASE_STANDING).count()
        assert (wrong, FreedTime.objects.count(), standing) == ([], ROUNDS, ROUNDS)


def test_the_clock_that_ends_offers_and_a_patient_who_accepts_do_not_wait_for_each_other(at_once):
    by, wrong = at_once.by, []
    late = NOW + timedelta(hours=4)
    for _ in range(ROUNDS):
        with at_once.inside():
            doctor, kind = make.provider(), make.visit_type()
            made = [waiting.offer(waiting.entry(kind), doctor, by=by) for _ in range(5)]
        wrong += at_once(
            lambda: offers.end_over(now=late),
            lambda made=made: offers.accept(made[-1], by=None, now=late - timedelta(seconds=1)),
        )

    with at_once.inside():
        assert (wrong, Offer.objects.filter(status=OfferStatus.OFFERED).count()) == ([], 0)


def test_who_is_taken_off_while_she_declines_is_answered(at_once):
    by, wrong = at_once.by, []
    for _ in range(ROUNDS):
        with at_once.inside():
            made = waiting.offer(waiting.entry(make.visit_type()), make.provider(), by=by)
            mine = Offer.objects.select_related("entry").get(pk=made.pk)
            gone = {"because": RemovedBecause.UNREACHABLE, "by": by, "now": NOW}
        wrong += at_once(
            lambda mine=mine: offers.decline(mine, by=None, now=NOW),
            lambda made=made, gone=gone: waitlist.remove(made.entry, **gone),
        )

    with at_once.inside():
        assert (wrong, Offer.objects.out().count()) == ([], 0)
