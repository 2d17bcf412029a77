"""A patient who comes every week, until somebody says otherwise."""

from datetime import timedelta

from scheduling import openings, series
from scheduling.enums import Frequency
from scheduling.models import Series
from scheduling.series import SKIP, Choice
from secretary_portal.demo.data.days import Desk


def load(desk: Desk) -> None:
    """From the first free time after tomorrow on; dates that cannot be booked are left out, and listed with why."""
    if Series.objects.exists() or not desk.grown:
        return
    first = desk.today + timedelta(days=2)
    search = openings.Search(desk.types["Follow-up"], desk.providers[:1], first, first + timedelta(days=14))
    found = openings.first(search, now=desk.now, limit=1).openings
    if not found:
        return
    here = found[0].starts_at.astimezone(desk.zone)
    row = Series(
        patient=desk.grown[0],
        provider=found[0].provider,
        visit_type=search.visit_type,
        location=found[0].location,
        reason="Allergy injection",
        frequency=Frequency.WEEKLY,
        weekdays=[here.weekday()],
        first_on=here.date(),
        starts=here.time(),
    )
    stuck = {line.on: Choice(SKIP) for line in series.look(row, by=desk.by, now=desk.now) if line.refusal}
    series.make(row, by=desk.by, now=desk.now, choices=stuck)
