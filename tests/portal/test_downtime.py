"""The schedule for when the portal is away: written each evening, locked, opened without the portal."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.core.management import CommandError, call_command

from compliance.everywhere import NotEverywhere
from compliance.models import AuditEvent, Job
from compliance.tenancy import SYSTEM, acting_in
from secretary_portal.contingency import downtime, envelope
from tests.factories import people, scheduling

pytestmark = pytest.mark.django_db
KEY = X25519PrivateKey.generate()
SUNDAY_NOON = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # in Chicago
SUNDAY_EVENING = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@pytest.fixture
def booked(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        who = scheduling.provider("Dr. Okafor")
        scheduling.visit(by=secretary, who=who, whose=scheduling.patient(family="<Walker>"))
    return practice


def test_it_holds_the_next_two_days_per_provider(booked):
    text = downtime.page(booked, now=SUNDAY_EVENING)

    assert (
        "Dr. Okafor" in text,
        "&lt;Walker&gt;, Ada" in text,
        "10:00–10:30" in text,
        "November 24, 2026: no visits" in text,
    ) == (
        True,
        True,
        True,
        True,
    )


def test_writing_it_is_an_event_with_its_patients(booked):
    downtime.page(booked, now=SUNDAY_EVENING)

    with acting_in(booked.pk, SYSTEM):
        assert AuditEvent.objects.filter(kind="schedule.kept_for_downtime").count() == 1


def test_it_is_written_once_an_evening_and_not_before(booked, tmp_path):
    def mine(now):
        return [path for path in downtime.write_due(tmp_path, KEY.public_key(), now=now) if booked.slug in path.name]

    assert [len(mine(now)) for now in (SUNDAY_NOON, SUNDAY_EVENING, SUNDAY_EVENING)] == [0, 1, 0]


def test_a_practice_whose_file_cannot_be_written_does_not_stop_the_others(booked, tmp_path):
    other = people.practice()
    path = downtime.path_of(tmp_path, booked, date(2026, 11, 22))
    path.with_name(path.name + ".part").mkdir(parents=True)

    with pytest.raises(NotEverywhere):
        downtime.write_due(tmp_path, KEY.public_key(), now=SUNDAY_EVENING)

    written = {practice.slug for practice in (booked, other) if any(tmp_path.glob(f"{practice.slug}*.locked"))}
    with acting_in(booked.pk, SYSTEM):
        assert (written, Job.objects.get(kind="clock-downtime").state) == ({other.slug}, Job.State.FAILED)


def test_it_lies_locked_and_opens_with_the_key_alone(booked, tmp_path):
    public = envelope.new_key(tmp_path / "key")
    call_command("downtime_schedule", booked.slug, str(tmp_path / "locked"), to=public, stdout=StringIO())
    locked = str(tmp_path / "locked")
    call_command(
        "downtime_schedule", locked, str(tmp_path / "page.html"), open=True, key=tmp_path / "key", stdout=StringIO()
    )

    assert b"<table" not in (tmp_path / "locked").read_bytes()
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")


def test_another_key_does_not_open_it(booked, tmp_path):
    envelope.new_key(tmp_path / "other")
    downtime.write(tmp_path / "locked", booked, KEY.public_key(), now=SUNDAY_EVENING)

    with pytest.raises(CommandError, match="does not open"):
        call_command("downtime_schedule", str(tmp_path / "locked"), str(tmp_path / "p"), open=True, key=tmp_path / "other")
