"""The list of everybody with access, looked at once a quarter (45 CFR 164.308(a)(4)(ii)(C); the writer of AccessReview)."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from compliance.audit import events
from compliance.models import AccessReview, Membership, Practice, User
from compliance.zones import zone

QUARTER = relativedelta(months=3)


class ListChanged(Exception):
    """Somebody came or left since the list was shown."""


@dataclass(frozen=True)
class Standing:
    """The newest review, and the last day on which the next is in time, in the practice's zone."""

    last: AccessReview | None
    due_on: date
    is_overdue: bool


def standing(practice: Practice, *, now: datetime) -> Standing:
    """How the practice being acted in stands; a new one has a quarter for its first review. One query."""
    last = AccessReview.objects.select_related("by").order_by("-at", "-pk").first()
    here = zone(practice.time_zone)
    due_on = (last.at if last else practice.created_at).astimezone(here).date() + QUARTER
    return Standing(last, due_on, is_overdue=now.astimezone(here).date() > due_on)


def mark(memberships: list[Membership]) -> str:
    """Stands for exactly these memberships, so that nobody confirms a list that she did not see."""
    ids = sorted(str(row.pk) for row in memberships)
    return hashlib.sha256("|".join(ids).encode()).hexdigest()[:16]


def record(seen: str, *, by: User, now: datetime) -> AccessReview:
    """Keep that somebody looked at the list that `seen` marks. Raises ListChanged."""
    held = list(Membership.objects.visible_to(by).in_force(now))
    if mark(held) != seen:
        raise ListChanged
    review = AccessReview.objects.create(by=by, at=now, rows=len(held))
    events.record("access.reviewed", review, action=events.CREATE, by=by, body={"rows": len(held)})
    return review
