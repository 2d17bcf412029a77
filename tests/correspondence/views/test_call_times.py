"""The first free times on a call's page."""

from zoneinfo import ZoneInfo

from compliance.models import Location
from compliance.tenancy import acting_in
from tests.factories import scheduling

HONOLULU = ZoneInfo("Pacific/Honolulu")


def test_a_time_stands_under_the_day_of_its_place(practice, secretary, as_secretary, at, verified):
    with acting_in(practice.pk, secretary.pk):
        there = Location.objects.create(name="Hilo", time_zone=HONOLULU.key)
        doctor, _ = scheduling.provider(hours=False), scheduling.visit_type()
        for weekday in range(7):  # after midnight on the practice's own clock
            scheduling.works(doctor, weekday, "21:00", "23:00", location=there)

    days = as_secretary.get(at).context["days"]

    assert len(days) > 1
    assert all(one.starts_at.astimezone(HONOLULU).date() == day for day, times in days for one in times)
