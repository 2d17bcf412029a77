"""Doors for the clock."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from secretary_portal.contingency import downtime, envelope


@shared_task(name="contingency.keep_schedule")
def keep_schedule() -> None:
    """Each evening of each practice, the next two days' schedule as a locked file, where a key is set."""
    if settings.BACKUP_KEY:
        downtime.write_due(settings.DOWNTIME_FILES, envelope.public_key(settings.BACKUP_KEY), now=timezone.now())
