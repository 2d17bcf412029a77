"""The outer proof: what stands outside the database, the signed roots and the lines of the second sink."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from compliance.audit import roots, second_sink
from compliance.audit.events import digest

from .damage import Damage
from .reading import events, links_of

OVERLAP = timedelta(minutes=2)  # an event is a little older than the root that it stands under


def readable(chain: UUID) -> list[roots.Root] | None:
    """The signed roots; None when their file is damaged."""
    try:
        return roots.of(chain)
    except ValueError:
        return None


def signatures(chain: UUID, signed: list[roots.Root]) -> Iterator[Damage]:
    """Each root against its signature and the line before, and what roots themselves tell of earlier damage."""
    after, number = "", 0
    for root in signed:
        genuine = roots.is_genuine(root, roots.public_key(root.key)) and root.chain == str(chain)
        if not genuine or root.after != after:
            yield Damage("forged root", root.number, None, root.moment)
        elif root.number < number:
            yield Damage("cut", root.number + 1, None, root.moment, f"A root before it stood at {number}.")
        for said in root.findings:
            event = UUID(said["event"]) if said["event"] else None
            yield Damage(said["kind"], said["number"], event, None, f"Found on {root.at}.")
        after, number = hashlib.sha256(root.line()).hexdigest(), root.number


def proven(chain: UUID, signed: list[roots.Root]) -> tuple[roots.Root | None, roots.Root | None]:
    """The last root that the chain leads to, and the first that it does not lead to any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, link FROM {links_of(chain)} WHERE number = ANY(%s)",  # noqa: S608  # nosec B608
            [[root.number for root in signed]],
        )
        links = {number: bytes(link).hex() for number, link in cursor.fetchall()}
    good: roots.Root | None = None
    for root in signed:
        if links.get(root.number) != root.link:
            return good, root
        good = root
    return good, None


def unproven(good: roots.Root | None, bad: roots.Root, last_number: int) -> Damage:
    """The stretch that no longer leads to its root."""
    first = (good.number if good else 0) + 1
    kind = "cut" if bad.number > last_number else "rewritten"
    return Damage(kind, first, None, bad.moment, f"Links {first} to {bad.number} are not proven.")


def remembered(chain: UUID, *, after: roots.Root | None, until: datetime | None = None) -> Iterator[Damage]:
    """Events against the lines of the second sink: those it saw committed are there, and there are no others.

    People work meanwhile: a line stands before its event is committed, and one that says so after it.
    """
    begins = second_sink.begins(chain)
    if begins is None:
        return
    since = max(begins, after.moment - OVERLAP) if after else begins
    there = {said["id"]: said for said in events(chain, since=since, until=until)}
    lines: dict[UUID, second_sink.Line] = {}
    for line in second_sink.lines(chain, since=since, until=until):  # read after the events: theirs are all written
        lines[line.event] = line if line.is_done else lines.get(line.event, line)
    written_since = {line.event for line in lines.values() if line.is_done} - there.keys()
    there |= {said["id"]: said for said in events(chain, ids=written_since)} if written_since else {}
    for line in lines.values():
        said = there.get(line.event)
        if said is None and line.is_done:
            yield Damage("removed", None, line.event, line.at, "The second sink remembers it.")
        elif said is not None and said["digest"].hex() != line.digest:
            yield Damage("changed", None, line.event, line.at, "The second sink remembers another one.")
    for event in there.keys() - lines.keys():
        yield Damage("inserted", None, event, there[event]["at"], "The second sink does not know it.")


def authenticated(chain: UUID, *, after: roots.Root | None) -> Iterator[Damage]:
    """The events that stand under no root yet, each against its own HMAC."""
    for said in events(chain, since=after.moment - OVERLAP if after else None):
        if digest(said) != said["digest"]:
            yield Damage("changed", None, said["id"], said["at"], "Its HMAC does not fit.")
