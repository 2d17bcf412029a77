"""Two practices in two zones, as they stand on the day the demo is started. One function for each subject.

Everything goes through the same domain functions as the pages where there is one. Running it again adds only what is
not there.
"""

from datetime import datetime

from compliance.models import Practice
from compliance.tenancy import SYSTEM, acting_in
from secretary_portal.demo.data import calendars, insurers, office, practices, words

# What each practice gets, in this order. Patients and their visits come last: they need all of it.
SUBJECTS = (office.load, calendars.load, insurers.load, words.load)


def load(now: datetime) -> None:
    """Found the practices that are not there and give each what it lacks."""
    for plan in practices.PLANS:
        if not Practice.objects.filter(slug=plan.slug).exists():
            practices.found(plan, now=now)
        practice = Practice.objects.get(slug=plan.slug)
        for subject in SUBJECTS:
            with acting_in(practice.pk, SYSTEM):
                subject(practice, plan, now=now)
