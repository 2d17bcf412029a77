"""Where a practice is and when it works."""

from datetime import datetime, time

from compliance.models import Location, OfficeHours, Practice
from secretary_portal.demo.data.practices import Plan


def load(practice: Practice, plan: Plan, *, now: datetime) -> None:
    """The address of its first place; Monday to Friday, and Saturday morning."""
    line1, city, postal_code = plan.address
    Location.objects.filter(name=plan.name, line1="").update(
        line1=line1, city=city, postal_code=postal_code, phone=plan.phone
    )
    if OfficeHours.objects.exists():
        return
    week = [(weekday, time(8), time(17)) for weekday in range(5)] + [(5, time(9), time(12))]
    for weekday, opens, closes in week:
        OfficeHours.objects.create(weekday=weekday, opens=opens, closes=closes)
