"""Doors for the clock and for what must go out at once. Ids only; each may run twice, late, or beside itself."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from django.db import Error, connection, transaction
from django.utils import timezone

from compliance.models import Practice
from compliance.tenancy import current
from compliance.tenancy.tasks import TenantTask
from correspondence import offering, outbox
from correspondence.models import Message

log = structlog.get_logger(__name__)


class NotEverywhere(RuntimeError):
    """The work failed in some practices; it was done in the others. Which ones stands in the log."""


@shared_task
def queue_reminders() -> None:
    """Promise what falls due within a day, in every practice. For the clock, every five minutes."""
    _in_every_practice(lambda practice: outbox.queue_reminders(practice, now=timezone.now()))


@shared_task
def queue_offers() -> None:
    """Promise what is to be written about offers from the wait list, in every practice. For the clock."""
    _in_every_practice(lambda practice: offering.queue(practice, now=timezone.now()))


@shared_task
def deliver_due() -> None:
    """Send what is due, in every practice. For the clock, every minute."""
    _in_every_practice(_deliver_all)


@shared_task(bind=True, base=TenantTask)
def deliver(self: TenantTask, message_id: str) -> None:
    """Send one message now rather than with the next minute."""
    practice, by = self.whose()
    outbox.deliver(practice, UUID(message_id), now=timezone.now(), by=by)


def soon(messages: list[Message]) -> None:
    """Deliver these when the transaction has committed. Where the queue is away the clock sends them all the same."""
    context = current()
    for message in messages:
        transaction.on_commit(
            lambda pk=message.pk: deliver.apply_async([str(pk)], context=context, retry=False),  # type: ignore[misc]
            robust=True,
        )


def _deliver_all(practice: UUID) -> None:
    waiting = outbox.due(practice, now=timezone.now())
    _each(waiting, lambda message: outbox.deliver(practice, message, now=timezone.now()), "message.not_delivered")


def _in_every_practice(work: Callable[[UUID], Any]) -> None:
    _each(list(Practice.objects.order_by("pk").values_list("pk", flat=True)), work, "practice.left_out")


def _each(ids: list[UUID], work: Callable[[UUID], Any], failed: str) -> None:
    """Do it for each; one that fails is logged by its id and the kind of error, and does not stop the others.

    Broad on purpose: whatever is wrong with one practice (a key, a row, a rule) is no reason to leave out the next.
    A database that is away is away for all: then it ends at once.
    """
    left_out = 0
    for one in ids:
        try:
            work(one)
        except Exception as error:
            if isinstance(error, Error) and not connection.is_usable():
                raise
            left_out += 1
            log.error(failed, id=str(one), error=type(error).__name__)
    if left_out:
        raise NotEverywhere(f"{left_out} of {len(ids)} were left out.")
