"""Celery tasks know their practice; without one they are not even queued."""

import hashlib
import hmac
from typing import Any
from uuid import UUID, uuid4

from celery.contrib.django.task import DjangoTask
from django.db import transaction

from compliance.crypto import ring

from .context import Context, PracticeContextMissing, current

HEADER = "portal_context"


class ForgedTask(RuntimeError):
    """A task's context was not signed by the portal for this task."""


class TenantTask(DjangoTask):
    """A task of one practice. Its header carries practice, principal and an HMAC over both and the task's id.

    The worker signs a fresh context from it, so that a membership that ended meanwhile closes the task. The task
    itself opens no transaction: it opens `acting_in(*self.whose())` around each of its steps. Arguments are ids only.
    """

    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, task_id: str | None = None, **options: Any) -> Any:
        """Queue under the context that is open now. Raises PracticeContextMissing outside of one."""
        context = options.pop("context", None) or current()
        if context is None or context.practice is None:
            raise PracticeContextMissing(f"{self.name} was queued outside a practice's context.")
        task_id = task_id or str(uuid4())
        headers = {**options.pop("headers", {}), HEADER: signed(context, task_id)}
        return super().apply_async(args, kwargs, task_id=task_id, headers=headers, argsrepr="-", kwargsrepr="-", **options)

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        """Queue when the transaction has committed, under the context of now."""
        context = current()
        transaction.on_commit(lambda: self.apply_async(args, kwargs, context=context))

    def whose(self) -> tuple[UUID, UUID]:
        """(practice, principal) of the running task. Raises ForgedTask."""
        return verified((self.request.headers or {}).get(HEADER) or self.request.get(HEADER), self.request.id)


def signed(context: Context, task_id: str) -> str:
    """`practice:principal:hmac` for one task."""
    claim = f"{context.practice}:{context.principal}"
    return f"{claim}:{_seal(claim, task_id)}"


def verified(header: str | None, task_id: str) -> tuple[UUID, UUID]:
    """The ids of a header. Raises ForgedTask for one that is absent, forged or of another task."""
    parts = (header or "").split(":")
    if len(parts) != 3 or not hmac.compare_digest(parts[2], _seal(f"{parts[0]}:{parts[1]}", task_id)):
        raise ForgedTask("A task came without a genuine practice context.")
    return UUID(parts[0]), UUID(parts[1])


def _seal(claim: str, task_id: str) -> str:
    return hmac.new(ring.context_key(), f"task:{task_id}:{claim}".encode(), hashlib.sha256).hexdigest()
