"""Several visits as one wish: two in a row for a patient, or a family one after the other. All are booked or none."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from compliance.models import User
from patients.models import Patient
from scheduling import booking, kinds, openings, taking
from scheduling.models import Appointment, Provider, VisitType
from scheduling.openings import Opening, Result
from scheduling.search import Search

LONGEST_WAIT = timedelta(minutes=15)  # between one visit and the next
ENOUGH = 20


@dataclass(frozen=True)
class Part:
    """One of the visits: whose, of which kind (`VisitType.as_for`), and whoever may give it."""

    patient: Patient
    visit_type: VisitType
    providers: tuple[Provider, ...]
    is_new: bool = False


@dataclass(frozen=True)
class Chains:
    """Openings that follow each other, one for each part; where there are none, why, as sentences."""

    chains: list[list[Opening]]
    reasons: list[str] = field(default_factory=list)


def first(parts: Sequence[Part], like: Search, *, now: datetime, one_provider: bool = False, limit: int = ENOUGH) -> Chains:
    """The first chains in which each part begins soon after the one before ends, at the same place.

    `like` says days, weekdays, part of the day and places. `one_provider`: a family that sees the same one.
    """
    known: dict[Any, Result] = {}
    by_part = [_times(part, like, now, known) for part in parts]
    for number, result in enumerate(by_part, 1):
        if not result.openings:
            return Chains([], [f"Visit {number}: {reason}" for reason in result.reasons])
    rest = [result.openings for result in by_part[1:]]
    begun = (next(_chains([opening], rest, one_provider), None) for opening in by_part[0].openings)
    chains = list(islice((chain for chain in begun if chain), limit))
    none = f"There are times for each visit, but never within {LONGEST_WAIT.seconds // 60} minutes of each other."
    return Chains(chains, [] if chains else [none])


def book(
    parts: Sequence[Part], times: Sequence[tuple[Provider, datetime]], *, by: User, now: datetime, **details: Any
) -> list[Appointment]:
    """Book each part at its time, in one transaction. Raises what `booking.book` raises; then nothing is booked."""
    with taking.all_or_taken():
        needed = {pk for part in parts for pk in kinds.ids(kinds.wanted_by(part.visit_type))}
        taking.one_at_a_time(*needed, *(provider.resource_id for provider, _ in times))
        return [
            booking.book(
                patient=part.patient,
                provider=provider,
                starts_at=starts_at,
                visit_type=part.visit_type,
                mode=part.visit_type.usual_mode,
                by=by,
                now=now,
                **details,
            )
            for part, (provider, starts_at) in zip(parts, times, strict=True)
        ]


def _times(part: Part, like: Search, now: datetime, known: dict[Any, Result]) -> Result:
    """Of parts that ask the same, one search."""
    asks = part.visit_type.pk, part.providers, part.is_new
    if asks not in known:
        search = replace(like, visit_type=part.visit_type, providers=part.providers, new_patient=part.is_new)
        known[asks] = openings.first(search, now=now, limit=None)
    return known[asks]


def _chains(chain: list[Opening], rest: Sequence[list[Opening]], one_provider: bool) -> Iterator[list[Opening]]:
    """Each way to go on from a chain through what is left, the earliest first."""
    if not rest:
        yield chain
        return
    begin = bisect_left(rest[0], chain[-1].ends_at, key=_begins)
    end = bisect_right(rest[0], chain[-1].ends_at + LONGEST_WAIT, key=_begins)
    for one in rest[0][begin:end]:
        if _fits(one, chain[-1], one_provider):
            yield from _chains([*chain, one], rest[1:], one_provider)


def _begins(one: Opening) -> datetime:
    return one.starts_at


def _fits(one: Opening, last: Opening, one_provider: bool) -> bool:
    return one.location == last.location and (not one_provider or one.provider == last.provider)
