"""Files of patients, a second time and after a kill in the middle: no row changes, nobody twice, nobody lost."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.core.management import call_command
from django.db import connection

from compliance.tenancy import SYSTEM, acting_in
from patients import importing
from patients.models import Patient
from tests.factories import people
from tests.patients.test_importing import KILLED, SYNTHEA
from tests.reporting import AT_LEAST, EXACTLY, soak_row
from tests.walls.attacks import MONTH, tables

MADE = 2000
WHAT_ANY_RUN_WRITES = (
    *("compliance_job", "compliance_auditevent", "compliance_auditpatient", "compliance_auditlink"),
    "compliance_fieldchange",
)
GOES_ON = KILLED.replace("progress=kill", "progress=lambda step: print(step, flush=True)")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("import") / "made.ndjson"
    call_command("make_patients", MADE, to=path)
    return path


def state_of(practice):
    """Every row of the practice by table, with the transaction that wrote it last."""
    state = {}
    for table in tables():
        if not MONTH.search(table) and table not in WHAT_ANY_RUN_WRITES:
            with acting_in(practice.pk, SYSTEM), connection.cursor() as cursor:
                cursor.execute(f"SELECT id::text, xmin::text, md5(t::text) FROM {table} t")
                state |= {(table, pk): (writer, content) for pk, writer, content in cursor.fetchall()}
    return state


def patients_of(practice):
    with acting_in(practice.pk, SYSTEM):
        return Patient.objects.count()


def changed(before, after):
    return sorted({key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)})


@pytest.fixture
def say(capsys):
    """Print a line of the report although pytest captures."""

    def line(text):
        with capsys.disabled():
            sys.stdout.write(f"\n{text}")

    return line


def told(path, report):
    """Imported, warned by kind, quarantined by reason."""
    counts = (("read and done", report.counts), ("warned", report.warnings), ("quarantined", report.reasons))
    return f"{path.name}: " + "; ".join(f"{title} {dict(sorted(found.items()))}" for title, found in counts)


@pytest.mark.soak
def test_a_second_run_of_every_file_changes_no_row(committed, made, say):
    changes = 0
    for path in [made, *([SYNTHEA] if SYNTHEA.exists() else [])]:
        practice = people.practice()
        first = importing.run(practice, path)
        before = state_of(practice)
        second = importing.run(practice, path)
        after = state_of(practice)
        changes += second.changes + sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())
        say(told(path, first))
        say(f"  the second run: {dict(second.counts)}; tables with a changed row: {changed(before, after)}")

    assert soak_row("import_second_run_changes", changes, 0, rule=EXACTLY)


@pytest.mark.soak
def test_a_kill_in_the_middle_and_a_resume_leave_nobody_out_and_nobody_twice(committed, made, key_ring, say):
    whole = people.practice()
    wanted = importing.run(whole, made)
    practice = people.practice()

    reached = _killed_in_the_middle(practice, made, key_ring)
    report = importing.run(practice, made)

    say(f"killed after line {reached} of {MADE}; resumed to {dict(report.counts)}")
    assert soak_row("import_killed_at_line", reached, 1, rule=AT_LEAST)
    assert soak_row("import_patients_lost_or_twice", abs(patients_of(practice) - patients_of(whole)), 0, rule=EXACTLY)
    assert report.counts == wanted.counts


def _killed_in_the_middle(practice, path, key_ring):
    """SIGKILL at some moment of a batch, not between two. Answers the last line that had committed."""
    command = [sys.executable, "-W", "ignore", "-c", GOES_ON]
    command += [str(practice.pk), str(path), str(key_ring), connection.settings_dict["NAME"]]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "secretary_portal.settings.test"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    step = 0
    for line in process.stdout:
        step = int(line)
        if step >= MADE // 2:
            time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    process.wait()
    return step
