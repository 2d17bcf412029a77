"""Doors for the clock: every practice, one failing does not stop the others."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from compliance import everywhere
from compliance.crypto import data_keys
from compliance.models import DataKey, Practice
from compliance.roles import Role
from compliance.tenancy import SYSTEM, PracticeContextMissing, acting_in
from correspondence import outbox, tasks
from correspondence.channels.memory import MemoryChannel
from correspondence.models import Message
from tests.factories import people, reminders
from tests.factories.reminders import sent_to


def with_a_visit_tomorrow(address):
    """A practice with a plan and one visit that is due to be reminded of."""
    practice = people.practice()
    secretary = people.member(practice, Role.SECRETARY)
    with acting_in(practice.pk, secretary.pk):
        reminders.wording()
        reminders.plan()
        whose = reminders.reachable(by=secretary, email=address)
        visit = reminders.visit(by=secretary, whose=whose)
        to_tomorrow(visit)
    return practice


def to_tomorrow(visit):
    starts_at = timezone.now() + timedelta(hours=20)
    visit.starts_at, visit.ends_at = starts_at, starts_at + timedelta(minutes=30)
    visit.save()


def the_clock_runs():
    """Both tasks. A database that is used again may hold practices of a run with another key ring: left out."""
    for task in (tasks.queue_reminders, tasks.deliver_due):
        with suppress(everywhere.NotEverywhere):
            task()


def test_every_practices_reminders_are_promised_and_sent(db):
    addresses = [f"{uuid4().hex}@patients.example" for _ in range(2)]
    for address in addresses:
        with_a_visit_tomorrow(address)

    the_clock_runs()

    assert [len(sent_to(address)) for address in addresses] == [1, 1]


def test_running_twice_sends_once(db):
    with_a_visit_tomorrow("once@patients.example")

    for _ in range(2):
        the_clock_runs()

    assert len(sent_to("once@patients.example")) == 1


def test_a_practice_that_fails_does_not_stop_the_others():
    done, ids = [], [uuid4() for _ in range(3)]

    def work(one):
        if one == ids[1]:
            raise ValueError("Maria Lopez")
        done.append(one)

    with pytest.raises(everywhere.NotEverywhere, match="1 of 3 were left out"):
        everywhere.each(ids, work, "practice.left_out")

    assert done == [ids[0], ids[2]]


def test_a_practice_whose_key_cannot_be_opened_does_not_stop_the_next(db):
    broken, sound = with_a_visit_tomorrow("lost@patients.example"), with_a_visit_tomorrow("found@patients.example")
    with acting_in(broken.pk, SYSTEM):
        DataKey.objects.update(wrapped=bytes(40))
    data_keys.forget()

    with suppress(everywhere.NotEverywhere):
        tasks.queue_reminders()
    with pytest.raises(everywhere.NotEverywhere):
        tasks.deliver_due()

    assert broken.pk < sound.pk
    assert (len(sent_to("lost@patients.example")), len(sent_to("found@patients.example"))) == (0, 1)


def test_a_database_that_is_away_ends_it_at_once(committed):
    tried = []

    def work(one):
        tried.append(one)
        connection.ensure_connection()
        connection.connection.close()
        Practice.objects.exists()

    with pytest.raises(OperationalError):
        everywhere.each([uuid4(), uuid4()], work, "practice.left_out")

    assert len(tried) == 1


def test_the_log_names_the_practice_and_the_kind_of_error_only(capsys):
    def work(one):
        raise ValueError("Maria Lopez")

    with pytest.raises(everywhere.NotEverywhere):
        everywhere.each([uuid4()], work, "practice.left_out")

    assert "Maria" not in capsys.readouterr().out


def test_one_message_is_delivered_only_from_a_practices_context(db):
    with pytest.raises(PracticeContextMissing):
        tasks.deliver.apply_async([str(uuid4())])


def test_what_is_asked_for_waits_for_the_commit(planned, secretary, django_capture_on_commit_callbacks):
    visit = reminders.visit(by=secretary)

    with django_capture_on_commit_callbacks() as callbacks:
        tasks.soon(outbox.send_now(visit, by=secretary, now=reminders.DAY_BEFORE))

    deliveries = [one for one in callbacks if "soon" in one.__qualname__]
    assert (len(deliveries), Message.objects.count(), MemoryChannel.sent) == (1, 1, [])
