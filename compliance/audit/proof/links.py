"""The inner proof: each link against the one before it, each event against its link, each patient's index."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from compliance.audit.chain import PORTAL, content_of

from .damage import Damage
from .reading import Head, events_of, head_of, link, links_of, moment, room, start_of

BATCH = 250_000  # links
BACKWARDS = timedelta(hours=1)  # an event this much older than the one before it was not written in its turn

STRETCH = """
WITH stretch AS MATERIALIZED (
    SELECT l.number, l.event, l.at, l.content, l.link, lag(l.number) OVER w AS number_before,
           lag(l.link) OVER w AS link_before, lag(l.at) OVER w AS at_before
    FROM {links} WHERE l.number >= %(first)s AND l.number <= %(last)s
    WINDOW w AS (ORDER BY l.number)
), compared AS (
    SELECT s.number, s.event, s.at, e.id IS NULL AS is_gone, s.content IS DISTINCT FROM {content} AS is_changed,
           s.number_before IS NOT NULL AND s.number <> s.number_before + 1 AS is_after_gap, s.number_before,
           s.link_before IS NOT NULL AND s.link <> sha256(s.link_before || int8send(s.number) || s.content) AS is_loose,
           s.at < s.at_before - %(backwards)s::interval AS is_back_dated
    FROM stretch s LEFT JOIN {events} ON e.id = s.event AND e.at = s.at
)
SELECT number, event, at, is_gone, is_changed, is_after_gap, number_before, is_loose, is_back_dated FROM compared
WHERE is_gone OR is_changed OR is_after_gap OR is_loose OR is_back_dated ORDER BY number
"""


def checked(chain: UUID, after: int) -> Iterator[Damage]:
    """Every damage that the database shows by itself, in what comes after the link `after`."""
    room()
    head = head_of(chain)  # before the links: what is committed from here on may be among them, or not
    end = last_number(chain)
    if not after and end:
        yield from _beginning(chain)
    for first in range(after + 1, end + 1, BATCH):
        yield from _stretch(chain, max(first - 1, 1), min(end, first + BATCH - 1), after)
    yield from _end(chain, head, end)
    since = moment(chain, after) if after else None
    yield from _inserted(chain, since)
    if chain != PORTAL:
        yield from _unindexed(chain, since)


def last_number(chain: UUID) -> int:
    """The number of the last link that is there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(number) FROM {links_of(chain)}")  # noqa: S608  # nosec B608
        return cursor.fetchone()[0] or 0


def extent(chain: UUID, after: int) -> tuple[int, datetime | None]:
    """How many links come after one, and since when."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), min(at) FROM {links_of(chain)} WHERE number > %s",  # noqa: S608  # nosec B608
            [after],
        )
        return cursor.fetchone()


def _beginning(chain: UUID) -> Iterator[Damage]:
    """The chain begins where it must: with number 1 over its own start."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, event, at, content, link FROM {links_of(chain)} ORDER BY number LIMIT 1"  # noqa: S608  # nosec B608
        )
        number, event, at, content, stands = cursor.fetchone()
    expected = hashlib.sha256(start_of(chain) + (1).to_bytes(8, "big") + bytes(content)).digest()
    if number != 1:
        yield Damage("removed", 1, None, at, f"Links 1 to {number - 1} are gone.")
    elif bytes(stands) != expected:
        yield Damage("renumbered", number, event, at)


def _stretch(chain: UUID, first: int, last: int, after: int) -> Iterator[Damage]:
    sql = STRETCH.format(links=links_of(chain), events=events_of(chain), content=content_of("e"))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"first": first, "last": last, "backwards": str(BACKWARDS)})
        rows = cursor.fetchall()
    for row in rows:
        if row[0] > after:
            yield from _of_link(*row)


def _of_link(
    number: int, event: UUID, at: datetime, gone: bool, changed: bool, gap: bool, before: int, loose: bool, back: bool
) -> Iterator[Damage]:
    if gap:
        missing = f"Link {before + 1} is" if number == before + 2 else f"Links {before + 1} to {number - 1} are"
        yield Damage("removed", before + 1, None, at, f"{missing} gone.")
    if gone:
        yield Damage("removed", number, event, at)
    elif changed:
        yield Damage("changed", number, event, at)
    if loose and not gap:
        yield Damage("renumbered", number, event, at)
    if back:
        yield Damage("back-dated", number, event, at)


def _end(chain: UUID, head: Head, last: int) -> Iterator[Damage]:
    """The head as it stood before the links were read leads to a link, and the head of now to all that were read."""
    if head.number > last:
        yield Damage("cut", last + 1, None, None, f"{head.number - last} links are gone.")
    elif link(chain, head.number) != head.link or head_of(chain).number < last:
        yield Damage("rewritten", last, None, None, "The head that the database keeps differs.")


def _inserted(chain: UUID, since: datetime | None) -> Iterator[Damage]:
    """Events that no link speaks of."""
    sql = (
        f"SELECT e.id, e.at FROM {events_of(chain)} WHERE e.at >= coalesce(%s, '-infinity'::timestamptz) "  # noqa: S608  # nosec B608
        f"AND NOT EXISTS (SELECT 1 FROM {links_of(chain)} WHERE l.event = e.id AND l.at = e.at)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [since and since - BACKWARDS])
        rows = cursor.fetchall()
    yield from (Damage("inserted", None, event, at) for event, at in rows)


def _unindexed(chain: UUID, since: datetime | None) -> Iterator[Damage]:
    """Events that a report by patient would not find, or would find under somebody else."""
    sql = f"""
    SELECT e.id, e.at FROM {events_of(chain)}
    LEFT JOIN compliance_auditpatient p ON p.practice_id = '{chain}' AND p.event = e.id AND p.at = e.at
    WHERE e.at >= coalesce(%(since)s, '-infinity'::timestamptz)
    GROUP BY e.id, e.at, e.opened, e.listed HAVING count(p.patient) <> cardinality(e.opened) + cardinality(e.listed)
        OR count(*) FILTER (WHERE p.patient IS NOT NULL
                            AND p.patient <> ALL(CASE p.depth WHEN 'opened' THEN e.opened ELSE e.listed END)) > 0
    """  # noqa: S608  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(sql, {"since": since and since - BACKWARDS})
        rows = cursor.fetchall()
    yield from (Damage("unindexed", None, event, at) for event, at in rows)
