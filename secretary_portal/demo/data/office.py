"""Where a practice is and when it works."""

from datetime import datetime, time

from compliance.models import Location, OfficeHours, Practice
from secretary_portal.demo.data.practices import Plan


def load(practice: Practice, plan: Plan, *, now: datetime) -> None:
    """The address of its first place; open every day, so that the day on which the demo is started is a full one."""
    line1, city, postal_code = plan.address
    Location.objects.filter(name=plan.name, line1="").update(
        line1=line1, city=city, postal_code=postal_code, phone=plan.phone
    )
    if OfficeHours.objects.exists():
        return
    for weekday in range(7):
        OfficeHours.objects.create(weekday=weekday, opens=time(8), closes=time(17))
