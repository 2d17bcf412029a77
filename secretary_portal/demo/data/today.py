"""The day on which the demo is started: laid out once, and anew on every later day. Then the days around it."""

from datetime import datetime

from compliance.models import Practice, User
from secretary_portal.demo.data import course, cover, days, hours, repeats, waiting, work, year
from secretary_portal.demo.data.practices import Plan
from secretary_portal.demo.doors import PEOPLE


def load(practice: Practice, plan: Plan, *, now: datetime) -> None:
    """All in the transaction of the caller: a day is there whole, or not at all."""
    if hours.has_begun(practice, now=now):
        return
    desk = _desk(practice, plan, now)
    hours.lay_out(practice, by=desk.by, now=now)
    days.fill(desk, 0)
    course.play(desk, -hours.BEHIND, 0)
    course.squeeze_in(desk)
    cover.load(desk)
    work.load(desk)
    repeats.load(desk)


def load_around(practice: Practice, plan: Plan, number: int, *, now: datetime) -> None:
    """The day so many days from today, with what became of its visits and who pays for them."""
    if days.has_visits(practice, number, now=now):
        return
    desk = _desk(practice, plan, now)
    days.fill(desk, number)
    hours.train(practice, number, by=desk.by, now=now)
    if number <= 1:
        course.play(desk, number, number)
    cover.load(desk)
    if number == 1:
        waiting.load(desk)


def load_before(practice: Practice, plan: Plan, number: int, *, now: datetime) -> None:
    """One month of the year before."""
    year.load(_desk(practice, plan, now), number)


def close_holidays(practice: Practice, plan: Plan, *, now: datetime) -> None:
    """Before the days are filled in which they lie."""
    hours.close_holidays(practice, by=_desk(practice, plan, now).by, now=now)


def _desk(practice: Practice, plan: Plan, now: datetime) -> days.Desk:
    return days.Desk(practice, plan, User.objects.get(email=PEOPLE["secretary"]), now)
