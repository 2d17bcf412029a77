"""Two practices in two zones, as they stand on the day the demo is started. One function for each subject.

Everything goes through the same domain functions as the pages where there is one. Running it again adds only what is
not there; on a later day that is a new today.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from compliance.models import Practice
from compliance.tenancy import SYSTEM, acting_in
from secretary_portal.demo.data import calendars, hours, insurers, office, patients, practices, today, words, year

SET_UP: tuple[Callable[..., None], ...] = (office.load, calendars.load, insurers.load, words.load)
# What each practice gets, in this order. Patients and their visits come last: they need all of it.
SUBJECTS = (*SET_UP, patients.load, today.load)
AROUND = (*range(1, hours.AHEAD + 1), *range(-1, -hours.BEHIND - 1, -1))


def load(
    now: datetime,
    *,
    subjects: Sequence[Callable[..., None]] = SUBJECTS,
    plans: Sequence[practices.Plan] = practices.PLANS,
) -> None:
    """Found the practices that are not there and give each what it lacks."""
    for plan in plans:
        if not Practice.objects.filter(slug=plan.slug).exists():
            practices.found(plan, now=now)
        practice = Practice.objects.get(slug=plan.slug)
        practices.staff(practice, plan, now=now)
        for subject in subjects:
            with acting_in(practice.pk, SYSTEM):
                subject(practice, plan, now=now)


def load_around(now: datetime, *, plans: Sequence[practices.Plan] = practices.PLANS, days: Sequence[int] = AROUND) -> None:
    """The days around today, one transaction each: first those to come, the past week last."""
    for plan in plans:
        practice = Practice.objects.get(slug=plan.slug)
        with acting_in(practice.pk, SYSTEM):
            today.close_holidays(practice, plan, now=now)
    for number in days:
        for plan in plans:
            practice = Practice.objects.get(slug=plan.slug)
            with acting_in(practice.pk, SYSTEM):
                today.load_around(practice, plan, number, now=now)


def load_before(
    now: datetime, *, plans: Sequence[practices.Plan] = practices.PLANS, months: Sequence[int] = range(year.MONTHS)
) -> None:
    """The year before, one transaction for each month, the nearest first."""
    for number in months:
        for plan in plans:
            practice = Practice.objects.get(slug=plan.slug)
            with acting_in(practice.pk, SYSTEM):
                today.load_before(practice, plan, number, now=now)
