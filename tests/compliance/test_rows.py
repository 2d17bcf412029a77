"""How a row of a practice's set-up is added, changed and removed."""

from datetime import UTC, datetime

import pytest

from compliance import rows
from compliance.models import AuditEvent, Location
from scheduling.enums import ResourceKind
from scheduling.models import Resource

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def place(name: str = "Annex") -> Location:
    return Location(name=name, time_zone="America/Chicago")


def test_an_added_row_has_its_event(inside, secretary):
    row = rows.add(place(), by=secretary)

    event = AuditEvent.objects.get(kind="location.added")
    assert (event.object_id, event.actor, event.action) == (str(row.pk), secretary.pk, "C")


def test_a_change_moves_the_version_and_names_the_fields(inside, secretary):
    row = rows.add(place(), by=secretary)

    changed = rows.change(row, {"city": "Madison", "state": "WI"}, version=1, by=secretary, now=NOW)

    assert (changed.city, changed.version) == ("Madison", 2)
    assert AuditEvent.objects.get(kind="location.changed").body == {"fields": ["city", "state"]}


def test_a_change_of_an_older_version_changes_nothing(inside, secretary):
    row = rows.add(place(), by=secretary)
    rows.change(row, {"city": "Madison"}, version=1, by=secretary, now=NOW)

    with pytest.raises(rows.Stale) as stale:
        rows.change(row, {"city": "Verona"}, version=1, by=secretary, now=NOW)

    assert stale.value.theirs.city == "Madison"
    assert Location.objects.get(pk=row.pk).city == "Madison"


def test_a_row_that_another_one_stands_on_is_not_removed(inside, secretary):
    row = rows.add(place(), by=secretary)
    Resource.objects.create(kind=ResourceKind.ROOM, name="Room 1", location=row)

    with pytest.raises(rows.Referenced):
        rows.remove(row, by=secretary)


def test_a_removed_row_leaves_its_event(inside, secretary):
    row = rows.add(place(), by=secretary)

    rows.remove(row, by=secretary)

    assert not Location.objects.filter(name="Annex").exists()
    assert AuditEvent.objects.get(kind="location.removed").action == "D"
