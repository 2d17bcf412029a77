"""Two workers and one number: it gets one text a day, whoever of them is first."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from compliance.roles import Role
from compliance.tenancy import acting_in
from correspondence import outbox, texting
from correspondence.channels.memory import MemoryTextChannel
from correspondence.enums import Channel
from correspondence.models import Message
from patients import numbers
from patients.enums import Purpose
from tests.factories import patients, people, reminders
from tests.factories.reminders import DAY_BEFORE, VISIT

ROUNDS = 25
THEIRS = "+16085550161"  # a number of no other test: what leaves here is committed, and an answer goes to who wrote last


def two_due():
    """A mother and her child, one number, a visit each: (practice, the two texts)."""
    at = people.practice()
    by = people.member(at, Role.SECRETARY)
    with acting_in(at.pk, by.pk):
        reminders.wording(channel=Channel.TEXT, subject="")
        reminders.plan(channel=Channel.TEXT)
        for given, later in (("Maria", timedelta()), ("Ana", timedelta(hours=1))):
            whose = patients.patient(by=by, given=given, phone=THEIRS, phone_for=(Purpose.TEXT,))
            reminders.visit(by=by, whose=whose, starts_at=VISIT + later)
    outbox.queue_reminders(at.pk, now=DAY_BEFORE)
    with acting_in(at.pk, by.pk):
        Message.objects.update(due_at=DAY_BEFORE, not_before=DAY_BEFORE)
        return at.pk, list(Message.objects.values_list("pk", flat=True))


def sent_by_two_workers():
    """How many texts leave when both are delivered at once."""
    practice, messages = two_due()
    MemoryTextChannel.sent.clear()
    start = Barrier(len(messages))

    def work(message):
        try:
            start.wait(30)
            outbox.deliver(practice, message, now=DAY_BEFORE)
        finally:
            connection.close()

    threads = [Thread(target=work, args=[message]) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return len(MemoryTextChannel.sent)


def test_without_the_lock_both_texts_leave(committed, monkeypatch):
    both_looked, look = Barrier(2), texting._went_to

    def looked(number, **which):
        went = look(number, **which)
        both_looked.wait(30)
        return went

    monkeypatch.setattr(numbers, "lock", numbers.holders)
    monkeypatch.setattr(texting, "_went_to", looked)

    assert sent_by_two_workers() == 2


@pytest.mark.parametrize("number", range(ROUNDS))
def test_with_it_one_text_leaves_in_each_round(committed, number):
    assert sent_by_two_workers() == 1
