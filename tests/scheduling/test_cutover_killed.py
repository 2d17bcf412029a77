"""SIGKILL in the middle of bringing: the next run ends with exactly the visits of the file, none twice, none lost."""

import os
import signal
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection

from compliance.models import Job
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from scheduling.cutover import bringing
from scheduling.models import Appointment, Brought, Occupation
from tests.factories import patients, people
from tests.factories import scheduling as make
from tests.scheduling.test_cutover import HEADER, MAPPING, row

DAYS, EACH = 4, 3
KILLED = """
import os, signal, sys, threading
import django
django.setup()
from pathlib import Path
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[5]
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[5]
settings.KEY_RING = Path(sys.argv[4])
from compliance.models import Practice
from scheduling.cutover import bringing
kill = lambda: os.kill(os.getpid(), signal.SIGKILL)
def after(day, days):
    if day == 2:
        threading.Timer(float(sys.argv[6]), kill).start() if float(sys.argv[6]) else kill()
bringing.run(Practice.objects.get(pk=sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), progress=after)
"""


@pytest.fixture
def made(committed, tmp_path):
    """A practice, a file of visits on four days, and its mapping."""
    practice = people.practice()
    with acting_in(practice.pk, people.member(practice, Role.PRACTICE_ADMIN).pk):
        make.provider("Dr. Okafor"), make.visit_type("Follow-up", minutes=30)
        for number in range(EACH):
            patients.patient(mrn=f"471{number}", given="Ada")
    days = [date(2027, 3, 1) + timedelta(days=number) for number in range(DAYS)]
    lines = [row(f"{day}-{number}", f"471{number}", f"{day} 1{number}:00") for day in days for number in range(EACH)]
    (tmp_path / "visits.csv").write_text("\n".join([HEADER, *lines]))
    (tmp_path / "mapping.toml").write_text(MAPPING)
    return practice, tmp_path / "visits.csv", tmp_path / "mapping.toml"


def killed(made, key_ring, seconds: float) -> int:
    practice, *paths = made
    said = [practice.pk, *paths, key_ring, connection.settings_dict["NAME"], seconds]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, *map(str, said)],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "secretary_portal.settings.test",
            "AUDIT_TAIL": str(settings.AUDIT_TAIL),
        },
        check=False,
    )
    return done.returncode


def there(practice) -> list[tuple]:
    """The visits, by whom and when, and how often time was taken for them."""
    with acting_in(practice.pk, SYSTEM):
        visits = Appointment.objects.order_by("starts_at").values_list("starts_at", "patient_id", "status")
        return [*visits, (Occupation.objects.count(), Brought.objects.exclude(visit=None).count())]


@pytest.mark.parametrize("seconds", [0, 0.02])
def test_a_kill_loses_no_visit_and_books_none_twice(made, key_ring, seconds):
    practice, *paths = made
    status, before = killed(made, key_ring, seconds), len(there(practice)) - 1

    report = bringing.run(practice, *paths)

    visits = there(practice)
    with acting_in(practice.pk, SYSTEM):
        jobs = list(Job.objects.filter(kind=bringing.KIND).values_list("state", flat=True))
    assert (status, before < DAYS * EACH, before % EACH) == (-signal.SIGKILL, True, 0)
    assert (report.counts["booked"], len(set(visits[:-1])), visits[-1], jobs) == (12, 12, (12, 12), ["done"])


def test_the_run_after_it_changes_nothing(made, key_ring):
    practice, *paths = made
    killed(made, key_ring, 0)
    bringing.run(practice, *paths)
    before = there(practice)

    report = bringing.run(practice, *paths)

    assert (dict(report.counts), there(practice)) == ({"same": 12}, before)
