"""What somebody does to the trail who has the database, as its owner or as a superuser.

Each tamper is given a cursor that nothing stops any more and a trail of twelve events, of which the first eight stand
under a signed root. It answers which event it was done to.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from compliance.audit.chain import content_of
from compliance.audit.events import digest
from compliance.audit.proof.reading import start_of
from compliance.audit.tables import INTO_THE_TRAIL
from compliance.ids import uuid7
from tests.conftest import as_role

TABLES = ("compliance_auditevent", "compliance_auditlink", "compliance_auditpatient")


@dataclass(frozen=True)
class Trail:
    """A chain and its events as they were said, the oldest first."""

    chain: UUID
    said: list[dict]

    def event(self, number: int) -> UUID:
        """The event of a link."""
        return self.said[number - 1]["id"]


@contextmanager
def unhindered(role: str) -> Iterator:
    """A cursor past the triggers and the wall, as somebody who may lift both."""
    with as_role(role), connection.cursor() as cursor:
        lift(cursor, role, away=True)
        yield cursor
        lift(cursor, role, away=False)


def lift(cursor, role: str, *, away: bool) -> None:
    """Lift what refuses changes, or put it back."""
    if role == "postgres":
        cursor.execute(f"SET session_replication_role = {'replica' if away else 'origin'}")
        return
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} {'DISABLE' if away else 'ENABLE'} TRIGGER USER")
        cursor.execute(f"ALTER TABLE {table} {'NO ' if away else ''}FORCE ROW LEVEL SECURITY")


def edit(cursor, trail: Trail) -> UUID:
    """Say that somebody else did it."""
    cursor.execute("UPDATE compliance_auditevent SET actor_label = 'nobody' WHERE id = %s", [trail.event(3)])
    return trail.event(3)


def edit_and_recompute_the_checksum(cursor, trail: Trail) -> UUID:
    """The same, with the row's own checksum made to fit."""
    _recompute(cursor, trail.said[2] | {"actor_label": "nobody"})
    return trail.event(3)


def edit_and_recompute_the_link(cursor, trail: Trail) -> UUID:
    """The same, with its link made to fit as well."""
    edit_and_recompute_the_checksum(cursor, trail)
    cursor.execute(
        f"UPDATE compliance_auditlink l SET content = {content_of('e')}, "
        f"link = sha256((SELECT link FROM compliance_auditlink WHERE practice_id = %s AND number = 2) || int8send(3) || "
        f"{content_of('e')}) FROM compliance_auditevent e WHERE e.id = l.event AND l.event = %s",
        [trail.chain, trail.event(3)],
    )
    return trail.event(3)


def delete_an_event(cursor, trail: Trail) -> UUID:
    """Take one event out."""
    cursor.execute("DELETE FROM compliance_auditevent WHERE id = %s", [trail.event(4)])
    return trail.event(4)


def delete_an_event_with_its_link(cursor, trail: Trail) -> UUID:
    """Take one event and its link out."""
    delete_an_event(cursor, trail)
    cursor.execute("DELETE FROM compliance_auditlink WHERE event = %s", [trail.event(4)])
    return trail.event(4)


def delete_and_build_the_chain_anew(cursor, trail: Trail) -> UUID:
    """Take one out and make the whole chain fit again."""
    delete_an_event_with_its_link(cursor, trail)
    _rebuild(cursor, trail)
    return trail.event(4)


def exchange_two_numbers(cursor, trail: Trail) -> UUID:
    """Let one event have been before another."""
    _number(cursor, trail, 5, -5)
    _number(cursor, trail, 6, 5)
    _number(cursor, trail, -5, 6)
    return trail.event(5)


def cut_the_last_minute_off(cursor, trail: Trail) -> UUID:
    """Take away the newest events, which stand under no root yet, and set the head back."""
    last = [trail.event(11), trail.event(12)]
    for table in (
        "compliance_auditlink WHERE event",
        "compliance_auditpatient WHERE event",
        "compliance_auditevent WHERE id",
    ):
        cursor.execute(f"DELETE FROM {table} = ANY(%s)", [last])
    _rebuild(cursor, trail)
    return trail.event(11)


def insert_into_the_past(cursor, trail: Trail) -> UUID:
    """Add an event of yesterday, with a checksum and a link of its own."""
    said = trail.said[0] | {"id": uuid7(), "at": trail.said[0]["at"] - timedelta(days=1)}
    cursor.execute(INTO_THE_TRAIL, said | {"body": Jsonb(said["body"]), "digest": digest(said)})
    cursor.execute(
        "INSERT INTO compliance_auditlink SELECT e.practice_id, 13, e.id, e.at, "
        f"{content_of('e')}, ''::bytea FROM compliance_auditevent e WHERE e.id = %s",
        [said["id"]],
    )
    _rebuild(cursor, trail)
    return said["id"]


def exchange_two_events(cursor, trail: Trail) -> UUID:
    """Let each have done what the other did."""
    one, other = trail.said[4], trail.said[5]
    for said, place in ((one, other), (other, one)):
        cursor.execute(
            "UPDATE compliance_auditevent SET kind = %s, listed = %s, body = %s, digest = %s WHERE id = %s",
            [said["kind"], said["listed"], Jsonb(said["body"]), said["digest"], place["id"]],
        )
    return one["id"]


def write_everything_anew(cursor, trail: Trail) -> UUID:
    """With the key of the checksums: another name in every event, every checksum, link and head made to fit."""
    for said in trail.said:
        _recompute(cursor, said | {"actor_label": "nobody"})
    _rebuild(cursor, trail)
    return trail.event(1)


TAMPERS: tuple[tuple[Callable, frozenset[str]], ...] = (
    (edit, frozenset({"changed"})),
    (edit_and_recompute_the_checksum, frozenset({"changed"})),
    (edit_and_recompute_the_link, frozenset({"changed"})),
    (delete_an_event, frozenset({"removed"})),
    (delete_an_event_with_its_link, frozenset({"removed"})),
    (delete_and_build_the_chain_anew, frozenset({"removed"})),
    (exchange_two_numbers, frozenset({"renumbered"})),
    (cut_the_last_minute_off, frozenset({"removed"})),
    (insert_into_the_past, frozenset({"inserted", "back-dated"})),
    (exchange_two_events, frozenset({"swapped"})),
    (write_everything_anew, frozenset({"changed"})),
)


def _recompute(cursor, said: dict) -> None:
    cursor.execute(
        "UPDATE compliance_auditevent SET actor_label = %s, digest = %s WHERE id = %s",
        [said["actor_label"], digest(said), said["id"]],
    )


def _number(cursor, trail: Trail, old: int, new: int) -> None:
    cursor.execute(
        "UPDATE compliance_auditlink SET number = %s WHERE practice_id = %s AND number = %s", [new, trail.chain, old]
    )


def _rebuild(cursor, trail: Trail) -> None:
    """Every content, number, link and the head, as if nothing had ever been otherwise."""
    cursor.execute(
        f"SELECT l.event, {content_of('e')} FROM compliance_auditlink l JOIN compliance_auditevent e ON e.id = l.event "
        "WHERE l.practice_id = %s ORDER BY l.number",
        [trail.chain],
    )
    before, rows = start_of(trail.chain), cursor.fetchall()
    for number, (event, content) in enumerate(rows, start=1):
        before = hashlib.sha256(before + number.to_bytes(8, "big") + content).digest()
        cursor.execute(
            "UPDATE compliance_auditlink SET number = %s, content = %s, link = %s WHERE event = %s",
            [number, content, before, event],
        )
    cursor.execute("UPDATE sec.heads SET number = %s, link = %s WHERE chain = %s", [len(rows), before, trail.chain])
