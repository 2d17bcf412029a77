"""2,000 reminders while two workers are killed with SIGKILL ten times: none lost, few repeated, each repeat knowable."""

import random
import time
from collections import Counter

import pytest
from django.db.models import Count
from django.utils import timezone

from compliance.tenancy import SYSTEM, acting_in
from correspondence import outbox
from correspondence.enums import MessageState
from correspondence.models import Message
from tests.correspondence import sink
from tests.correspondence.setting_up import a_practice_to_remind
from tests.correspondence.workers import Workers
from tests.reporting import EXACTLY, soak_row

REMINDERS, KILLS, PROCESSES = 2000, 10, 2
LONGEST = 3600  # seconds, for a busy machine; a claim of somebody killed at the very end runs out after two minutes


@pytest.mark.soak
def test_ten_kills_lose_no_reminder(committed):
    practice = a_practice_to_remind(REMINDERS)
    outbox.queue_reminders(practice.pk, now=timezone.now())
    with sink.listening() as (server, port):
        workers = Workers(smtp_port=port)
        try:
            killed = _send_under_fire(workers, practice)
        finally:
            workers.stop()
    mine = [mail for mail in server.received if practice.slug in str(mail["To"])]
    arrived = Counter(str(mail["To"]) for mail in mine)
    ids = {str(mail["Message-ID"]) for mail in mine}
    repeated = len(mine) - len(arrived)

    assert soak_row("reminders_sent", len(arrived), REMINDERS, rule=EXACTLY)
    assert soak_row("reminders_lost", REMINDERS - len(arrived), 0, rule=EXACTLY)
    assert soak_row("reminders_repeated", repeated, killed)
    assert soak_row("reminders_repeated_under_another_id", len(ids) - len(arrived), 0, rule=EXACTLY)


def _send_under_fire(workers, practice):
    """Let two workers send, kill both ten times on the way, and let them finish. Answers how many processes died."""
    killed, until = 0, time.monotonic() + LONGEST
    marks = [REMINDERS * (number + 1) // (KILLS + 1) for number in range(KILLS)]
    workers.start(PROCESSES)
    while (sent := _sent(practice)) < REMINDERS and time.monotonic() < until:
        assert workers.all_alive()
        if workers.waiting() < PROCESSES:  # the clock
            workers.run("correspondence.tasks.deliver_due")
        if marks and sent >= marks[0]:
            marks.pop(0)
            time.sleep(random.random() / 10)
            killed += workers.kill()
            workers.start(PROCESSES)
        time.sleep(0.2)
    assert killed == KILLS * PROCESSES
    return killed


def _sent(practice):
    with acting_in(practice.pk, SYSTEM):
        counts = dict(Message.objects.values_list("state").annotate(Count("pk")))
    return counts.get(MessageState.SENT, 0)
