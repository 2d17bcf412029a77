"""What somebody tries who can make the portal's own role say any SQL. Each answers how many foreign rows were seen."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

from compliance.models import Practice, User
from compliance.tenancy import Context, acting_in

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'practice_id' AND NOT a.attisdropped
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
SIGNED = re.compile(r"[0-9a-f-]{36}:[0-9a-f-]{36}:\d+:[0-9a-f]{64}")
MONTH = re.compile(r"_\d{4}_\d\d$")  # of the audit trail, most of them still to come


@dataclass(frozen=True)
class Scene:
    """Somebody who may work `here` looks for rows of `there`."""

    here: Practice
    there: Practice
    me: User
    victim: User

    def sees(self, table: str) -> str:
        """SQL that counts what is not hers."""
        return f"SELECT count(*) FROM {table} WHERE practice_id IS DISTINCT FROM '{self.here.pk}'"


def tables() -> list[str]:
    """Every table with a practice, months of the audit trail included."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [row[0] for row in cursor.fetchall()]


def rows(sql: str, context: str | None = None) -> int:
    """What a query counts in a transaction of its own; 0 when the database refuses it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if context is not None:
                cursor.execute("SELECT set_config('app.ctx', %s, true)", [context])
            cursor.execute(sql)
            return cursor.fetchone()[0]
    except DatabaseError:
        return 0


def overheard() -> list[str]:
    """Contexts that stand in what PostgreSQL shows of the queries of everybody with the same role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        return [found for (query,) in cursor.fetchall() for found in SIGNED.findall(query or "")]


def without_a_context(scene: Scene, table: str) -> int:
    """As a shell that is connected to the database sees it."""
    return rows(scene.sees(table))


def with_a_forged_one(scene: Scene, table: str) -> int:
    """The own genuine context with the other practice written into it; and nonsense."""
    genuine = _signed(scene.here, scene.me)
    forged = genuine.replace(str(scene.here.pk), str(scene.there.pk))
    nonsense = ["x", ":::", f"{scene.there.pk}:{scene.victim.pk}:99999999999:", f"{scene.there.pk}", "\\x00", "' OR 1=1"]
    return sum(rows(scene.sees(table), text) for text in (forged, *nonsense))


def with_an_expired_one(scene: Scene, table: str) -> int:
    """A genuine one of the other practice, kept for a while."""
    return rows(scene.sees(table), _signed(scene.there, scene.victim, expires=int(time.time()) - 1))


def as_a_stranger_there(scene: Scene, table: str) -> int:
    """Genuinely signed for the other practice, of which one is no member."""
    return rows(scene.sees(table), _signed(scene.there, scene.me))


def replaying_a_colleagues(scene: Scene, table: str) -> int:
    """The victim's principal put into the own context, and the victim's signature under the own claim."""
    mine, theirs = _signed(scene.here, scene.me), _signed(scene.there, scene.victim)
    swapped = mine.replace(str(scene.me.pk), str(scene.victim.pk))
    grafted = f"{mine.rpartition(':')[0]}:{theirs.rpartition(':')[2]}"
    longer = theirs.split(":")
    longer[2] = str(int(longer[2]) + 3600)
    return sum(rows(scene.sees(table), text) for text in (swapped, grafted, ":".join(longer)))


def by_injection(scene: Scene, table: str) -> int:
    """Through a query of ours that was glued together, in the own genuine context."""
    known = {"sees": scene.sees(table), "table": table, "here": scene.here.pk, "there": scene.there.pk}
    return sum(_injected(scene, payload.format(**known)) for payload in PAYLOADS)


PAYLOADS = (
    "x'; {sees}; --",
    "x' OR 1=1; {sees}; --",
    "x'; SELECT set_config('app.ctx', '', false); {sees}; --",
    "x'; SELECT set_config('app.ctx', replace(current_setting('app.ctx'), '{here}', '{there}'), true); {sees}; --",
    "x'; RESET app.ctx; {sees}; --",
    "x'; SET row_security = off; {sees}; --",
    "x'; RESET ROLE; {sees}; --",
    "x'; SET ROLE portal_owner; {sees}; --",
    "x'; SET SESSION AUTHORIZATION portal_owner; {sees}; --",
    "x'; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY; {sees}; --",
    "x'; DROP POLICY one_practice ON {table}; {sees}; --",
    "x'; CREATE TEMP TABLE mine AS SELECT * FROM {table}; {sees}; --",
    "x'; CREATE OR REPLACE FUNCTION sec.practice() RETURNS uuid LANGUAGE sql AS 'SELECT ''{there}''::uuid'; {sees}; --",
    "x'; DO $$BEGIN PERFORM * FROM sec.pads; END$$; {sees}; --",
    "x'; UPDATE {table} SET practice_id = '{here}' WHERE practice_id = '{there}'; {sees}; --",
    "x'; COMMIT; BEGIN; {sees}; --",
    "x'; SELECT count(*) FROM pg_stats WHERE tablename = '{table}' AND most_common_vals::text LIKE '%{there}%'; --",
)


def _injected(scene: Scene, said: str) -> int:
    try:
        with acting_in(scene.here.pk, scene.me.pk), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM compliance_location WHERE name = '{said}'")
            seen = list(_last_answers(cursor))
            raise _Undone
    except DatabaseError:
        return 0
    except _Undone:
        return seen[-1]


def _last_answers(cursor) -> Iterator[int]:
    """The count in each result of several statements."""
    while True:
        if cursor.description and (row := cursor.fetchone()) and isinstance(row[0], int):
            yield row[0]
        if not cursor.nextset():
            return


class _Undone(Exception):
    pass


def _signed(practice: Practice, who: User, *, expires: int | None = None) -> str:
    return Context(practice.pk, who.pk).signed(expires=expires or int(time.time()) + 60)


ATTACKS: tuple[Callable[[Scene, str], int], ...] = (
    without_a_context,
    with_a_forged_one,
    with_an_expired_one,
    as_a_stranger_there,
    replaying_a_colleagues,
    by_injection,
)
