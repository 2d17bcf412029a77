"""The signed, transaction-local context that row-level security reads."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.postgresql.base import ServerBindingCursor

from compliance.audit import reads
from compliance.crypto import ring

SYSTEM = UUID("00000000-0000-7000-8000-000000000001")
LINK = UUID("00000000-0000-7000-8000-000000000002")
WEBHOOK = UUID("00000000-0000-7000-8000-000000000003")
FIXED_PRINCIPALS = {SYSTEM: "the portal", LINK: "a signed link", WEBHOOK: "a webhook"}

LASTS = 300  # seconds; long jobs open a context per batch


class PracticeContextMissing(RuntimeError):
    """Something of a practice was touched outside `acting_in`; PostgreSQL would have shown nothing, silently."""


@dataclass(frozen=True, slots=True)
class Context:
    """In which practice (None: in none, only the own memberships are seen) and as whom the code acts."""

    practice: UUID | None
    principal: UUID

    def signed(self, *, expires: int) -> str:
        """`practice:principal:expires:hmac`, the text that `sec.practice()` verifies. `expires` in Unix seconds."""
        claim = f"{self.practice or ''}:{self.principal}:{expires}"
        return f"{claim}:{hmac.new(ring.context_key(), claim.encode(), hashlib.sha256).hexdigest()}"


_current: ContextVar[Context | None] = ContextVar("practice_context", default=None)


def current() -> Context | None:
    """The context of the innermost `acting_in`, or None outside every one."""
    return _current.get()


def current_practice_id() -> UUID:
    """The practice being acted in. Raises PracticeContextMissing where there is none."""
    context = _current.get()
    if context is None or context.practice is None:
        raise PracticeContextMissing("No practice is being acted in: open `acting_in(practice, by)` first.")
    return context.practice


def practice_acted_in() -> UUID | None:
    """The default of every `practice` column: None outside a practice, which the column refuses."""
    context = _current.get()
    return context.practice if context else None


@contextmanager
def acting_in(practice: UUID | None, by: UUID) -> Iterator[Context]:
    """Act in one practice as one principal: a transaction whose queries see that practice and no other.

    `practice` None gives the actor's context: own memberships and nothing else. `by` is a user's id or one of
    SYSTEM, LINK, WEBHOOK. When the outermost block of a practice ends, one audit event with exactly the patients
    whose sealed values were opened inside is written in the same transaction; if that fails, all of it is undone.
    """
    outer, nested = _current.get(), connection.in_atomic_block
    mine = Context(practice, by)
    with transaction.atomic():
        _tell_database(mine)
        token = _current.set(mine)
        try:
            with reads.recorded(practice):
                yield mine
        finally:
            _current.reset(token)
        if nested:  # after an exception the savepoint puts the outer setting back, at the end COMMIT forgets it
            _tell_database(outer)


def _tell_database(context: Context | None) -> None:
    """The value is bound by the server, and so stands in no query.

    In `pg_stat_activity` every other connection of the same role reads queries, and could replay what it found there.
    """
    value = context.signed(expires=int(time.time()) + LASTS) if context else ""
    with connection.cursor() as cursor:
        cursor.cursor = ServerBindingCursor(connection.connection)
        cursor.execute("SELECT set_config('app.ctx', %s, true)", [value])
