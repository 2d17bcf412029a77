"""Doors for the clock."""

from celery import shared_task
from django.utils import timezone

from compliance.tenancy.tasks import for_each_practice
from scheduling import series, taking


@shared_task(name="scheduling.release_holds")
def release_holds() -> None:
    """Delete holds that ran out. Takers do so themselves; this keeps the table small."""
    for_each_practice(lambda _: taking.release_run_out(now=timezone.now()))


@shared_task(name="scheduling.fill_series")
def fill_series() -> None:
    """Book what came within the horizon of open-ended series, in every practice. Twice or late does no harm."""
    for_each_practice(lambda _: series.fill_all(now=timezone.now()))
