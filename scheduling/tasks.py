"""Doors for the clock."""

from celery import shared_task
from django.utils import timezone

from compliance.tenancy.tasks import for_each_practice
from scheduling import recalls, taking
from scheduling.waitlist import ticking


@shared_task(name="scheduling.release_holds")
def release_holds() -> None:
    """Delete holds that ran out. Takers do so themselves; this keeps the table small."""
    for_each_practice(lambda _: taking.release_run_out(now=timezone.now()))


@shared_task(name="scheduling.tick_wait_list")
def tick_wait_list() -> None:
    """End what ran out: offers, wishes, freed times."""
    for_each_practice(lambda _: ticking.tick(now=timezone.now()))


@shared_task(name="scheduling.recalls_come_due")
def recalls_come_due() -> None:
    """Make the recalls of the day work."""
    for_each_practice(lambda _: recalls.come_due(now=timezone.now()))
