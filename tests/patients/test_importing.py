"""Patients from FHIR files: whole or in quarantine, and a second time without change."""

import json
import os
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from compliance.models import AuditEvent, Job
from compliance.tenancy import SYSTEM, acting_in
from patients import importing
from patients.models import ContactPoint, HumanName, Patient
from tests.factories import people

DATA = "shared/data/synthea-100/Patient.ndjson"
SYNTHEA = next((path for above in Path(__file__).resolve().parents if (path := above / DATA).exists()), Path(DATA))
SYSTEM_URL = "http://hospital.example"


def resource(number, **fields):
    return {
        "resourceType": "Patient",
        "identifier": [
            {"type": {"coding": [{"code": "MR"}]}, "system": SYSTEM_URL, "value": f"H-{number}"},
        ],
        "name": [{"use": "official", "family": "Lopez", "given": ["Maria", "Ines"]}],
        "telecom": [{"system": "phone", "value": f"608-555-{number:04d}", "use": "home"}],
        "gender": "female",
        "birthDate": "1985-03-27",
        "address": [{"line": ["1 Main St"], "city": "Madison", "state": "WI", "postalCode": "53703", "country": "US"}],
        "communication": [{"language": {"coding": [{"code": "en-US"}]}}],
        **fields,
    }


@pytest.fixture
def file(tmp_path):
    def write(*lines, name="patients.ndjson"):
        texts = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        path = tmp_path / name
        path.write_bytes(b"\n".join(texts) + b"\n")
        return path

    return write


def names(practice):
    with acting_in(practice.pk, SYSTEM):
        return sorted(row.family for row in HumanName.objects.all())


def test_a_file_becomes_patients(practice, file):
    report = importing.run(practice, file(resource(1), resource(2)))

    assert (report.counts["registered"], len(names(practice))) == (2, 2)


def test_a_second_run_changes_nothing(practice, file):
    path = file(resource(1), resource(2))
    importing.run(practice, path)

    report = importing.run(practice, path)

    assert (report.changes, report.counts["same"]) == (0, 2)


def test_a_real_difference_is_written_and_nothing_else(practice, file):
    importing.run(practice, file(resource(1), resource(2)))

    report = importing.run(practice, file(resource(1), resource(2, gender="other")))

    assert (report.counts["changed"], report.counts["same"]) == (1, 1)


def test_what_the_file_does_not_name_stays(practice, file):
    importing.run(practice, file(resource(1)))
    with acting_in(practice.pk, SYSTEM):
        patient = Patient.objects.get()
        ContactPoint.objects.create(patient=patient, system="email", value="m@home.example")

    importing.run(practice, file(resource(1, gender="other")))

    with acting_in(practice.pk, SYSTEM):
        assert ContactPoint.objects.filter(ends_on__isnull=True).count() == 2


REPLACED = {"link": [{"other": {"reference": "Patient/9"}, "type": "replaced-by"}]}
REPLACES = {"link": [{"other": {"reference": "Patient/9"}, "type": "replaces"}]}


@pytest.mark.parametrize(
    ("said", "is_in_use"),
    [({"active": False}, False), (REPLACED, False), (REPLACED | {"active": True}, False), (REPLACES, True)],
)
def test_a_record_that_another_took_the_place_of_is_not_in_use(practice, file, said, is_in_use):
    importing.run(practice, file(resource(1, **said)))

    with acting_in(practice.pk, SYSTEM):
        assert Patient.objects.get().is_active == is_in_use


def test_an_import_gives_no_consent(practice, file):
    importing.run(practice, file(resource(1)))

    with acting_in(practice.pk, SYSTEM):
        assert not Patient.objects.get().consents.exists()


BROKEN = {
    "is no JSON": b'{"resourceType": "Patient"',
    "is not written in UTF-8": b'{"resourceType": "\xff"}',
    "is no JSON object": b"[]",
    "is no Patient": {"resourceType": "Observation"},
    "is longer than 1 MB": b'{"a": "' + b"x" * 1_100_000 + b'"}',
    "has no name": resource(2, name=[]),
    "has a name that says nothing": resource(2, name=[{"use": "official"}]),
    "is not built like a FHIR Patient": resource(2, name="Lopez"),
    "has a name that is no text": resource(2, name=[{"family": 7}]),
    "has a name longer than 100 characters": resource(2, name=[{"family": "x" * 101}]),
    "has a name with a hidden character": resource(2, name=[{"family": "Lo\u202epez"}]),
    "has a birth date that is no day": resource(2, birthDate="1985-02-30"),
    "has a date of death that lies in the future": resource(2, deceasedDateTime="2999-01-01T00:00:00Z"),
    "has a date of death before the birth date": resource(2, deceasedDateTime="1985-03-26"),
    "has a birth date that lies in the future": resource(2, birthDate="2999-01-01"),
    "has a birth date more than 130 years ago": resource(2, birthDate="1700-01-01"),
    "has a date of death that is no day": resource(2, deceasedDateTime="2020-99-01T00:00:00Z"),
    "has a period that ends before it starts": resource(
        2, telecom=[{"value": "608-555-0001", "period": {"start": "2020-02-01", "end": "2020-01-01"}}]
    ),
    "has a contact that is no text": resource(2, telecom=[{"system": "phone", "value": {}}]),
    "has a address longer than 120 characters": resource(2, address=[{"line": ["x" * 121]}]),
    "has a identifier longer than 80 characters": resource(2, identifier=[{"system": "s", "value": "x" * 81}]),
    "has no identifier with a system to know the patient by": resource(2, identifier=[]),
    "has an identifier that stands on an earlier line": resource(1),
    "has an MRN that another patient has": resource(
        2, identifier=[{"type": {"coding": [{"code": "MR"}]}, "system": "urn:other", "value": "H-1"}]
    ),
}


@pytest.mark.parametrize("said", ["soon", "in 1985", "19 May", 1985, ["1985"], "٢٠٠١-٠١-٠١"])
def test_a_birth_date_that_is_none_is_put_aside(practice, file, said):
    report = importing.run(practice, file(resource(1, birthDate=said), resource(3)))

    assert report.quarantined == [(1, "has a birth date that is no day")]


@pytest.mark.parametrize("reason", BROKEN)
def test_a_broken_line_is_put_aside_and_the_rest_goes_on(practice, file, reason):
    report = importing.run(practice, file(resource(1), BROKEN[reason], resource(3)))

    assert (report.quarantined, report.counts["registered"]) == ([(2, reason)], 2)


def test_identifiers_of_two_patients_are_put_aside(practice, file):
    importing.run(practice, file(resource(1), resource(2)))
    both = resource(1)["identifier"] + resource(2)["identifier"]

    report = importing.run(practice, file(resource(1, identifier=both)))

    assert report.quarantined == [(1, "has identifiers of two patients on file")]


ODD = {
    "phone invalid": {"telecom": [{"system": "phone", "value": "555-907-9875"}]},
    "phone not readable": {"telecom": [{"system": "phone", "value": "call the shop"}]},
    "e-mail not readable": {"telecom": [{"system": "email", "value": "none"}]},
    "contact without a value": {"telecom": [{"system": "phone"}]},
    "ZIP 00000": {"address": [{"state": "WI", "postalCode": "00000"}]},
    "ZIP missing": {"address": [{"state": "Wisconsin"}]},
    "state not known": {"address": [{"state": "Bavaria", "postalCode": "80331"}]},
    "digits in a name": {"name": [{"family": "Lopez842"}]},
    "name in one piece": {"name": [{"text": "Maria Lopez"}]},
    "maiden name kept": {"name": [{"family": "Ruiz", "use": "official"}, {"family": "Lopez", "use": "maiden"}]},
    "more than one name of a use": {"name": [{"family": "Ruiz"}, {"family": "Lopez"}]},
    "SSN impossible": {"identifier": [*resource(1)["identifier"], {"system": importing.fhir.SSN, "value": "999-81-5679"}]},
    "language not among ours": {"communication": [{"language": {"coding": [{"code": "tlh"}]}}]},
    "language missing": {"communication": []},
    "deceased": {"deceasedBoolean": True},
    "birth date not complete": {"birthDate": "1985"},
    "birth date missing": {"birthDate": None},
    "sex unknown to FHIR": {"gender": "F"},
    "sex missing": {"gender": None},
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_odd_is_warned_of_and_imported(practice, file, kind):
    report = importing.run(practice, file(resource(1, **ODD[kind])))

    assert (report.counts["registered"], dict(report.warnings)) == (1, {kind: 1})


@pytest.mark.parametrize("kind", ODD)
def test_what_is_odd_is_not_changed_by_a_second_run(practice, file, kind):
    path = file(resource(1, **ODD[kind]))
    importing.run(practice, path)

    assert importing.run(practice, path).changes == 0


@pytest.mark.parametrize("indent", [None, 2])
def test_a_bundle_is_read_entry_by_entry(practice, tmp_path, indent):
    other = {"resource": {"resourceType": "Observation"}}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": resource(1)}, other, {"resource": resource(2)}]}
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle, indent=indent))

    assert importing.run(practice, path).counts == {"read": 2, "registered": 2}


def test_a_bundle_that_cannot_be_read_is_refused_whole(practice, tmp_path):
    path = tmp_path / "bundle.json"
    path.write_text('{"resourceType": "Bundle",\n "entry": [')

    with pytest.raises(importing.Unusable):
        importing.run(practice, path)


class Stopped(Exception):
    pass


def stop(step):
    raise Stopped


def test_a_run_that_stopped_goes_on_where_it_was(practice, file):
    path = file(*(resource(number) for number in range(1, importing.BATCH + 3)))
    with pytest.raises(Stopped):
        importing.run(practice, path, progress=stop)

    report = importing.run(practice, path)

    assert (report.counts["registered"], report.counts["same"], len(names(practice))) == (52, 0, 52)


def test_a_resumed_run_still_knows_the_identifiers_of_earlier_lines(practice, file):
    path = file(*(resource(number) for number in range(1, importing.BATCH + 1)), resource(1, gender="other"))
    with pytest.raises(Stopped):
        importing.run(practice, path, progress=stop)

    assert importing.run(practice, path).quarantined == [(51, "has an identifier that stands on an earlier line")]


KILLED = """
import os, signal, sys
import django
django.setup()
from pathlib import Path
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[4]
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[4]
settings.KEY_RING = Path(sys.argv[3])
from compliance.models import Practice
from patients import importing
kill = lambda step: os.kill(os.getpid(), signal.SIGKILL)
importing.run(Practice.objects.get(pk=sys.argv[1]), Path(sys.argv[2]), progress=kill)
"""


def test_a_run_that_was_killed_goes_on_and_writes_nobody_twice(committed, file, key_ring):
    practice = people.practice()
    path = file(*(resource(number) for number in range(1, importing.BATCH + 3)))
    database = connection.settings_dict["NAME"]

    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, str(practice.pk), str(path), str(key_ring), database],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "secretary_portal.settings.test",
            "AUDIT_TAIL": str(settings.AUDIT_TAIL),
        },
        check=False,
    )
    report = importing.run(practice, path)

    assert (killed.returncode, report.counts["registered"], len(names(practice))) == (-signal.SIGKILL, 52, 52)


def test_the_command_prints_what_came_of_it_and_lists_quarantine_without_names(practice, file, tmp_path):
    said, listed = StringIO(), tmp_path / "aside.csv"
    path = file(resource(1), resource(2, birthDate="1985-02-30"))

    call_command("import_fhir", practice.slug, str(path), quarantine=listed, stdout=said)

    assert listed.read_text().splitlines() == ["line,the line", "2,has a birth date that is no day"]
    assert "Lopez" not in said.getvalue()


@pytest.mark.parametrize("words", [("nowhere", __file__), ("", "nofile.ndjson")])
def test_the_command_says_what_is_not_there(practice, words):
    with pytest.raises(CommandError, match="There is no"):
        call_command("import_fhir", words[0] or practice.slug, words[1])


def test_the_job_shows_the_count_and_nobodys_data(practice, file):
    importing.run(practice, file(resource(1)))

    with acting_in(practice.pk, SYSTEM):
        job = Job.objects.get()
        assert (job.state, job.sentence) == ("done", "1 registered, 0 changed, 0 same, 0 quarantined.")
        assert AuditEvent.objects.filter(kind="patient.registered").count() == 1


@pytest.mark.skipif(not SYNTHEA.exists(), reason="no Synthea file")
def test_the_synthetic_patients_are_imported_whole_and_once(practice):
    first = importing.run(practice, SYNTHEA)

    second = importing.run(practice, SYNTHEA)

    assert (first.counts["registered"], first.quarantined, second.changes) == (120, [], 0)


def test_an_error_in_the_middle_is_told_in_the_jobs_row_and_the_next_run_goes_on(practice, file):
    path = file(*(resource(number) for number in range(1, importing.BATCH + 3)))

    def fails(step):
        raise ZeroDivisionError(resource(step)["name"])

    with pytest.raises(ZeroDivisionError):
        importing.run(practice, path, progress=fails)
    with acting_in(practice.pk, SYSTEM):
        job = Job.objects.get()
    report = importing.run(practice, path)

    assert (job.state, "ZeroDivisionError" in job.sentence, "Lopez" in job.sentence) == ("failed", True, False)
    assert (report.counts["registered"], len(names(practice))) == (52, 52)
