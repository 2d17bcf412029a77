"""A real worker process sends real mail: queue, claim, SMTP, record."""

import time

from compliance.tenancy import SYSTEM, acting_in
from correspondence.enums import MessageState
from correspondence.models import Message
from tests.correspondence import sink
from tests.correspondence.setting_up import a_practice_to_remind
from tests.correspondence.workers import Workers

COUNT = 5


def test_a_worker_sends_each_reminder_once(committed):
    practice = a_practice_to_remind(COUNT)
    with sink.listening() as (server, port):
        workers = Workers(smtp_port=port)
        try:
            workers.start()
            for task in ("queue_reminders", "deliver_due", "deliver_due"):
                workers.run(f"correspondence.tasks.{task}")
            assert in_time(lambda: states(practice) == [MessageState.SENT] * COUNT)
        finally:
            workers.stop()

    to = sorted(str(mail["To"]) for mail in server.received if practice.slug in str(mail["To"]))
    assert to == [f"{number}@{practice.slug}.example" for number in range(COUNT)]


def states(practice):
    with acting_in(practice.pk, SYSTEM):
        return list(Message.objects.values_list("state", flat=True))


def in_time(happened, *, seconds=90):
    """Ask until it has happened, or for so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(0.2)
    return False
