"""Doors for the clock."""

from celery import shared_task
from django.utils import timezone

from compliance.everywhere import for_each_practice
from scheduling import taking


@shared_task(name="scheduling.release_holds")
def release_holds() -> None:
    """Delete holds that ran out. Takers do so themselves; this keeps the table small."""
    now = timezone.now()
    for_each_practice(
        lambda _: taking.release_run_out(now=now), name="holds", title="Releasing times held too long", now=now
    )
