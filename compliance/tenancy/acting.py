"""Opens a practice: a transaction that PostgreSQL's row-level security knows, with its reading recorded."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.postgresql.base import ServerBindingCursor

from compliance.audit import reads

from .context import Context, entered

LASTS = 300  # seconds; long jobs open a context per batch


@contextmanager
def acting_in(practice: UUID | None, by: UUID) -> Iterator[Context]:
    """Act in one practice as one principal: a transaction whose queries see that practice and no other.

    `practice` None gives the actor's context: own memberships and nothing else. `by` is a user's id or one of
    SYSTEM, LINK, WEBHOOK. When the outermost block of a practice ends, one audit event with exactly the patients
    whose sealed values were opened inside is written in the same transaction; if that fails, all of it is undone.
    """
    nested = connection.in_atomic_block
    mine = Context(practice, by)
    with transaction.atomic():
        _tell_database(mine)
        with entered(mine) as outer, reads.recorded(practice):
            yield mine
        if nested:  # after an exception the savepoint puts the outer setting back, at the end COMMIT forgets it
            _tell_database(outer)


def _tell_database(context: Context | None) -> None:
    """The value is bound by the server, and so stands in no query.

    In `pg_stat_activity` every other connection of the same role reads queries, and could replay what it found there.
    """
    value = context.signed(expires=int(time.time()) + LASTS) if context else ""
    with connection.cursor() as cursor:
        cursor.cursor = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]  # its stub lacks Cursor's own argument
        cursor.execute("SELECT set_config('app.ctx', %s, true)", [value])
