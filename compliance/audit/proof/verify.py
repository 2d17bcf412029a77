"""One verification: the inner proof, the outer proof, and each damage named once."""

import time
from dataclasses import replace
from uuid import UUID

from compliance.audit.events import digest

from . import links, outside
from .damage import Damage, Report
from .reading import events

LOOKED_AT = 500  # changed rows; more than that were not exchanged by hand


def chain(which: UUID, *, after: int = 0) -> Report:
    """Check one chain, inside its own context: `acting_in(practice, …)`, or `acting_in(None, SYSTEM)` for PORTAL.

    `after` is the number of a link that is taken as proven; 0 checks from the first event on.
    """
    began = time.monotonic()
    report = Report(which)
    report.rows, report.since = links.extent(which, after)
    found = [*links.checked(which, after), *_outside(which, after, report)]
    report.damages = named(which, found)
    report.seconds = time.monotonic() - began
    return report


def newest(which: UUID) -> list[Damage]:
    """What is wrong with the events after the last root and stands in no root yet: looked at before the next is signed."""
    signed = outside.readable(which) or []
    last = signed[-1] if signed else None
    found = [*links.checked(which, last.number if last else 0), *outside.remembered(which, after=last)]
    told = {(said["kind"], said["number"], said["event"]) for root in signed for said in root.findings}
    found = named(which, [*found, *outside.authenticated(which, after=last)])
    return [one for one in found if (one.kind, one.number, str(one.event or "")) not in told]


def _outside(which: UUID, after: int, report: Report) -> list[Damage]:
    signed = outside.readable(which)
    if signed is None:
        return [Damage("forged root", None, None, None, "The file of signed roots cannot be read.")]
    found = [*outside.signatures(which, signed)]
    good, bad = outside.proven(which, [root for root in signed if root.number >= after])
    report.until = good.moment if good else None
    if bad:
        found.append(outside.unproven(good, bad, links.last_number(which)))
        found += outside.remembered(which, after=good, until=bad.moment)
    last = signed[-1] if signed else None
    return [*found, *outside.remembered(which, after=last), *outside.authenticated(which, after=last)]


def named(which: UUID, found: list[Damage]) -> list[Damage]:
    """One damage a row and kind. What was both removed and inserted has changed; what was exchanged is swapped."""
    kinds: dict[UUID, set[str]] = {}
    for one in found:
        if one.event:
            kinds.setdefault(one.event, set()).add(one.kind)
    moved = {event for event, names in kinds.items() if {"removed", "inserted"} <= names}
    told = [
        replace(one, kind="changed") if one.event in moved and one.kind in ("removed", "inserted") else one for one in found
    ]
    unique = list({(one.kind, one.event or one.number): one for one in reversed(told)}.values())[::-1]
    swapped = _swapped(which, {one.event for one in unique if one.kind == "changed" and one.event})
    return [_of_kind("swapped", one) if one.event in swapped and one.kind == "changed" else one for one in unique]


def _of_kind(kind: str, one: Damage) -> Damage:
    return replace(one, kind=kind)


def _swapped(which: UUID, changed: set[UUID]) -> set[UUID]:
    """Rows that hold what another one's HMAC was made for."""
    if not 2 <= len(changed) <= LOOKED_AT:
        return set()
    rows = list(events(which, ids=changed))
    return {
        said["id"]
        for said in rows
        for other in rows
        if other["id"] != said["id"]
        and any(digest(said | {"id": other["id"], "at": at}) == said["digest"] for at in (said["at"], other["at"]))
    }
