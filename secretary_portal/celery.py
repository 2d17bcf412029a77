"""The worker and its clock. What runs when stands in SCHEDULE and nowhere else."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secretary_portal.settings.prod")

# (task, every so many seconds). A run that nobody fetched is dropped before the next one: the rows wait, not the queue.
SCHEDULE: tuple[tuple[str, int], ...] = (
    ("correspondence.tasks.queue_reminders", 60),
    ("correspondence.tasks.queue_offers", 30),
    ("correspondence.tasks.deliver_due", 30),
    ("scheduling.release_holds", 60),
    ("scheduling.read_outside_calendars", 300),
    ("scheduling.fill_series", 6 * 3600),
    ("scheduling.tick_wait_list", 60),
    ("scheduling.recalls_come_due", 900),
    ("scheduling.work_on_files", 60),
    ("compliance.seal_trail", 60),
    ("compliance.run_checks", 300),
    ("compliance.make_exports", 60),
    ("compliance.watch_checks", 3600),
    ("contingency.keep_schedule", 900),
)

app = Celery("secretary_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    task: {"task": task, "schedule": float(seconds), "options": {"expires": seconds}} for task, seconds in SCHEDULE
}


@setup_logging.connect
def keep_logs(**kwargs: Any) -> None:
    """Django has set up the logs (secretary_portal/logs.py); Celery must not set up its own, which show values."""


@worker_init.connect
@beat_init.connect
def look_at_ring(**kwargs: Any) -> None:
    """No task and no clock on a bad key ring. A signal swallows every exception but this one."""
    from compliance.crypto.ring import BadRing
    from compliance.starting import refuse_bad_ring

    try:
        refuse_bad_ring()
    except BadRing:
        sys.exit(3)
