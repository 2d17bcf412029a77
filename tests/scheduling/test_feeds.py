"""What a calendar program reads, and for how long."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from compliance import people as membership
from compliance.models import AuditEvent, Membership
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import plain_url, practice_url
from scheduling import booking, feeds, visits
from scheduling.enums import DayKind, ResourceKind
from scheduling.models import Feed, Need, Resource
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
CANCEL = {"reason": "pat", "initiator": "patient", "told_by": "patient"}


@pytest.fixture
def visit(inside, secretary):
    room = Resource.objects.create(kind=ResourceKind.ROOM, name="Room 2", capacity=1)
    return make.visit(by=secretary, room=room, reason="Chest pain", kind=make.visit_type("Colonoscopy"))


@pytest.fixture
def secret(visit, secretary):
    return feeds.make(visit.provider.resource, by=secretary, now=NOW)[1]


def events(practice, secret, now=NOW):
    found = Calendar.from_ical(feeds.read(slug=practice.slug, secret=secret, now=now))
    return {str(one["UID"]): one for one in found.walk("VEVENT")}


def test_a_visit_is_one_event_in_utc_under_its_own_id(practice, visit, secret):
    text = feeds.read(slug=practice.slug, secret=secret, now=NOW).decode()

    assert (f"UID:{visit.pk}" in text, "DTSTART:20261123T160000Z" in text, "DTEND:20261123T163000Z" in text) == (True,) * 3


def test_it_says_that_time_is_taken_and_not_of_whom_or_why(practice, visit, secret):
    text = feeds.read(slug=practice.slug, secret=secret, now=NOW).decode()

    assert "SUMMARY:Visit – Room 2" in text
    assert not re.search("Walker|Ada|Chest|Colonoscopy", text)


def test_lines_end_in_crlf_and_none_is_longer_than_75_octets(practice, visit, secret):
    lines = feeds.read(slug=practice.slug, secret=secret, now=NOW).split(b"\r\n")

    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line for line in lines)


def test_the_refresh_interval_is_a_duration(practice, visit, secret):
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M" in feeds.read(slug=practice.slug, secret=secret, now=NOW)


def test_a_cancelled_visit_stays_for_30_days_so_that_every_program_sees_it_go(practice, visit, secret, secretary):
    before = int(events(practice, secret)[str(visit.pk)]["SEQUENCE"])
    visits.cancel(visit, **CANCEL, by=secretary, now=NOW)
    after = events(practice, secret)[str(visit.pk)]

    assert (after["STATUS"], int(after["SEQUENCE"]) > before) == ("CANCELLED", True)
    assert str(visit.pk) not in events(practice, secret, NOW + timedelta(days=31))


def test_a_moved_visit_goes_and_its_successor_comes_under_an_id_of_its_own(practice, visit, secret, secretary):
    successor = booking.move(visit, by=secretary, now=NOW, starts_at=TEN + timedelta(hours=2))
    found = events(practice, secret)

    assert (found[str(visit.pk)]["STATUS"], found[str(successor.pk)]["STATUS"]) == ("CANCELLED", "CONFIRMED")


def test_a_room_has_a_feed_of_its_own(practice, visit, secretary):
    secret = feeds.make(visit.room, by=secretary, now=NOW)[1]

    assert str(visit.pk) in events(practice, secret)


def test_a_visit_that_changes_its_room_leaves_the_old_rooms_feed_as_cancelled(practice, visit, secretary):
    old, new = visit.room, Resource.objects.create(kind=ResourceKind.ROOM, name="Room 3")
    secrets = [feeds.make(room, by=secretary, now=NOW)[1] for room in (old, new)]
    before = int(events(practice, secrets[0])[str(visit.pk)]["SEQUENCE"])

    booking.move(visit, by=secretary, now=NOW, room=new)

    left, come = (events(practice, secret)[str(visit.pk)] for secret in secrets)
    assert (left["STATUS"], come["STATUS"], int(left["SEQUENCE"]) > before) == ("CANCELLED", "CONFIRMED", True)
    assert str(visit.pk) not in events(practice, secrets[0], NOW + timedelta(days=31))


def test_a_visit_that_comes_back_to_its_room_is_taken_there_again(practice, visit, secretary):
    old, other = visit.room, Resource.objects.create(kind=ResourceKind.ROOM, name="Room 3")
    secret = feeds.make(old, by=secretary, now=NOW)[1]
    away = booking.move(visit, by=secretary, now=NOW, room=other)

    booking.move(away, by=secretary, now=NOW, room=old)

    assert events(practice, secret)[str(visit.pk)]["STATUS"] == "CONFIRMED"


def test_a_room_that_was_taken_by_mistake_loses_the_visit_as_cancelled(practice, visit, secretary):
    other = Resource.objects.create(kind=ResourceKind.ROOM, name="Room 3")
    secret = feeds.make(other, by=secretary, now=NOW)[1]
    visits.arrive(visit, by=secretary, now=TEN)
    visits.room(visit, room=other, by=secretary, now=TEN)

    visits.undo(visit, by=secretary, now=TEN + timedelta(seconds=5))

    assert events(practice, secret, TEN + timedelta(minutes=1))[str(visit.pk)]["STATUS"] == "CANCELLED"


def test_each_room_and_machine_that_a_visit_takes_has_it_in_its_feed_until_it_is_cancelled(practice, inside, secretary):
    kind, rooms = make.visit_type(), [Resource.objects.create(kind=ResourceKind.ROOM, name=name) for name in "AB"]
    for room in rooms:
        Need.objects.create(visit_type=kind, resource=room)
    visit = make.visit(by=secretary, kind=kind)
    secrets = [feeds.make(room, by=secretary, now=NOW)[1] for room in rooms]
    taken = [events(practice, secret)[str(visit.pk)]["STATUS"] for secret in secrets]

    visits.cancel(visit, **CANCEL, by=secretary, now=NOW)

    gone = [events(practice, secret)[str(visit.pk)]["STATUS"] for secret in secrets]
    assert (taken, gone) == (["CONFIRMED"] * 2, ["CANCELLED"] * 2)


def test_a_missed_visit_gives_its_time_back_in_the_feed_too(practice, visit, secret, secretary):
    visits.no_show(visit, by=secretary, now=TEN + timedelta(hours=1))

    assert events(practice, secret, TEN + timedelta(hours=2))[str(visit.pk)]["STATUS"] == "CANCELLED"


def test_a_provider_is_away_while_the_place_where_she_works_is_closed(practice, visit, secret):
    closed = make.closure(TEN, TEN + timedelta(hours=2), reason="Water", location=visit.location)
    found = [one for uid, one in events(practice, secret).items() if uid.startswith(str(closed.pk))]

    assert [(one["DTSTART"].dt, one["SUMMARY"]) for one in found] == [(TEN, "Not available")]


def test_a_place_where_she_does_not_work_that_day_closes_nothing_of_hers(practice, visit, secret):
    saturday = TEN + timedelta(days=5)
    closed = make.closure(saturday, saturday + timedelta(hours=2), location=visit.location)

    assert not [uid for uid in events(practice, secret) if uid.startswith(str(closed.pk))]


def test_a_day_off_is_not_available(practice, visit, secret):
    off = make.different(visit.provider, date(2026, 11, 24), kind=DayKind.OFF)
    found = [one for uid, one in events(practice, secret).items() if uid.startswith(str(off.pk))]

    assert [(one["DTSTART"].dt.hour, one["SUMMARY"]) for one in found] == [(15, "Not available")]


def test_whole_days_that_are_closed_are_dates_and_say_no_reason(practice, visit, secret):
    zone = ZoneInfo(practice.time_zone)
    start, end = (datetime(2026, 12, day, tzinfo=zone) for day in (24, 26))
    closed = make.closure(start, end, reason="Surgery", provider=visit.provider)
    found = events(practice, secret)[str(closed.pk)]

    assert (found.decoded("DTSTART"), found.decoded("DTEND")) == (date(2026, 12, 24), date(2026, 12, 26))
    assert found["SUMMARY"] == "Not available"


def test_a_feed_ends_when_it_is_revoked(practice, visit, secret, secretary):
    feeds.revoke(Feed.objects.get(), by=secretary, now=NOW)

    with pytest.raises(feeds.NoSuchFeed):
        feeds.read(slug=practice.slug, secret=secret, now=NOW)


def test_a_feed_ends_with_the_membership_of_its_owner(practice, visit, secret, secretary):
    admin = people.member(practice, Role.PRACTICE_ADMIN, name="Nora Lind")
    with acting_in(practice.pk, SYSTEM):
        membership.end(Membership.objects.get(user=secretary, practice=practice), by=admin, now=NOW)

    with pytest.raises(feeds.NoSuchFeed):
        feeds.read(slug=practice.slug, secret=secret, now=NOW)


def test_another_practices_address_does_not_open_it(practice, visit, secret):
    with pytest.raises(feeds.NoSuchFeed):
        feeds.read(slug=people.practice().slug, secret=secret, now=NOW)


def test_reading_a_feed_is_an_event_without_patients(practice, visit, secret):
    feeds.read(slug=practice.slug, secret=secret, now=NOW)
    event = AuditEvent.objects.filter(kind="feed.read").latest("at")

    assert (event.opened, event.listed) == ([], [])


def test_a_calendar_program_reads_it_without_a_session_and_learns_when_nothing_changed(practice, visit, secret):
    address = plain_url("scheduling:feed", practice.slug, secret)
    first = Client().get(address)
    again = Client().get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, first.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert (again.status_code, again.content) == (304, b"")


def test_an_address_that_was_never_given_out_answers_404(practice):
    assert Client().get(plain_url("scheduling:feed", practice.slug, "guess")).status_code == 404


def test_making_one_shows_the_address_once_after_a_second_factor(practice, visit, secretary):
    admin = people.member(practice, Role.PRACTICE_ADMIN, name="Nora Lind")
    browser = people.browser(admin)
    address = practice_url(practice, "scheduling:make_feed")
    page = people.proven(browser).post(address, {"resource": visit.provider.resource_id})
    shown = re.search(r"/feeds/[^\"]+\.ics", page.content.decode())

    assert shown
    assert Client().get(shown[0]).status_code == 200
    assert shown[0] not in browser.get(practice_url(practice, "scheduling:calendars")).content.decode()
