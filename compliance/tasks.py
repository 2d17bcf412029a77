"""Doors for the clock."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from compliance import bulk, checks, making_exports, trail
from compliance.everywhere import each, in_every_practice
from compliance.models import Export
from compliance.tenancy import SYSTEM, acting_in, current
from compliance.tenancy.tasks import TenantTask


@shared_task(name="compliance.seal_trail")
def seal_trail() -> None:
    """Sign the heads of the chains that moved; one that cannot be signed does not stop the others."""
    heads, now = trail.heads(), timezone.now()
    each(list(heads), lambda chain: trail.seal_one(chain, *heads[chain], now=now), "trail.not_sealed")


@shared_task(name="compliance.run_checks")
def run_checks() -> None:
    """Run the audit jobs that are due, practice by practice."""
    now = timezone.now()
    in_every_practice(lambda practice: checks.run_due(practice, now=now), name="checks", title="The audit jobs", now=now)


@shared_task(name="compliance.watch_checks")
def watch_checks() -> None:
    """Tell of audit jobs that did not run. A task of its own: it runs where the other is stuck."""
    now = timezone.now()
    title = "Telling of audit jobs that are late"
    in_every_practice(lambda practice: checks.report_late(practice, now=now), name="late", title=title, now=now)


@shared_task(bind=True, base=TenantTask, name="compliance.make_export")
def make_export(self: TenantTask, export_id: str) -> None:
    """Make the file of an approved export now rather than with the next minute."""
    practice, _ = self.whose()
    making_exports.make(practice, UUID(export_id))


@shared_task(name="compliance.make_exports")
def make_exports() -> None:
    """Make what was approved and lies there, and delete the files that nobody fetched in their day."""
    in_every_practice(_make_all, name="exports", title="Making approved exports", now=timezone.now())


def _make_all(practice: UUID) -> None:
    with acting_in(practice, SYSTEM):
        bulk.forget_old(now=timezone.now())
        waiting = bulk.to_make()
    for export in waiting:
        making_exports.make(practice, export)


def soon(export: Export) -> None:
    """Make the file when the transaction has committed. Where the queue is away the clock makes it all the same."""
    context = current()
    if export.status != Export.Status.APPROVED:
        return
    transaction.on_commit(
        lambda: make_export.apply_async([str(export.pk)], context=context, retry=False),
        robust=True,
    )
