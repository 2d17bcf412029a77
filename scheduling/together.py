"""Several visits as one wish: two in a row for a patient, or a family one after the other. All are booked or none."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from compliance.models import User
from patients.models import Patient
from scheduling import booking, kinds, openings, taking
from scheduling.following import Following
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

    A part begins at a time that is offered now, or at one that will be when those before it are booked.
    `like` says days, weekdays, part of the day and places. `one_provider`: a family that sees the same one.
    """
    known: dict[Any, Result] = {}
    searches = [_search(part, like) for part in parts]
    by_part = [_times(search, now, known) for search in searches]
    usual = [set(result.openings) for result in by_part]
    rest = [_times(replace(search, closely=True), now, known).openings for search in searches[1:]]
    following = Following(searches, now)

    def follows(chain: Sequence[Opening], one: Opening) -> bool:
        if not _is_beside(one, chain[-1], one_provider):
            return False
        return (one in usual[len(chain)] or following.ends_before(chain, one)) and following.leaves_room(chain, one)

    begun = (next(_chains([opening], rest, follows), None) for opening in by_part[0].openings)
    chains = list(islice((chain for chain in begun if chain), limit))
    return Chains(chains, [] if chains else _why_none(by_part, one_provider, following))


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
                is_new_patient=part.is_new,
                by=by,
                now=now,
                **details,
            )
            for part, (provider, starts_at) in zip(parts, times, strict=True)
        ]


def _search(part: Part, like: Search) -> Search:
    return replace(like, visit_type=part.visit_type, providers=part.providers, new_patient=part.is_new)


def _times(search: Search, now: datetime, known: dict[Any, Result]) -> Result:
    """Of parts that ask the same, one search."""
    asks = search.visit_type.pk, search.providers, search.new_patient, search.closely
    if asks not in known:
        known[asks] = openings.first(search, now=now, limit=None)
    return known[asks]


def _chains(
    chain: list[Opening], rest: Sequence[list[Opening]], follows: Callable[[Sequence[Opening], Opening], bool]
) -> Iterator[list[Opening]]:
    """Each way to go on from a chain through what is left, the earliest first."""
    if not rest:
        yield chain
        return
    begin = bisect_left(rest[0], chain[-1].ends_at, key=_begins)
    end = bisect_right(rest[0], chain[-1].ends_at + LONGEST_WAIT, key=_begins)
    for one in rest[0][begin:end]:
        if follows(chain, one):
            yield from _chains([*chain, one], rest[1:], follows)


def _begins(one: Opening) -> datetime:
    return one.starts_at


def _is_beside(one: Opening, last: Opening, one_provider: bool) -> bool:
    return one.location == last.location and (not one_provider or one.provider == last.provider)


def _why_none(by_part: Sequence[Result], one_provider: bool, following: Following) -> list[str]:
    """The reasons of the first part that has no time at all; else that none follow each other, and limits reached."""
    for number, result in enumerate(by_part, 1):
        if not result.openings:
            return [f"Visit {number}: {reason}" for reason in result.reasons]
    return [_none(one_provider), *following.reached]


def _none(one_provider: bool) -> str:
    whose = " with one provider" if one_provider else ""
    minutes = LONGEST_WAIT.seconds // 60
    return f"There are times for each visit, but none that follow each other within {minutes} minutes at one place{whose}."
