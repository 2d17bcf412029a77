"""Why a time could not be taken, in one sentence: asked after the fact, so it says what stands there now. Writes nothing."""

from datetime import datetime, timedelta

from scheduling import kinds
from scheduling.models import Occupation, Provider, VisitType
from scheduling.taking import span

GONE = "It was taken, and is free again: try once more."


def in_words(provider: Provider, starts_at: datetime, visit_type: VisitType, *, now: datetime, mode: str = "") -> str:
    """What takes the time of a visit of this kind: another, what is kept free beside one, a hold, a room. Three queries.

    `visit_type` is of the minutes that the patient takes (`VisitType.as_for`).
    """
    ends_at = starts_at + timedelta(minutes=visit_type.minutes)
    begins, over = span(starts_at, visit_type)
    rows = Occupation.objects.filter(resource=provider.resource_id).overlapping(begins, over).exclude(hold_until__lte=now)
    there = list(rows.select_related("appointment", "held_by").order_by("starts_at", "pk"))
    if not there:
        return _lacking(visit_type, starts_at, ends_at, now=now, mode=mode) or GONE
    first = there[0]
    if first.starts_at > starts_at and first.starts_at < over:
        minutes = int((first.starts_at - starts_at).total_seconds() // 60)
        needed = int((over - starts_at).total_seconds() // 60)
        return f"Only {minutes} minutes are free there, and {visit_type} takes {needed}."
    if first.held_by:
        return f"{first.held_by.name} holds this time for somebody."
    visit = first.appointment
    if visit and (visit.ends_at <= starts_at or visit.starts_at >= ends_at):
        return "That time is kept free beside another visit."
    return "Another visit was booked there."


def _lacking(visit_type: VisitType, starts_at: datetime, ends_at: datetime, *, now: datetime, mode: str) -> str:
    """Which room or machine is not free then; empty where each need is met by one alone."""
    wanted = kinds.wanted_by(visit_type, mode)
    rows = Occupation.objects.filter(resource__in=kinds.ids(wanted)).overlapping(starts_at, ends_at)
    taken = set(rows.exclude(hold_until__lte=now).values_list("resource", flat=True))
    for one in wanted:
        if all(row.pk in taken for row in one.candidates):
            return f"No {one.need.group} is free then." if one.need.group else f"{one.need} is taken then."
    return ""
