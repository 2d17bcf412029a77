"""A cut-over that is killed in the middle of a day goes on by the same call: no visit is lost, none stands twice."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from compliance.tenancy import SYSTEM, acting_in
from scheduling.models import Brought
from tests.factories import people
from tests.scheduling.test_cutover import HEADER, TEN, outcomes, row, starts, there

__all__ = ["there"]

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
from django.db.models.signals import post_save
from compliance.models import Practice
from scheduling.cutover import bringing
from scheduling.models import Appointment
written = []
def kill(created, **_):
    written.extend([created] * created)
    if len(written) == int(sys.argv[5]):
        os.kill(os.getpid(), signal.SIGKILL)
post_save.connect(kill, sender=Appointment)
folder = Path(sys.argv[2])
bringing.run(Practice.objects.get(pk=sys.argv[1]), folder / "visits.csv", folder / "mapping.toml")
"""
LINES = tuple(
    row(f"{day}-{hour}", mrn, f"2027-03-0{day} {hour}:00") for day in (1, 2, 3) for hour, mrn in ((10, "4711"), (11, "4712"))
)
STARTS = [TEN + timedelta(days=day, hours=hour) for day in (0, 1, 2) for hour in (0, 1)]


@pytest.fixture
def practice(committed):
    """One that another process sees."""
    return people.practice()


def killed_at(visit: int, practice, folder, key_ring) -> int:
    """What a process answers that is killed while it writes its `visit`-th visit, before that day is committed."""
    named = (str(practice.pk), str(folder), str(key_ring), connection.settings_dict["NAME"], str(visit))
    own = {"DJANGO_SETTINGS_MODULE": "secretary_portal.settings.test", "AUDIT_TAIL": str(settings.AUDIT_TAIL)}
    command = [sys.executable, "-W", "ignore", "-c", KILLED, *named]
    return subprocess.run(command, env={**os.environ, **own}, check=False, timeout=120).returncode


@pytest.mark.parametrize(("visit", "kept"), [(1, 0), (4, 2)])
def test_a_run_that_was_killed_goes_on_and_books_each_visit_once(key_ring, practice, there, tmp_path, visit, kept):
    (tmp_path / "visits.csv").write_text("\n".join([HEADER, *LINES]))

    assert (killed_at(visit, practice, tmp_path, key_ring), len(starts(practice))) == (-signal.SIGKILL, kept)
    report = there(*LINES)

    with acting_in(practice.pk, SYSTEM):
        keys = Brought.objects.filter(visit__isnull=False).count()
    assert (outcomes(report), starts(practice), keys) == ({"booked": 6}, STARTS, 6)
    assert outcomes(there(*LINES)) == {"same": 6}
