"""Times that colleagues keep for somebody on the phone, as whoever looks for a time sees them."""

from datetime import datetime

from scheduling.models import Occupation
from scheduling.openings import window
from scheduling.search import Search
from scheduling.taking import mine

SHOWN = 10


def of_others(search: Search, *, now: datetime) -> list[Occupation]:
    """The first holds of others on the calendars that are searched, with who holds them and whose time it is."""
    start, end = window(search)
    rows = Occupation.objects.holds(now).overlapping(start, end).exclude(mine(search.held_for, search.by))
    rows = rows.filter(resource__in=[provider.resource_id for provider in search.providers])
    return list(rows.select_related("held_by", "resource").order_by("starts_at", "pk")[:SHOWN])
