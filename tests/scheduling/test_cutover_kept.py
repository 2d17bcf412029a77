"""What a cut-over must not lose, double, guess or tell: found by trying what other systems' files do."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from compliance.tenancy import SYSTEM, acting_in
from scheduling import booking, reminding, visits
from scheduling.cutover import brought
from scheduling.cutover.rows import Unusable
from scheduling.models import Appointment, Brought, CutOver, Provider
from tests.factories import scheduling as make
from tests.scheduling.test_cutover import EVENT, MAPPING, MONDAY, TEN, outcomes, row, starts, there

__all__ = ["there"]

DAY = {"start": TEN - timedelta(hours=4), "end": TEN + timedelta(hours=12)}


def event(start: str, *, uid: str = "one", more: str = "", who: str = "Lopez, Ada 4711", kind: str = "DTSTART") -> str:
    lines = (
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "DTSTAMP:20260101T000000Z",
        f"{kind}{start}",
        f"SUMMARY:{who}",
        more,
        "END:VEVENT",
    )
    return "\n".join(line for line in lines if line)


def calendar(*events: str) -> str:
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//old//EN", *events, "END:VCALENDAR", ""])


# --- reminders


def test_a_move_that_is_undone_leaves_the_visit_held_back(practice, there, secretary):
    there(row())
    with acting_in(practice.pk, secretary.pk):
        old = Appointment.objects.get()
        moved = booking.move(old, by=secretary, now=timezone.now(), starts_at=TEN + timedelta(hours=1))
        visits.undo(moved, by=secretary, now=timezone.now())

        assert len(reminding.to_remind(**DAY)) == 0


def test_a_move_that_is_undone_leaves_the_visit_known_to_the_next_file(practice, there, secretary):
    there(row())
    with acting_in(practice.pk, secretary.pk):
        moved = booking.move(Appointment.objects.get(), by=secretary, now=timezone.now(), starts_at=TEN + timedelta(hours=1))
        visits.undo(moved, by=secretary, now=timezone.now())

    report = there(row(start=f"{MONDAY} 14:00"), name="later.csv")

    assert (outcomes(report), starts(practice)) == ({"moved": 1}, [TEN + timedelta(hours=4)])


def test_what_a_later_file_brings_is_held_back_though_the_first_was_released(practice, there, admin):
    there(row())
    with acting_in(practice.pk, admin.pk):
        brought.release(CutOver.objects.get(), by=admin, now=timezone.now())

    there(row(), row("2", "4712", f"{MONDAY} 11:00"), name="later.csv")

    with acting_in(practice.pk, SYSTEM):
        assert len(reminding.to_remind(**DAY)) == 1


# --- nothing lost, nothing doubled


def test_a_calendar_that_was_stopped_and_goes_on_the_next_day_loses_no_day(practice, there, time_machine):
    now = datetime(2027, 3, 1, 14, 0, tzinfo=UTC)
    time_machine.move_to(now, tick=False)
    text = EVENT.format(more="").replace("FREQ=WEEKLY", "FREQ=DAILY")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        there(text, name="visits.ics", progress=stop)
    time_machine.move_to(now + timedelta(hours=20), tick=False)
    there(text, name="visits.ics")

    assert starts(practice) == [TEN, TEN + timedelta(days=1), TEN + timedelta(days=2)]


def test_a_time_that_another_left_in_the_same_file_can_be_taken(practice, there):
    there(row())

    report = there(row(start="2027-03-02 10:00"), row("2", "4712"), name="later.csv")

    assert outcomes(report) == {"moved": 1, "booked": 1}


def test_an_event_in_ten_years_is_listed_and_not_left_out(practice, there):
    report = there(calendar(event(":20370302T160000Z"), event(":20270301T160000Z", uid="two")), name="visits.ics")

    assert (outcomes(report), report.listed) == (
        {"booked": 1, "not booked": 1},
        [(1, "lies more than three years ahead")],
    )


def test_dates_that_are_listed_one_by_one_are_all_booked(practice, there):
    text = calendar(event(":20260302T160000Z", more="RDATE:20270301T160000Z,20270302T160000Z"))

    report = there(text, name="visits.ics")

    assert (outcomes(report), starts(practice)) == ({"booked": 2}, [TEN, TEN + timedelta(days=1)])


def test_a_series_whose_hour_changed_there_does_not_stand_here_twice(practice, there):
    there(EVENT.format(more=""), name="visits.ics")

    there(EVENT.format(more="").replace("T10", "T11"), name="later.ics")

    with acting_in(practice.pk, SYSTEM):
        days = [moment.date() for moment in starts(practice)]
        listed = Brought.objects.exclude(why="").count()
    assert len(days) == len(set(days)) or listed >= 3


def test_what_is_gone_from_a_later_file_is_listed(practice, there):
    there(row(), row("2", "4712", f"{MONDAY} 11:00"))

    report = there(row(), name="later.csv")

    assert len(report.listed) == 1


def test_a_date_that_a_series_lost_is_listed(practice, there):
    there(EVENT.format(more=""), name="visits.ics")
    lost = "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=America/Chicago:20270308T100000"

    report = there(EVENT.format(more="").replace("RRULE:FREQ=WEEKLY;COUNT=3", lost), name="later.ics")

    assert len(report.listed) == 1


def test_an_occurrence_moved_under_a_utc_recurrence_id_does_not_stand_twice(practice, there):
    there(EVENT.format(more=""), name="visits.ics")
    moved = event(";TZID=America/Chicago:20270309T110000", uid="series", more="RECURRENCE-ID:20270308T160000Z") + "\n"

    there(EVENT.format(more=moved), name="later.ics")

    assert len(starts(practice)) == 3


# --- outcomes add up


def test_a_whole_day_of_a_calendar_is_listed(there):
    report = there(calendar(event(":20270301T160000Z"), event(";VALUE=DATE:20270302", uid="two")), name="v.ics")

    assert (report.read, len(report.listed)) == (2, 1)


def test_what_has_passed_in_a_calendar_is_counted(there):
    report = there(calendar(event(":20270301T160000Z"), event(":20200106T160000Z", uid="two")), name="v.ics")

    assert (report.read, report.counts["past"]) == (2, 1)


def test_an_event_that_is_cancelled_there_is_cancelled_here(practice, there):
    there(calendar(event(":20270301T160000Z")), name="v.ics")

    report = there(calendar(event(":20270301T160000Z", more="STATUS:CANCELLED")), name="later.ics")

    assert (outcomes(report), starts(practice)) == ({"cancelled": 1}, [])


def test_events_without_a_uid_are_listed(there):
    text = calendar(event(":20270301T160000Z"), event(":20270301T170000Z")).replace("UID:one\n", "")

    assert outcomes(there(text, name="v.ics")) == {"not booked": 2}


# --- nothing guessed


@pytest.mark.parametrize("local", ["20270314T023000", "20271107T013000"])
def test_an_hour_that_is_missing_or_comes_twice_is_listed_of_a_calendar_too(practice, there, local):
    with acting_in(practice.pk, SYSTEM):
        make.works(Provider.objects.get(), 6, "00:30", "06:00")

    report = there(calendar(event(f";TZID=America/Chicago:{local}")), name="v.ics")

    assert (outcomes(report), starts(practice)) == ({"not booked": 1}, [])


def test_a_number_with_another_birth_date_than_on_file_is_listed(there, tmp_path):
    (tmp_path / "mapping.toml").write_text(MAPPING.replace('start = "Start"', 'start = "Start"\nbirth_date = "State"'))

    report = there(row(state="1931-02-03"))

    assert outcomes(report) == {"not booked": 1}


def test_a_fhir_appointment_is_known_again_by_its_identifier(practice, there):
    one = {"resourceType": "Appointment", "id": "a", "status": "booked", "start": "2027-03-01T10:00:00-06:00"}
    one |= {"identifier": [{"system": "urn:old:visit", "value": "77"}], "appointmentType": {"text": "FU"}}
    actors = [{"actor": {"reference": "Patient/p4711"}}, {"actor": {"reference": "Practitioner/1", "display": "OKAFOR, N"}}]
    there(json.dumps(one | {"participant": actors}), name="v.json")

    report = there(json.dumps(one | {"participant": actors, "id": "b"}), name="later.json")

    assert (outcomes(report), len(starts(practice))) == ({"same": 1}, 1)


def test_a_cancelled_fhir_appointment_without_a_start_cancels(practice, there):
    one = {"resourceType": "Appointment", "id": "a", "status": "booked", "start": "2027-03-01T10:00:00-06:00"}
    actors = [{"actor": {"reference": "Patient/p4711"}}, {"actor": {"reference": "Practitioner/1", "display": "OKAFOR, N"}}]
    one |= {"participant": actors, "appointmentType": {"text": "FU"}}
    there(json.dumps(one), name="v.json")
    bare = {"resourceType": "Appointment", "id": "a", "status": "cancelled", "participant": actors}

    report = there(json.dumps(bare), name="later.json")

    assert (outcomes(report), starts(practice)) == ({"cancelled": 1}, [])


# --- nothing told


def test_who_came_cannot_be_guessed_from_what_stands_in_the_open(practice, there):
    there(row())
    with acting_in(practice.pk, SYSTEM):
        kept = Brought.objects.get()
    whose = "Whose(mrn='{}', system='', value='', family='', given='', birth_date='')"
    guesses = (
        "\x1f".join(("2027-03-01T10:00:00-06:00", "OKAFOR, N", "FU", "", "False", whose.format(n))) for n in range(9999)
    )

    assert kept.said not in {hashlib.sha256(guess.encode()).hexdigest() for guess in guesses}


def test_the_other_systems_id_cannot_be_guessed_from_what_stands_in_the_open(practice, there):
    there(row("4711-1"))
    with acting_in(practice.pk, SYSTEM):
        assert Brought.objects.get().key != hashlib.sha256(b"4711-1").hexdigest()


# --- one bad line does not stop the others


@pytest.mark.parametrize("start", ["9999-12-31 10:00", "9999-12-31T23:59:00-14:00"])
def test_a_day_at_the_end_of_the_calendar_is_listed_and_the_rest_is_booked(there, start):
    assert outcomes(there(row(start=start), row("2", "4712"))) == {"not booked": 1, "booked": 1}


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-14:00"])
def test_an_instant_beyond_the_calendar_is_listed_of_fhir_too(there, start):
    report = there(json.dumps({"resourceType": "Appointment", "id": "x", "start": start}), name="v.json")

    assert outcomes(report) == {"not booked": 1}


def test_a_bundle_whose_entry_is_no_list_is_refused(there):
    with pytest.raises(Unusable) as refused:
        there(json.dumps({"resourceType": "Bundle", "entry": 1}), name="v.json")
    assert str(refused.value)


def test_a_reason_with_hidden_characters_is_listed(there, tmp_path):
    (tmp_path / "mapping.toml").write_text(MAPPING.replace('start = "Start"', 'start = "Start"\nreason = "State"'))

    assert outcomes(there(row(state="a\u202eb\x07c"))) == {"not booked": 1}


def test_an_event_that_cannot_be_read_is_listed_and_the_rest_is_booked(there):
    report = there(calendar(event(":20270301T160000Z"), event(":nonsense", uid="two")), name="v.ics")

    assert outcomes(report) == {"booked": 1, "not booked": 1}


def test_words_of_the_mapping_do_not_unsay_what_the_standards_say(practice, there):
    one = {"resourceType": "Appointment", "id": "a", "status": "entered-in-error", "start": "2027-03-01T10:00:00-06:00"}
    actors = [{"actor": {"reference": "Patient/p4711"}}, {"actor": {"reference": "Practitioner/1", "display": "OKAFOR, N"}}]

    there(json.dumps(one | {"participant": actors, "appointmentType": {"text": "FU"}}), name="v.json")

    assert starts(practice) == []


def test_what_a_later_file_books_is_held_back_until_it_is_released_itself(practice, there, admin):
    there(row(), row("2", "9999", f"{MONDAY} 11:00"))  # nobody has this number, so it is not booked
    span = {"start": TEN, "end": TEN.replace(hour=20)}
    with acting_in(practice.pk, admin.pk):
        brought.release(CutOver.objects.get(), by=admin, now=timezone.now())
    there(row(), row("2", "4712", f"{MONDAY} 11:00"), name="later.csv")

    with acting_in(practice.pk, admin.pk):
        before = len(reminding.to_remind(**span))
        released = brought.release(CutOver.objects.get(), by=admin, now=timezone.now())
        assert (before, released, len(reminding.to_remind(**span))) == (1, 1, 2)
