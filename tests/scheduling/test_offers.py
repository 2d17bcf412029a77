"""An offer is one real time for one who waits: first acceptance wins, nothing is booked by itself."""

from datetime import timedelta

import pytest

from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case
from scheduling import booking, taking, waitlist
from scheduling.enums_waiting import OfferStatus, RemovedBecause, WaitStatus
from scheduling.models import Appointment, Occupation, Offer
from scheduling.waitlist import confirming, links, offers
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN

W, O = WaitStatus, OfferStatus  # noqa: E741
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def two(doctor, kind, secretary):
    """Ten o'clock offered to two."""
    return [waiting.offer(waiting.entry(kind), doctor, by=secretary) for _ in range(2)]


def stand(*rows):
    return [Offer.objects.get(pk=row.pk).status for row in rows]


def entries(*rows):
    return [Offer.objects.select_related("entry").get(pk=row.pk).entry.status for row in rows]


def work():
    return list(Case.objects.filter(kind="wait-confirm", status__in=CASE_STANDING))


def test_an_offer_holds_nothing(two, doctor):
    assert (Occupation.objects.filter(resource=doctor.resource).count(), entries(*two)) == (0, [W.OFFERED, W.OFFERED])


def test_a_time_that_is_taken_is_not_offered(doctor, kind, secretary):
    make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN)

    with pytest.raises(taking.SlotTaken):
        waiting.offer(waiting.entry(kind), doctor, by=secretary)

    assert Offer.objects.count() == 0


def test_a_time_outside_of_hours_is_not_offered(doctor, kind, secretary):
    with pytest.raises(booking.OutsideHours):
        waiting.offer(waiting.entry(kind), doctor, by=secretary, starts_at=TEN.replace(hour=3))

    assert Offer.objects.count() == 0


def test_who_does_not_wish_to_be_contacted_is_offered_nothing(doctor, kind, secretary):
    row = waiting.entry(kind, whose=make.patient(do_not_contact=True))

    with pytest.raises(offers.NotContacted):
        waiting.offer(row, doctor, by=secretary)

    assert Offer.objects.count() == 0


def test_accepting_holds_the_time_and_withdraws_the_other_offer(two, doctor):
    offers.accept(two[0], by=None, now=LATER)

    (held,) = Occupation.objects.filter(resource=doctor.resource)
    assert (stand(*two), entries(*two)) == ([O.ACCEPTED, O.WITHDRAWN], [W.OFFERED, W.WAITING])
    assert (held.held_for, held.hold_until, held.appointment) == (two[0].pk, TEN, None)


def test_accepting_is_work_for_the_staff_and_books_nothing(two, doctor):
    offers.accept(two[0], by=None, now=LATER)

    (case,) = work()
    assert case.summary == (
        f"Accepted from the wait list: Mon, Nov 30 at 10:00 AM with {doctor}. The time is held. Book it."
    )
    assert (case.patient, Appointment.objects.count()) == (two[0].patient_id, 0)


def test_the_second_to_accept_is_told_that_the_time_is_gone(two):
    offers.accept(two[0], by=None, now=LATER)

    with pytest.raises(offers.NotOffered) as told:
        offers.accept(two[1], by=None, now=LATER)

    assert told.value.status == O.WITHDRAWN


def test_an_offer_is_accepted_once(two):
    offers.accept(two[0], by=None, now=LATER)

    with pytest.raises(offers.NotOffered) as told:
        offers.accept(two[0], by=None, now=LATER)

    assert told.value.status == O.ACCEPTED


def test_an_offer_that_ran_out_cannot_be_accepted(two):
    with pytest.raises(offers.NotOffered) as told:
        offers.accept(two[0], by=None, now=NOW + timedelta(hours=5))

    assert told.value.status == O.EXPIRED


def test_the_clock_ends_what_ran_out_and_she_waits_on(two):
    offers.end_over(now=NOW + timedelta(hours=5))

    assert (stand(*two), entries(*two)) == ([O.EXPIRED] * 2, [W.WAITING] * 2)


def test_booking_by_phone_withdraws_the_offers_of_the_time(two, doctor, kind, secretary):
    make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN)

    assert (stand(*two), entries(*two)) == ([O.WITHDRAWN] * 2, [W.WAITING] * 2)


def test_a_time_held_for_somebody_on_the_phone_is_not_accepted_over(two, doctor, kind, secretary):
    booking.hold(doctor, TEN, kind, by=secretary, now=LATER)

    with pytest.raises(taking.SlotTaken):
        offers.accept(two[0], by=None, now=LATER)

    assert stand(two[0]) == [O.WITHDRAWN]


def test_nobody_else_can_book_what_was_accepted(two, doctor, kind, secretary):
    offers.accept(two[0], by=None, now=LATER)

    with pytest.raises(booking.SlotTaken):
        make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN)

    assert stand(two[0]) == [O.ACCEPTED]


def test_the_staff_books_what_was_accepted(two, secretary):
    offers.accept(two[0], by=None, now=LATER)

    visit = confirming.book(two[0], by=secretary, now=LATER)

    row = Offer.objects.get(pk=two[0].pk)
    assert (row.status, row.visit, row.entry.status, row.entry.booked_visit) == (O.BOOKED, visit, W.BOOKED, visit)
    assert [case.status for case in Case.objects.filter(kind="wait-confirm")] == [CaseStatus.COMPLETED]


def test_her_later_visit_is_moved_to_the_time_that_she_took(doctor, kind, secretary):
    whose = make.patient()
    later = make.visit(by=secretary, who=doctor, kind=kind, whose=whose, starts_at=TEN + timedelta(days=7))
    offer = waiting.offer(waiting.entry(kind, whose=whose), doctor, by=secretary)
    offers.accept(offer, by=None, now=LATER)

    visit = confirming.book(offer, by=secretary, now=LATER)

    assert (visit.rescheduled_from, visit.starts_at, stand(offer)) == (later, TEN, [O.BOOKED])


def test_declining_keeps_her_waiting(two):
    offers.decline(two[0], by=None, now=LATER)

    assert (stand(*two), entries(*two)) == ([O.DECLINED, O.OFFERED], [W.WAITING, W.OFFERED])


def test_declining_for_good_takes_her_off(two):
    offers.decline(two[0], by=None, now=LATER, keeps_waiting=False)

    entry = Offer.objects.select_related("entry").get(pk=two[0].pk).entry
    assert (entry.status, entry.removed_because) == (W.REMOVED, RemovedBecause.NO_LONGER_NEEDED)


def test_declining_for_good_withdraws_what_else_is_offered_to_her(two, doctor, secretary):
    other = waiting.offer(two[0].entry, doctor, by=secretary, starts_at=TEN + timedelta(hours=1))

    offers.decline(two[0], by=None, now=LATER, keeps_waiting=False)

    assert (stand(two[0], other), entries(two[0])) == ([O.DECLINED, O.WITHDRAWN], [W.REMOVED])


def test_withdrawing_what_was_accepted_frees_the_time(two, doctor, secretary):
    offers.accept(two[0], by=None, now=LATER)

    offers.withdraw(two[0], by=secretary, now=LATER)

    assert (stand(two[0]), entries(two[0]), Occupation.objects.count(), work()) == ([O.WITHDRAWN], [W.WAITING], 0, [])


def test_taking_her_off_the_list_withdraws_what_was_offered(two):
    waitlist.remove(two[0].entry, because=RemovedBecause.UNREACHABLE, by=None, now=LATER)

    assert (stand(two[0]), entries(two[0])) == ([O.WITHDRAWN], [W.REMOVED])


def test_of_a_links_secret_only_the_hash_is_kept(two):
    secret = links.new_link(two[0])

    (row,) = two[0].links.all()
    assert (row.secret_hash, secret in row.secret_hash) == (links.hashed(secret), False)


def test_her_later_visit_is_moved_to_the_time_that_she_took_also_when_it_was_moved_before(doctor, kind, secretary):
    later = make.visit(by=secretary, who=make.provider(), kind=kind, starts_at=TEN + timedelta(days=7))
    entry = waiting.entry(kind, whose=later.patient, provider=doctor)
    moved = booking.move(later, starts_at=later.starts_at + timedelta(hours=1), by=secretary, now=NOW)
    entry.refresh_from_db()

    visit = confirming.book(waiting.offer(entry, doctor, by=secretary), by=secretary, now=LATER)

    assert list(Appointment.objects.filter(status="booked")) == [visit]
    assert visit.rescheduled_from == moved
