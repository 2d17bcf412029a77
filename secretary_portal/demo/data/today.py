"""The day on which the demo is started: laid out once, and anew on every later day."""

from datetime import datetime

from compliance.models import Practice, User
from secretary_portal.demo.data import course, cover, days, hours, work
from secretary_portal.demo.data.practices import Plan
from secretary_portal.demo.doors import PEOPLE


def load(practice: Practice, plan: Plan, *, now: datetime) -> None:
    """All in the transaction of the caller: a day is there whole, or not at all."""
    if hours.has_begun(practice, now=now):
        return
    secretary = User.objects.get(email=PEOPLE["secretary"])
    hours.lay_out(practice, by=secretary, now=now)
    desk = days.Desk(practice, secretary, now)
    days.fill(desk)
    course.play(desk)
    cover.load(desk)
    work.load(desk)
