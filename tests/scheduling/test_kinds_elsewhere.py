"""What a kind of visit asks for holds however a visit is booked: by a series, its changes, an offer of the wait list."""

from datetime import UTC, datetime, time, timedelta

import pytest

from scheduling import booking, series_changes
from scheduling.enums import ResourceKind, Skipped
from scheduling.models import Appointment, DailyLimit, Need, Occupation, Occurrence, Resource
from scheduling.series import OVERBOOK, SKIP, Choice, Conflicts, look
from scheduling.series_changes import Scope
from scheduling.taking import SlotTaken
from scheduling.waitlist import confirming, matching, offers
from tests.factories import scheduling as make
from tests.factories import series as again
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.factories.series import MONDAY

TEN = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


@pytest.fixture
def kind(doctor):
    """Takes any exam room; there is one."""
    kind = make.visit_type(minutes=30)
    Resource.objects.create(kind=ResourceKind.ROOM, name="Room 1", group="exam room")
    Need.objects.create(visit_type=kind, group="exam room")
    return kind


def taken(visit):
    return set(Occupation.objects.filter(appointment=visit).values_list("resource__name", flat=True))


def another(kind, secretary, starts_at):
    """Somebody else's visit of the kind, with another provider."""
    return make.visit(by=secretary, who=make.provider("Dr. Lindqvist"), kind=kind, starts_at=starts_at)


def test_each_visit_of_a_series_takes_the_room_that_its_kind_needs(doctor, kind, secretary):
    made = again.booked(by=secretary, provider=doctor, visit_type=kind)

    found = [(visit.room.name, taken(visit)) for visit in again.visits(made)]
    assert found == [("Room 1", {"Room 1", "Dr. Okafor"})] * 4


def test_a_date_without_a_free_room_is_told_before_it_is_saved_with_a_free_time(doctor, kind, secretary):
    another(kind, secretary, TEN + WEEK)

    line = look(again.unsaved(provider=doctor, visit_type=kind), by=secretary, now=NOW)[1]

    assert (line.refusal.kind, line.refusal.why) == (Skipped.TAKEN, "No exam room is free then.")
    assert line.near == TEN + WEEK - timedelta(minutes=30)


def test_a_room_that_is_taken_cannot_be_double_booked_by_a_series(doctor, kind, secretary):
    another(kind, secretary, TEN + WEEK)
    choices = {(MONDAY + WEEK): Choice(OVERBOOK)}

    with pytest.raises(Conflicts) as refused:
        again.booked(by=secretary, provider=doctor, visit_type=kind, choices=choices)

    assert (refused.value.on, Occurrence.objects.count()) == ([MONDAY + WEEK], 0)


def test_a_changed_series_takes_its_rooms_along(doctor, kind, secretary):
    made = again.booked(by=secretary, provider=doctor, visit_type=kind)
    later = series_changes.Terms(time(11), doctor, kind, made.mode)

    after = series_changes.change(made, MONDAY, Scope.ALL, later, by=secretary, now=NOW)

    rooms = Occupation.objects.filter(resource__name="Room 1").order_by("starts_at").values_list("starts_at", flat=True)
    assert list(rooms) == [visit.starts_at for visit in again.visits(after)] == [TEN + HOUR + n * WEEK for n in range(4)]


def test_a_series_obeys_the_limit_of_a_day(doctor, secretary):
    kind = make.visit_type(minutes=30)
    DailyLimit.objects.create(visit_type=kind, provider=doctor, most=1)
    make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + HOUR)

    first, second, *_ = look(again.unsaved(provider=doctor, visit_type=kind), by=secretary, now=NOW)

    assert first.refusal.why == f"Dr. Okafor sees at most 1 visit for {kind} a day."
    assert (first.near, second.refusal) == (TEN + timedelta(days=1), None)


def test_dates_of_a_series_count_towards_the_limit_of_their_day(doctor, secretary):
    kind = make.visit_type(minutes=30)
    DailyLimit.objects.create(visit_type=kind, most=1)
    made = again.booked(by=secretary, provider=doctor, visit_type=kind, choices={MONDAY: Choice(SKIP)})

    with pytest.raises(booking.NotSchedulable, match="at most 1 visit"):
        make.visit(by=secretary, who=doctor, kind=kind, starts_at=again.visits(made)[0].starts_at + HOUR)


def test_visits_of_a_series_last_as_long_as_their_patient_takes(doctor, secretary):
    made = again.booked(by=secretary, provider=doctor, visit_type=make.visit_type(minutes=30, new_minutes=60))

    lengths = {(visit.ends_at - visit.starts_at, visit.is_new_patient) for visit in again.visits(made)}
    taken = {row.ends_at - row.starts_at for row in Occupation.objects.all()}
    assert (lengths, taken) == ({(HOUR, True)}, {HOUR})


def test_an_accepted_offer_holds_the_room_until_it_is_booked(doctor, kind, secretary):
    offer = waiting.offer(waiting.entry(kind), doctor, by=secretary)
    offers.accept(offer, by=secretary, now=NOW)

    with pytest.raises(SlotTaken):
        another(kind, secretary, TEN)
    assert taken(confirming.book(offer, by=secretary, now=NOW)) == {"Room 1", "Dr. Okafor"}


def test_a_time_without_a_room_is_not_offered(doctor, kind, secretary):
    another(kind, secretary, TEN)

    with pytest.raises(SlotTaken):
        waiting.offer(waiting.entry(kind), doctor, by=secretary)
    assert Appointment.objects.count() == 1


def test_a_freed_half_hour_does_not_suit_a_new_patient_who_takes_an_hour(doctor, secretary):
    kind = make.visit_type(minutes=30, new_minutes=60)
    seen = make.visit(by=secretary, who=doctor, kind=kind)
    Appointment.objects.filter(pk=seen.pk).update(status="fulfilled")
    known, new = waiting.entry(kind, whose=seen.patient), waiting.entry(kind)
    free, rows = waiting.free(doctor), type(new).objects.all()

    suited = [one.entry.pk for one in matching.ranked(free, rows, now=NOW)]
    others = [(one.entry.pk, one.reasons[0]) for one in matching.passed_over(free, rows, now=NOW)]
    assert (suited, others) == ([known.pk], [(new.pk, f"{kind} takes 60 minutes, which is longer.")])
