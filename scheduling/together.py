"""Several visits as one wish: two in a row for a patient, or a family one after the other. All are booked or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from compliance.models import User
from patients.models import Patient
from scheduling import booking, kinds, openings, taking
from scheduling.following import LONGEST_WAIT, Following
from scheduling.models import Appointment, Provider, VisitType
from scheduling.openings import Opening
from scheduling.search import Search

ENOUGH = 20


@dataclass(frozen=True)
class Part:
    """One of the visits: whose, of which kind (`VisitType.as_for`), and whoever may give it."""

    patient: Patient
    visit_type: VisitType
    providers: tuple[Provider, ...]
    is_new: bool = False


class Warned(Exception):
    """Visits whose patients are busy then, by their numbers in the chain from 1 on. Nothing was booked.

    A warning, as of a single visit: `despite_overlap` for each of them books all the same.
    """

    def __init__(self, busy: dict[int, booking.PatientBusy]) -> None:
        self.busy = busy
        super().__init__("Some of the patients have other visits then.")


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
    searches = [_search(part, like) for part in parts]
    following = Following(searches, now, one_provider=one_provider)
    begun = (next(_chains([opening], following), None) for opening in following.begun())
    chains = list(islice((chain for chain in begun if chain), limit))
    return Chains(chains, [] if chains else _why_none(searches, now, following))


def book(
    parts: Sequence[Part],
    times: Sequence[tuple[Provider, datetime]],
    each: Sequence[Mapping[str, Any]] = (),
    *,
    by: User,
    now: datetime,
    **details: Any,
) -> list[Appointment]:
    """Book each part at its time, in one transaction. `each`: what is said of one visit, `details`: of all, as of Wish.

    Raises Warned with all that is to be warned of, and what else `booking.book` raises; then nothing is booked.
    """
    with taking.all_or_taken():
        needed = {pk for part in parts for pk in kinds.ids(kinds.wanted_by(part.visit_type))}
        taking.one_at_a_time(*needed, *(provider.resource_id for provider, _ in times))
        visits, busy = [], {}
        for n, (part, time, own) in enumerate(zip(parts, times, each or [{}] * len(parts), strict=True), 1):
            said = {"by": by, "now": now, **details, **own}
            try:
                visits.append(_book(part, *time, **said))
            except booking.PatientBusy as warning:
                busy[n] = warning
                _book(part, *time, **said | {"despite_overlap": True})
        if busy:
            raise Warned(busy)
        return visits


def _book(part: Part, provider: Provider, starts_at: datetime, **said: Any) -> Appointment:
    kind, mode = part.visit_type, part.visit_type.usual_mode
    whose: dict[str, Any] = {"patient": part.patient, "is_new_patient": part.is_new}
    return booking.book(provider=provider, starts_at=starts_at, visit_type=kind, mode=mode, **whose, **said)


def _search(part: Part, like: Search) -> Search:
    return replace(like, visit_type=part.visit_type, providers=part.providers, new_patient=part.is_new)


def _chains(chain: list[Opening], following: Following) -> Iterator[list[Opening]]:
    """Each way to go on from a chain through the parts that are left, the earliest first."""
    if len(chain) == len(following.searches):
        yield chain
        return
    for one in following.after(chain):
        yield from _chains([*chain, one], following)


def _why_none(searches: Sequence[Search], now: datetime, following: Following) -> list[str]:
    """The reasons of the first part that has no time at all; else that none follow each other, and limits reached."""
    for number, search in enumerate(searches, 1):
        if reasons := openings.first(search, now=now, limit=1).reasons:
            return [f"Visit {number}: {reason}" for reason in reasons]
    return [_none(following.one_provider), *following.reached]


def _none(one_provider: bool) -> str:
    whose = " with one provider" if one_provider else ""
    minutes = LONGEST_WAIT.seconds // 60
    return f"There are times for each visit, but none that follow each other within {minutes} minutes at one place{whose}."
