"""What becomes of the visits at a place that is left, or whose clock is another one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from compliance.models import Location, User
from scheduling import displaced, taking
from scheduling.enums import ResourceKind
from scheduling.models import Resource


@contextmanager
def visits_follow(place: Location, by: User, now: datetime) -> Iterator[None]:
    """What is written inside may put visits at a place out of hours: they become work. What comes back in may stay.

    Within a transaction. Nobody books meanwhile. `place.displaced` says how many became work.
    """
    taking.one_at_a_time(*Resource.objects.filter(kind=ResourceKind.PROVIDER).values_list("pk", flat=True))
    before = displaced.outside_at(place, now=now)
    yield
    after = displaced.outside_at(place, now=now)
    new = [visit for pk, visit in after.items() if pk not in before]
    why = "the time zone of the place changed" if place.is_active else f"{place} is not in use any more"
    place.displaced = displaced.give_work(new, why=why, by=by, now=now)  # type: ignore[attr-defined]
    displaced.take_work_back([visit for pk, visit in before.items() if pk not in after], now=now)
