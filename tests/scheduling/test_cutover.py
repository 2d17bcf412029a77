"""Standing appointments from another system: each is booked, is there already, or is listed with why; nothing is guessed."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from compliance.models import AuditEvent, Case, Job
from compliance.tenancy import SYSTEM, acting_in
from patients.details import Number
from patients.enums import IdentifierKind
from scheduling import booking, reminding, visits
from scheduling.cutover import bringing, brought, telling
from scheduling.cutover.rows import Unusable
from scheduling.models import Appointment, Brought, CutOver, DailyLimit
from tests.factories import patients
from tests.factories import scheduling as make

HEADER = "Appt,Chart,Start,Resource,Type,State"
MAPPING = """
system = "Old One"
zone = "America/Chicago"
cancelled = ["X"]
[columns]
id = "Appt"
mrn = "Chart"
start = "Start"
provider = "Resource"
kind = "Type"
status = "State"
[providers]
"OKAFOR, N" = "Dr. Okafor"
[kinds]
FU = "Follow-up"
[calendar]
summary = '(?P<family>[^,]+), (?P<given>\\S+) (?P<mrn>\\S+)'
provider = "Dr. Okafor"
kind = "Follow-up"
[fhir]
patient_system = "urn:old:patient"
"""
MONDAY = "2027-03-01"
TEN = datetime(2027, 3, 1, 16, 0, tzinfo=UTC)


@pytest.fixture
def there(practice, secretary, tmp_path):
    """A practice with one provider, one kind, two patients; answers a function that brings rows."""
    with acting_in(practice.pk, secretary.pk):
        make.provider("Dr. Okafor"), make.visit_type("Follow-up", minutes=30)
        for mrn, given in (("4711", "Ada"), ("4712", "Ben")):
            known = Number(kind=IdentifierKind.OTHER, system="urn:old:patient", value=f"p{mrn}")
            patients.patient(mrn=mrn, given=given, numbers=(known,))
    (tmp_path / "mapping.toml").write_text(MAPPING)

    def bring(*lines: str, name: str = "visits.csv", **how) -> bringing.Report:
        path = tmp_path / name
        path.write_text("\n".join([HEADER, *lines]) if name.endswith("csv") else lines[0])
        return bringing.run(practice, path, tmp_path / "mapping.toml", **how)

    return bring


def row(number: str = "1", mrn: str = "4711", start: str = f"{MONDAY} 10:00", state: str = "", kind: str = "FU") -> str:
    return f'{number},{mrn},{start},"OKAFOR, N",{kind},{state}'


def outcomes(report: bringing.Report) -> dict[str, int]:
    return {name: count for name, count in report.counts.items() if count}


def starts(practice) -> list[datetime]:
    with acting_in(practice.pk, SYSTEM):
        return list(Appointment.objects.upcoming().order_by("starts_at").values_list("starts_at", flat=True))


def test_a_line_becomes_a_visit_with_its_time_and_its_source(practice, there):
    report = there(row())

    with acting_in(practice.pk, SYSTEM):
        visit = Appointment.objects.get()
        said = (visit.starts_at, visit.provider.name, visit.source, visit.booked_by)
    assert (outcomes(report), said) == ({"booked": 1}, (TEN, "Dr. Okafor", "import", None))


def test_a_trial_says_the_same_and_writes_nothing(practice, there):
    lines = [row(), row("2", "4712"), row("3", "9999", f"{MONDAY} 11:00")]

    tried, done = there(*lines, is_trial=True), there(*lines)

    assert (
        (outcomes(tried), tried.listed)
        == (outcomes(done), done.listed)
        == (
            {"booked": 1, "not booked": 2},
            [(3, telling.TAKEN), (4, "names a patient who is not on file")],
        )
    )


def test_a_trial_leaves_no_row_no_job_and_no_event(practice, there):
    with acting_in(practice.pk, SYSTEM):
        before = AuditEvent.objects.count()

    there(row(), is_trial=True)

    with acting_in(practice.pk, SYSTEM):
        left = [model.objects.count() for model in (Appointment, Brought, CutOver, Job)]
        assert (left, AuditEvent.objects.count() - before) == ([0, 0, 0, 0], 0)


def test_the_same_file_again_changes_nothing(practice, there):
    there(row())
    with acting_in(practice.pk, SYSTEM):
        before = list(Appointment.objects.values_list("pk", "version", "updated_at"))

    report = there(row())

    with acting_in(practice.pk, SYSTEM):
        assert (outcomes(report), list(Appointment.objects.values_list("pk", "version", "updated_at"))) == (
            {"same": 1},
            before,
        )


def test_a_later_file_moves_what_was_moved_there(practice, there):
    there(row())

    report = there(row(start=f"{MONDAY} 1:30 PM"), name="later.csv")

    assert (outcomes(report), starts(practice)) == ({"moved": 1}, [datetime(2027, 3, 1, 19, 30, tzinfo=UTC)])


def test_a_later_file_cancels_what_was_cancelled_there(practice, there):
    there(row())

    report = there(row(state="X"), name="later.csv")

    assert (outcomes(report), starts(practice)) == ({"cancelled": 1}, [])


def test_what_was_moved_here_by_hand_and_there_too_is_listed_and_left(practice, there, secretary):
    there(row())
    with acting_in(practice.pk, secretary.pk):
        moved = booking.move(Appointment.objects.get(), by=secretary, now=timezone.now(), starts_at=TEN.replace(hour=17))

    report = there(row(start=f"{MONDAY} 2:00 PM"), name="later.csv")

    assert (report.listed, starts(practice)) == ([(2, telling.BOTH)], [moved.starts_at])


def test_what_was_cancelled_here_is_not_booked_again(practice, there, secretary):
    there(row())
    with acting_in(practice.pk, secretary.pk):
        said = {"reason": "pat", "initiator": "patient", "told_by": "patient"}
        visits.cancel(Appointment.objects.get(), by=secretary, now=timezone.now(), **said)

    assert (outcomes(there(row())), starts(practice)) == ({"same": 1}, [])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (row(mrn="9999"), "names a patient who is not on file"),
        (row(mrn=""), "names no patient by number, or by name and birth date"),
        (row(kind="Nothing"), "has a kind of visit that is not known here"),
        ("1,4711,2027-03-01 10:00,Nobody,FU,", "names a provider who is not known here"),
        (row(start="2027-03-06 10:00"), telling.CLOSED),
        (row(start="sometime"), "has a date that cannot be read"),
        (row(start=f"{MONDAY} late"), "has a time that cannot be read"),
        (row(start="2027-03-14 02:30"), "has a time that the clock jumps over"),
        (row(start="2027-11-07 01:30"), "has a time that comes twice on its day"),
        (row(number=""), "has no id"),
        ("1,4711", "has another number of cells than the header"),
    ],
)
def test_what_cannot_be_booked_is_listed_with_why(there, line, why):
    report = there(line)

    assert (outcomes(report), report.listed) == ({"not booked": 1}, [(2, why)])


def test_an_id_twice_in_a_file_is_listed(there):
    report = there(row(), row(mrn="4712", start=f"{MONDAY} 11:00"))

    assert (outcomes(report), report.listed) == ({"booked": 1, "not booked": 1}, [(3, telling.TWICE)])


def test_what_has_passed_is_counted_and_left_there(practice, there):
    assert (outcomes(there(row(start="2020-01-06 10:00"))), starts(practice)) == ({"past": 1}, [])


def test_outcomes_add_up_to_the_lines_of_the_file(there):
    lines = [row(), row("2", "9999"), row("3", start="2020-01-06 10:00"), row("4", state="X"), row(""), row("1")]

    report = there(*lines)

    assert report.read == len(lines) == sum(report.counts.values())


def test_a_line_that_failed_is_booked_by_the_next_file(practice, there, secretary):
    there(row(mrn="4713"))
    with acting_in(practice.pk, secretary.pk):
        patients.patient(mrn="4713", given="Cleo")

    report = there(row(mrn="4713"), name="again.csv")

    with acting_in(practice.pk, SYSTEM):
        assert (outcomes(report), Brought.objects.get().why) == ({"booked": 1}, "")


def test_lead_time_and_daily_limits_do_not_stop_what_stands_already(practice, there, secretary):
    with acting_in(practice.pk, secretary.pk):
        DailyLimit.objects.create(most=1)

    assert outcomes(there(row(), row("2", "4712", f"{MONDAY} 11:00"))) == {"booked": 2}


def test_what_could_not_be_booked_is_one_piece_of_work(practice, there):
    there(row(mrn="9999")), there(row(mrn="9998"), name="again.csv")

    with acting_in(practice.pk, SYSTEM):
        assert Case.objects.filter(kind="cut-over").count() == 1


def test_a_run_that_was_stopped_goes_on_after_the_last_whole_day(practice, there):
    lines = [row(), row("2", "4712", "2027-03-02 10:00"), row("3", "4711", "2027-03-03 10:00")]

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        there(*lines, progress=stop)
    report = there(*lines)

    with acting_in(practice.pk, SYSTEM):
        job = Job.objects.get(kind=bringing.KIND)
    assert (outcomes(report), len(starts(practice)), job.state) == ({"booked": 3}, 3, Job.State.DONE)


def test_nobody_is_reminded_before_it_is_released(practice, there, admin):
    there(row())
    span = {"start": TEN, "end": TEN.replace(hour=20)}
    with acting_in(practice.pk, admin.pk):
        before = len(reminding.to_remind(**span))
        released = brought.release(CutOver.objects.get(), by=admin, now=timezone.now())
        assert (before, released, len(reminding.to_remind(**span))) == (0, 1, 1)


def test_a_visit_that_was_moved_here_stays_held_back(practice, there, secretary):
    there(row())
    with acting_in(practice.pk, secretary.pk):
        booking.move(Appointment.objects.get(), by=secretary, now=timezone.now(), starts_at=TEN.replace(hour=17))
        assert len(reminding.to_remind(start=TEN, end=TEN.replace(hour=20))) == 0


def test_fhir_appointments_are_brought(practice, there):
    actors = [{"actor": {"reference": "Patient/p4711"}}, {"actor": {"reference": "Practitioner/1", "display": "OKAFOR, N"}}]
    one = {"resourceType": "Appointment", "id": "a", "status": "booked", "start": "2027-03-01T10:00:00-06:00"}
    one |= {"participant": actors, "appointmentType": {"text": "FU"}}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one}, {"resource": one | {"id": "b", "start": "x"}}]}

    report = there(json.dumps(bundle), name="visits.json")

    assert (outcomes(report), report.listed, starts(practice)) == (
        {"booked": 1, "not booked": 1},
        [(2, "has no start that can be read")],
        [TEN],
    )


EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//old//EN
BEGIN:VEVENT
UID:series
DTSTAMP:20260101T000000Z
DTSTART;TZID=America/Chicago:20270301T100000
DTEND;TZID=America/Chicago:20270301T103000
SUMMARY:Lopez, Ada 4711
RRULE:FREQ=WEEKLY;COUNT=3
END:VEVENT
{more}END:VCALENDAR
"""
MOVED = """BEGIN:VEVENT
UID:series
DTSTAMP:20260101T000000Z
RECURRENCE-ID;TZID=America/Chicago:20270308T100000
DTSTART;TZID=America/Chicago:20270309T110000
DTEND;TZID=America/Chicago:20270309T113000
SUMMARY:Lopez, Ada 4711
END:VEVENT
"""


def test_a_series_of_a_calendar_stays_at_its_local_time_over_the_clock_change(practice, there):
    report = there(EVENT.format(more=""), name="visits.ics")

    hours = [(one.day, one.hour) for one in starts(practice)]
    assert (outcomes(report), hours) == ({"booked": 3}, [(1, 16), (8, 16), (15, 15)])


def test_an_occurrence_that_is_moved_there_later_is_moved_here(practice, there):
    there(EVENT.format(more=""), name="visits.ics")

    report = there(EVENT.format(more=MOVED), name="later.ics")

    assert (outcomes(report), starts(practice)[1]) == (
        {"same": 2, "moved": 1},
        datetime(2027, 3, 9, 17, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file holds no appointments|must name|is not in the file"),
        ("Wrong,Header\n1,2", "which \\[columns\\] names for id, is not in the file"),
        ("\x00\x01", "neither CSV"),
        ("BEGIN:VCALENDAR\nnonsense", "not a calendar|cannot be read"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_whole(practice, there, tmp_path, text, sentence):
    path = tmp_path / "odd"
    path.write_text(text)

    with pytest.raises(Unusable, match=sentence):
        bringing.run(practice, path, tmp_path / "mapping.toml")

    assert starts(practice) == []


def test_fifty_megabytes_are_refused(practice, there, tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(50_000_000)

    with pytest.raises(Unusable, match="larger than 20 MB"):
        bringing.run(practice, path, tmp_path / "mapping.toml")
    assert starts(practice) == []


def test_a_rule_that_repeats_each_second_does_not_hold_up_the_portal(practice, there):
    endless = EVENT.format(more="").replace("FREQ=WEEKLY;COUNT=3", "FREQ=SECONDLY")

    with pytest.raises(Unusable, match=r"repeats too much|more than"):
        there(endless, name="visits.ics")
    assert starts(practice) == []


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("system = 1", "needs `system`"),
        ("system = 'x'\nzone = 'Mars/Base'", "needs `zone`"),
        ("x = [", "not written in TOML"),
        ("system='x'\nzone='UTC'\nnonsense=1", "means nothing"),
        ("system='x'\nzone='UTC'\n[columns]\ncolour='x'", "means nothing"),
        ("system='x'\nzone='UTC'\n[calendar]\nsummary='('", "no regular expression"),
        (MAPPING.replace("Dr. Okafor", "Dr. Nobody"), "not one of the practice's own names"),
    ],
)
def test_a_mapping_that_cannot_be_taken_says_what_is_wrong(practice, there, tmp_path, mapping, sentence):
    (tmp_path / "mapping.toml").write_text(mapping)

    with pytest.raises(Unusable, match=sentence):
        there(row())
    assert starts(practice) == []


def test_the_command_says_what_came_of_it_and_lists_the_rest(practice, there, tmp_path):
    there(row(), is_trial=True)
    said, listed = StringIO(), tmp_path / "listed.csv"

    call_command("import_visits", practice.slug, *_files(tmp_path), "--listed-in", str(listed), stdout=said)

    assert ("booked             1" in said.getvalue(), listed.read_text().split()[-1], len(starts(practice))) == (
        True,
        "2,booked,",
        1,
    )


def test_the_command_names_a_file_that_is_not_there(practice, there, tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_visits", practice.slug, str(tmp_path / "none.csv"), str(tmp_path / "mapping.toml"))
    assert starts(practice) == []


def _files(folder: Path) -> tuple[str, str]:
    return str(folder / "visits.csv"), str(folder / "mapping.toml")
