"""Doors for the clock and for what must go out at once. Ids only; each may run twice, late, or beside itself."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from compliance.everywhere import each, in_every_practice
from compliance.tenancy import current
from compliance.tenancy.tasks import TenantTask
from correspondence import offering, outbox
from correspondence.models import Message


@shared_task
def queue_reminders() -> None:
    """Promise what falls due within a day, in every practice. For the clock, every five minutes."""
    now = timezone.now()
    in_every_practice(
        lambda practice: outbox.queue_reminders(practice, now=now), name="reminders", title="Queueing reminders", now=now
    )


@shared_task
def queue_offers() -> None:
    """Promise what is to be written about offers from the wait list, in every practice. For the clock."""
    now = timezone.now()
    in_every_practice(lambda practice: offering.queue(practice, now=now), name="offers", title="Queueing offers", now=now)


@shared_task
def deliver_due() -> None:
    """Send what is due, in every practice. For the clock, every minute."""
    in_every_practice(_deliver_all, name="delivery", title="Sending messages", now=timezone.now())


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
    each(waiting, lambda message: outbox.deliver(practice, message, now=timezone.now()), "message.not_delivered")
