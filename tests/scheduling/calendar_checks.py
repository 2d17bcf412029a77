"""What must hold of a calendar, whatever stands in it: asked of the real services and of `plain_calendar`."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from scheduling import openings, together
from scheduling.booking import NotSchedulable, OutsideHours, SlotTaken
from scheduling.models import Provider, VisitType
from scheduling.openings import Opening
from scheduling.search import Search
from scheduling.together import LONGEST_WAIT, Part
from tests.scheduling.calendar_stories import Calendar
from tests.scheduling.plain_calendar import Plain
from tests.scheduling.plain_hours import PlainHours, minute

SOME = 3  # of many times, so many are booked
PAGE = 4
REFUSALS = (SlotTaken, OutsideHours, NotSchedulable)


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written inside is gone afterwards."""
    place = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(place)


def some(rows: Sequence[Any]) -> Sequence[Any]:
    """The first, and others spread over all of them."""
    return rows[:: max(-(-len(rows) // SOME), 1)]


class Checks:
    """Counts in `found` what was looked at, and what is wrong."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar, self.said, self.me = calendar, calendar.said, calendar.me
        self.found: Counter[str] = Counter()
        self.kinds = [kind.as_for(new_patient=self.said["is_new"]) for kind in calendar.kinds]
        nth = self.said["place"]
        self.places = frozenset() if nth is None else frozenset([calendar.places[nth].pk])
        self.hours = PlainHours()
        self.plain = self.plain_now()

    def plain_now(self) -> Plain:
        """What the plain calendar makes of how it stands."""
        return Plain(self.hours, self.search(self.kinds[0]), self.calendar.now)

    def make(self) -> Counter[str]:
        """All of them."""
        for kind in self.kinds:
            found = self.offered(kind)
            self.found["openings_looked_at"] += len(found)
            self.found["openings_not_bookable"] += sum(self.is_refused(one) for one in some(found))
            self.found["openings_in_taken_time"] += sum(self.is_taken(one) for one in found)
            self.compare(kind, found)
            for who in self.calendar.doctors:
                self.reason(who, kind)
        self.pages()
        self.chains(self.pair(), one_provider=False)
        self.chains(self.family(), one_provider=True)
        return self.found

    def search(self, kind: VisitType, **more: Any) -> Search:
        """What is looked for over the three days."""
        days = self.calendar.days
        like = {"part": self.said["part"], "locations": self.places, "new_patient": self.said["is_new"]}
        own = {"held_for": self.said["call"], "by": self.me}
        return Search(kind, more.pop("providers", self.calendar.doctors), days[0], days[-1], **{**like, **own, **more})

    def offered(self, kind: VisitType) -> list[Opening]:
        """Everything."""
        return openings.first(self.search(kind), now=self.calendar.now, limit=None).openings

    def is_refused(self, one: Opening) -> bool:
        """Whether it cannot be booked after all."""
        with taken_back():
            return not self.books(one.provider, one.starts_at, one.visit_type)

    def books(self, who: Provider, starts_at: datetime, kind: VisitType) -> bool:
        """Whether a visit is booked now, as the search has it."""
        said = {"now": self.calendar.now, "is_new": self.said["is_new"], "held_for": self.said["call"]}
        try:
            with transaction.atomic():
                self.calendar.book(who, starts_at, VisitType.objects.get(pk=kind.pk), **said)
        except REFUSALS:
            return False
        return True

    def is_taken(self, one: Opening) -> bool:
        """Whether its own minutes meet as much as fits beside each other already, and no group that it joins."""
        start, end = minute(one.starts_at), minute(one.ends_at)
        return not self.plain.has_lane(one.provider.resource, one.visit_type, start, start, end)

    def compare(self, kind: VisitType, found: list[Opening]) -> None:
        """Offered and bookable are the same."""
        offered, wanted = {(one.provider, minute(one.starts_at)) for one in found}, self.plain.bookable(kind)
        self.found["offered_beyond_the_plain"] += len(offered - wanted)
        self.found["bookable_not_offered"] += len(wanted - offered)

    def reason(self, who: Provider, kind: VisitType) -> None:
        """Where a provider has nothing free, the sentence is the one that is true."""
        result = openings.first(self.search(kind, providers=[who]), now=self.calendar.now)
        if not result.openings:
            self.found["reasons_looked_at"] += 1
            self.found["reasons_untrue"] += not re.search(self.plain.why_none(who, kind), result.reasons[0])

    def pages(self) -> None:
        """One page after another over both kinds shows everything once and in order."""
        seen: list[Opening] = []
        while True:
            after = seen[-1].starts_at if seen else None
            searches = [self.search(kind, after=after) for kind in self.kinds]
            page = openings.first_of(searches, now=self.calendar.now, limit=PAGE).openings
            if not page:
                break
            seen += page
        keys = [(one.starts_at, one.visit_type.pk, one.provider.pk) for one in seen]
        whole = [(one.starts_at, kind.pk, one.provider.pk) for kind in self.kinds for one in self.offered(kind)]
        is_right = sorted(keys) == sorted(whole) and [key[0] for key in keys] == sorted(key[0] for key in keys)
        self.found["pages_wrong"] += not is_right

    def pair(self) -> list[Part]:
        """Both kinds for one patient, with whoever is free."""
        return [self.part(self.calendar.patients[0], kind) for kind in self.kinds]

    def family(self) -> list[Part]:
        """One kind for two patients."""
        return [self.part(patient, self.kinds[0]) for patient in self.calendar.patients]

    def part(self, patient: Any, kind: VisitType) -> Part:
        return Part(patient, kind, tuple(self.calendar.doctors), is_new=self.said["is_new"])

    def chains(self, parts: list[Part], *, one_provider: bool) -> None:
        """Each chain is booked, and a first visit that leaves a second one possible begins a chain."""
        like, now = self.search(self.kinds[0]), self.calendar.now
        found = together.first(parts, like, now=now, one_provider=one_provider, limit=10_000).chains
        self.found["chains_looked_at"] += len(found)
        self.found["chains_not_bookable"] += sum(not self.books_all(parts, chain) for chain in some(found))
        begun = {(chain[0].provider, minute(chain[0].starts_at)) for chain in found}
        for who, m in some(sorted(self.plain.bookable(parts[0].visit_type), key=lambda one: (one[1], one[0].pk))):
            wanted = self.goes_on(parts, who, m, one_provider)
            self.found["chains_not_offered"] += wanted and (who, m) not in begun
            self.found["chains_beyond_the_plain"] += (who, m) in begun and not wanted

    def books_all(self, parts: list[Part], chain: list[Opening]) -> bool:
        """Whether a chain is booked as a whole."""
        times = [(one.provider, one.starts_at) for one in chain]
        said = {"by": self.me, "now": self.calendar.now, "held_for": self.said["call"], "despite_overlap": True}
        try:
            with taken_back():
                together.book(parts, times, **said)
        except REFUSALS:
            return False
        return True

    def goes_on(self, parts: list[Part], who: Provider, m: int, one_provider: bool) -> bool:
        """Book the first part; whether the plain calendar then has the second soon afterwards, at the same place."""
        first, second = (part.visit_type for part in parts)
        end = m + first.minutes
        soon = range(end, end + LONGEST_WAIT // timedelta(minutes=1) + 1)
        with taken_back():
            self.books(who, datetime.fromtimestamp(m * 60, UTC), first)
            next_ones = self.plain_now().bookable(second)
        where = self.place(who, m)
        return any(
            n in soon and self.place(other, n) == where and (other == who or not one_provider) for other, n in next_ones
        )

    def place(self, who: Provider, m: int) -> Any:
        return next((hours[m] for day in self.calendar.days if m in (hours := self.hours.opened(who, day))), None)
