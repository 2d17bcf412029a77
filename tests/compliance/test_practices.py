"""A practice's settings, locations and office hours: what their one writer keeps and refuses."""

from datetime import UTC, datetime, time

import pytest

from compliance import practices, rows
from compliance.models import FieldChange, Location, OfficeHours, Practice

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def test_changed_settings_keep_old_and_new(inside, secretary):
    practices.change_settings(inside, {"hold_minutes": 7}, version=practices.edition(inside), by=secretary)

    change = FieldChange.objects.of(inside).get()
    assert change.lines() == [("hold_minutes", "10", "7")]
    assert Practice.objects.get(pk=inside.pk).hold_minutes == 7


def test_settings_changed_meanwhile_are_not_changed_again(inside, secretary):
    shown = practices.edition(inside)
    practices.change_settings(inside, {"hold_minutes": 7}, version=shown, by=secretary)

    with pytest.raises(rows.Stale):
        practices.change_settings(inside, {"hold_minutes": 9}, version=shown, by=secretary)


def test_the_slug_is_no_setting(inside, secretary):
    practices.change_settings(inside, {"slug": "other"}, version=practices.edition(inside), by=secretary)

    assert Practice.objects.get(pk=inside.pk).slug == inside.slug


def test_office_hours_on_one_day_do_not_overlap(inside, secretary):
    practices.add(OfficeHours(weekday=0, opens=time(8), closes=time(12)), by=secretary)

    with pytest.raises(practices.HoursOverlap):
        practices.add(OfficeHours(weekday=0, opens=time(11), closes=time(17)), by=secretary)


def test_the_only_location_is_not_removed(inside, secretary):
    with pytest.raises(practices.LastLocation):
        practices.remove(Location.objects.get(), by=secretary)


def test_one_of_two_locations_goes_out_of_use(inside, secretary):
    annex = practices.add(Location(name="Annex", time_zone="America/Chicago"), by=secretary)

    practices.change(annex, {"is_active": False}, version=1, by=secretary, now=NOW)

    assert list(Location.objects.filter(is_active=True).values_list("name", flat=True)) == [inside.name]
