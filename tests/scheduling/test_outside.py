"""Calendars elsewhere: what takes time here, and what a nasty file does not do."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.db import connection
from django.test import override_settings

from compliance.models import AuditEvent, Case
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from scheduling import booking, fetching, outside
from scheduling.models import Closure, FreedTime, Occupation
from tests.factories import people, waiting
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

CHICAGO = "America/Chicago"
TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def calendar(*events: str) -> bytes:
    body = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTAMP:20261101T000000Z\n{event}\nEND:VEVENT\n" for n, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Hospital//EN\n{body}END:VCALENDAR\n".replace("\n", "\r\n").encode()


MEETING = "DTSTART:20261123T160000Z\nDTEND:20261123T170000Z\nSUMMARY:Rounds with Mr. Novak"


def busy(*events: str, days: int = 30):
    return outside.busy_in(calendar(*events), start=NOW, end=NOW + timedelta(days=days), zone=CHICAGO)


@pytest.fixture
def elsewhere(inside, secretary):
    return outside.add(make.provider(), name="Hospital", address=None, by=secretary)


def test_what_is_busy_there_cannot_be_booked_here(elsewhere, secretary):
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)

    with pytest.raises(booking.OutsideHours, match="Hospital"):
        make.visit(by=secretary, who=elsewhere.provider, starts_at=TEN)


def test_nothing_of_it_is_kept_but_the_time(elsewhere, secretary):
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)
    row = Closure.objects.get()

    assert (row.reason, row.starts_at, row.ends_at) == ("Hospital", TEN, TEN + timedelta(hours=1))


def test_what_is_gone_there_is_free_here_and_what_stays_is_left_alone(elsewhere, secretary):
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)
    kept = Closure.objects.get()
    later = "DTSTART:20261124T160000Z\nDTEND:20261124T170000Z"
    outside.read_file(elsewhere, calendar(MEETING, later), by=secretary, now=NOW)
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)

    assert [row.pk for row in Closure.objects.all()] == [kept.pk]
    assert Occupation.objects.filter(closure=kept).exists()


def test_an_event_that_is_under_way_stays_as_it_was_taken(elsewhere, secretary):
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)
    before = Closure.objects.get()

    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=TEN + timedelta(minutes=20, microseconds=7))

    assert Closure.objects.get() == before


def test_an_event_whose_end_lies_beyond_what_is_read_is_not_taken_anew_each_time(elsewhere, secretary):
    sabbatical = "DTSTART:20270401T160000Z\nDTEND:20280401T170000Z"
    outside.read_file(elsewhere, calendar(sabbatical), by=secretary, now=NOW)
    before = Closure.objects.get()

    outside.read_file(elsewhere, calendar(sabbatical), by=secretary, now=NOW + timedelta(minutes=15))

    assert Closure.objects.get() == before


def test_an_event_that_grows_is_no_free_time_on_the_way(elsewhere, secretary):
    waiting.entry(make.visit_type(minutes=30))
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)

    outside.read_file(elsewhere, calendar(MEETING.replace("T170000Z", "T180000Z")), by=secretary, now=NOW)

    assert (Closure.objects.get().ends_at, FreedTime.objects.count()) == (TEN + timedelta(hours=2), 0)


def test_an_event_that_shrinks_frees_what_it_leaves(elsewhere, secretary):
    waiting.entry(make.visit_type(minutes=30))
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)

    outside.read_file(elsewhere, calendar(MEETING.replace("T170000Z", "T163000Z")), by=secretary, now=NOW)

    (row,) = FreedTime.objects.all()
    assert (row.starts_at, row.ends_at) == (TEN + timedelta(minutes=30), TEN + timedelta(hours=1))


def test_a_booked_visit_stays_where_it_is(elsewhere, secretary):
    visit = make.visit(by=secretary, who=elsewhere.provider, starts_at=TEN)
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)

    assert Occupation.objects.filter(appointment=visit).exists()


def test_a_booked_visit_in_the_way_is_work_until_the_event_is_gone(elsewhere, secretary):
    visit = make.visit(by=secretary, who=elsewhere.provider, starts_at=TEN)
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)
    before = [case.about_id for case in Case.objects.standing()]

    outside.read_file(elsewhere, calendar(), by=secretary, now=NOW)

    assert (before, Case.objects.standing().exists()) == ([visit.pk], False)


def test_a_calendar_that_is_removed_frees_its_time(elsewhere, secretary):
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)
    outside.remove(elsewhere, by=secretary, now=NOW)

    assert (Closure.objects.exists(), Occupation.objects.exists()) == (False, False)


def test_what_is_free_or_cancelled_there_takes_no_time():
    assert busy(f"{MEETING}\nTRANSP:TRANSPARENT", f"{MEETING}\nSTATUS:CANCELLED") == []


def test_a_weekly_meeting_stays_at_its_local_hour_over_the_clock_change():
    found = outside.busy_in(
        calendar(f"DTSTART;TZID={CHICAGO}:20261026T090000\nDTEND;TZID={CHICAGO}:20261026T100000\nRRULE:FREQ=WEEKLY;COUNT=2"),
        start=datetime(2026, 10, 20, tzinfo=UTC),
        end=datetime(2026, 11, 20, tzinfo=UTC),
        zone=CHICAGO,
    )

    assert [start.hour for start, _ in found] == [14, 15]


def test_a_whole_day_is_a_day_of_the_practice():
    ((start, end),) = busy("DTSTART;VALUE=DATE:20261126\nDTEND;VALUE=DATE:20261127")

    assert (start, end - start) == (datetime(2026, 11, 26, 6, tzinfo=UTC), timedelta(days=1))


def test_an_event_without_a_zone_is_taken_until_its_local_end(elsewhere, secretary):
    floating = calendar("DTSTART:20261123T130000\nDTEND:20261123T150000")
    outside.read_file(elsewhere, floating, by=secretary, now=NOW)
    outside.read_file(elsewhere, floating, by=secretary, now=TEN + timedelta(hours=2, minutes=55))  # 12:55 PM there

    assert [row.ends_at for row in Closure.objects.all()] == [TEN + timedelta(hours=5)]


def test_a_whole_day_in_hawaii_is_taken_until_its_midnight():
    day = calendar("DTSTART;VALUE=DATE:20261123\nDTEND;VALUE=DATE:20261124")
    late = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 11 PM in Honolulu

    found = outside.busy_in(day, start=late, end=late + timedelta(days=9), zone="Pacific/Honolulu")

    assert found == [(late, late + timedelta(hours=1))]


def test_a_file_is_taken_for_four_hundred_days_for_it_is_not_read_again(elsewhere, secretary):
    in_a_year = calendar("DTSTART:20271101T150000Z\nDTEND:20271101T160000Z")

    assert outside.read_file(elsewhere, in_a_year, by=secretary, now=NOW) == 1


def test_a_moved_occurrence_is_where_it_was_moved_to():
    series = "DTSTART:20261123T160000Z\nDTEND:20261123T170000Z\nRRULE:FREQ=DAILY;COUNT=2\nUID:s"
    moved = "RECURRENCE-ID:20261124T160000Z\nDTSTART:20261124T200000Z\nDTEND:20261124T210000Z\nUID:s"
    text = calendar(series, moved).replace(b"UID:0\r\n", b"").replace(b"UID:1\r\n", b"")
    found = outside.busy_in(text, start=NOW, end=NOW + timedelta(days=30), zone=CHICAGO)

    assert [start.hour for start, _ in found] == [16, 20]


NASTY = {
    "no calendar": b"\x89PNG\r\n\x1a\n" * 100,
    "an empty file": b"",
    "larger than two megabytes": b"BEGIN:VCALENDAR\r\n" + b"X" * (2 * 1024 * 1024) + b"\r\nEND:VCALENDAR\r\n",
    "cut in the middle": calendar(MEETING)[:120],
    "a rule for every second": calendar(f"{MEETING}\nRRULE:FREQ=SECONDLY"),
    "a rule that never comes true": calendar(f"{MEETING}\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31"),
    "a thousand rules": calendar(*[f"{MEETING}\nRRULE:FREQ=MINUTELY;INTERVAL={n + 1}" for n in range(1000)]),
    "an end before its start": calendar("DTSTART:20261123T170000Z\nDTEND:20261123T160000Z"),
    "a date that is none": calendar("DTSTART:20261399T990000Z\nDTEND:20261123T160000Z"),
    "a zone that is none": calendar("DTSTART;TZID=Mars/Olympus:20261123T170000\nDTEND;TZID=Mars/Olympus:20261123T180000"),
    "a rule that is none": calendar(f"{MEETING}\nRRULE:FREQ=SOMETIMES"),
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_a_nasty_file_ends_in_a_sentence_or_in_few_times_and_soon(elsewhere, secretary, text):
    began = time.monotonic()
    try:
        said = outside.read_file(elsewhere, text, by=secretary, now=NOW)
    except outside.Unreadable as problem:
        said = str(problem)

    assert time.monotonic() - began < outside.PATIENCE + 5
    assert said in range(10) or str(said).endswith(".")


def test_a_calendar_of_fifty_megabytes_is_refused_while_it_comes():
    with pytest.raises(fetching.NotFetched, match="larger than 2 MB"):
        _served(lambda: (b"x" * 65536 for _ in range(800)))


def test_one_that_trickles_is_given_up_after_ten_seconds(monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 1)

    with pytest.raises(fetching.NotFetched):
        _served(lambda: (time.sleep(0.3) or b"x" for _ in range(100)))


def test_an_address_of_ones_own_house_is_never_asked(settings):
    settings.OUTSIDE_HOSTS = frozenset()
    inner = [
        "https://127.0.0.1/a.ics",
        "https://localhost/a.ics",
        "https://169.254.169.254/a",
        "https://10.0.0.1/a",
        "https://[::1]/a",
    ]

    for address in [
        *inner,
        "https://0.0.0.0/a",
        "https://[::ffff:127.0.0.1]/a",
        "https://[2002:7f00:1::]/a",
        "https://[fec0::1]/a",
        "https://2130706433/a",
    ]:
        with pytest.raises(fetching.NotFetched, match=r"public internet|no such address"):
            fetching.fetch(address, most=1000)


def test_an_unlocked_address_is_not_asked(settings):
    with pytest.raises(fetching.NotFetched, match="https"):
        fetching.fetch("http://example.org/a.ics", most=1000)


def test_a_public_address_that_leads_into_the_house_is_not_followed():
    with pytest.raises(fetching.NotFetched, match="https"):
        _served(None, moved_to="http://169.254.169.254/latest")


def test_an_address_that_does_not_answer_leaves_the_time_taken_and_says_so(committed):
    practice = people.practice()
    secretary = people.member(practice, Role.SECRETARY)
    with acting_in(practice.pk, secretary.pk):
        row = outside.add(make.provider(), name="Hospital", address="https://127.0.0.1:9/a.ics", by=secretary)
        outside.read_file(row, calendar(MEETING), by=secretary, now=NOW)
    outside.read_again(practice.pk, row.pk, now=NOW)

    with acting_in(practice.pk, secretary.pk):
        row.refresh_from_db()
        assert (row.problem, Closure.objects.count()) == ("The address does not lie on the public internet.", 1)


@pytest.fixture
def silent(committed):
    """A calendar at an address that does not answer, read once at NOW."""
    practice = people.practice()
    secretary = people.member(practice, Role.SECRETARY)
    with acting_in(practice.pk, secretary.pk):
        row = outside.add(make.provider(), name="Hospital", address="https://127.0.0.1:9/a.ics", by=secretary)
        outside.read_file(row, calendar(MEETING), by=secretary, now=NOW)
    return row


def tasks_of(row):
    with acting_in(row.practice_id, SYSTEM):
        return list(Case.objects.filter(kind="task").order_by("opened_at").values_list("status", flat=True))


def test_an_address_that_does_not_answer_for_a_day_is_work_once(silent):
    counts = []
    for hours in (23, 25, 26):
        outside.read_again(silent.practice_id, silent.pk, now=NOW + timedelta(hours=hours))
        counts.append(len(tasks_of(silent)))

    assert counts == [0, 1, 1]


def test_the_work_ends_when_the_calendar_is_read_again(silent):
    later = NOW + timedelta(hours=30)
    outside.read_again(silent.practice_id, silent.pk, now=later)
    with acting_in(silent.practice_id, SYSTEM):
        outside.read_file(silent, calendar(MEETING), by=None, now=later)

    assert tasks_of(silent) == ["completed"]


def test_reading_is_an_event_with_numbers_only(elsewhere, secretary):
    outside.read_file(elsewhere, calendar(MEETING), by=secretary, now=NOW)

    assert AuditEvent.objects.get(kind="outsidecalendar.read").body == {"taken": 1, "freed": 0}


def test_one_that_is_removed_while_it_is_fetched_takes_no_time_and_is_no_work(silent):
    def remove():
        with acting_in(silent.practice_id, SYSTEM):
            outside.remove(silent, by=None, now=NOW)
        connection.close()
        yield calendar(MEETING)

    with serving(remove) as address:
        with acting_in(silent.practice_id, SYSTEM):
            silent.address = address
            silent.save(update_fields=["address"])
        outside.read_again(silent.practice_id, silent.pk, now=NOW + timedelta(hours=30))

    with acting_in(silent.practice_id, SYSTEM):
        assert (Closure.objects.count(), tasks_of(silent)) == (0, [])


def _served(chunks, moved_to: str = "") -> bytes:
    with serving(chunks, moved_to) as address:
        return fetching.fetch(address, most=2 * 1024 * 1024)


@contextmanager
def serving(chunks, moved_to: str = "") -> Iterator[str]:
    """The address of a file on loopback, which is let through by name."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302 if moved_to else 200)
            if moved_to:
                self.send_header("Location", moved_to)
            self.end_headers()
            try:
                for chunk in chunks() if chunks else ():
                    self.wfile.write(chunk)
            except OSError:
                pass

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with override_settings(OUTSIDE_HOSTS=frozenset({"127.0.0.1"})):
            yield f"http://127.0.0.1:{server.server_port}/a.ics"
    finally:
        server.shutdown()
        server.server_close()
