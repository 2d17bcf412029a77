"""Doors for the clock."""

from celery import shared_task
from django.utils import timezone

from compliance import checks, trail
from compliance.models import Practice


@shared_task(name="compliance.seal_trail")
def seal_trail() -> None:
    """Sign the heads of the chains that moved."""
    trail.seal(now=timezone.now())


@shared_task(name="compliance.run_checks")
def run_checks() -> None:
    """Run the audit jobs that are due, practice by practice."""
    for practice in Practice.objects.order_by("pk").values_list("pk", flat=True):
        checks.run_due(practice, now=timezone.now())


@shared_task(name="compliance.watch_checks")
def watch_checks() -> None:
    """Tell of audit jobs that did not run. A task of its own: it runs where the other is stuck."""
    for practice in Practice.objects.order_by("pk").values_list("pk", flat=True):
        checks.report_late(practice, now=timezone.now())
