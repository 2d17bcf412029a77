"""Providers, working hours, closures: what their one writer does and refuses."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from compliance import rows
from compliance.models import Location
from scheduling import displaced, set_up
from scheduling.booking import OutsideHours
from scheduling.enums import ResourceKind
from scheduling.models import Occupation, Provider, Resource, WorkingHours
from tests.factories import scheduling as schedule

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # in Chicago


def provider(by, short_name: str = "Dr. Okafor") -> Provider:
    return set_up.add_provider(Provider(name=short_name, short_name=short_name), by=by)


def hours(of: Provider, *, starts: int, ends: int, at: Location | None = None, **fields) -> WorkingHours:
    common = {"provider": of, "location": at or Location.objects.get(), "weekday": 0, "valid_from": date(2026, 1, 1)}
    return WorkingHours(**{**common, "starts": time(starts), "ends": time(ends), **fields})


def held(of: Provider, by, *, minutes: int, hold_until: datetime) -> Occupation:
    end = NOON + timedelta(minutes=minutes)
    return Occupation.objects.create(resource=of.resource, starts_at=NOON, ends_at=end, hold_until=hold_until, held_by=by)


def taken(of: Provider) -> list[tuple[int, int]]:
    """Minutes from noon of what closures take."""
    rows_ = Occupation.objects.filter(resource=of.resource, closure__isnull=False).order_by("starts_at")
    return [tuple(int((at - NOON).total_seconds() // 60) for at in (row.starts_at, row.ends_at)) for row in rows_]


def test_a_provider_gets_the_resource_that_her_time_is(inside, secretary):
    added = provider(secretary)

    assert (added.resource.kind, added.resource.name, added.resource.capacity) == ("provider", "Dr. Okafor", 1)


def test_the_resource_follows_its_provider(inside, secretary):
    added = provider(secretary)

    values = {"short_name": "Dr. O.", "is_active": False}
    set_up.change_provider(added, values, version=1, by=secretary, now=NOW)

    resource = Resource.objects.get(kind=ResourceKind.PROVIDER)
    assert (resource.name, resource.is_active) == ("Dr. O.", False)


def test_a_provider_with_working_hours_is_not_removed(inside, secretary):
    added = provider(secretary)
    set_up.add(hours(added, starts=9, ends=12), by=secretary)

    with pytest.raises(rows.Referenced):
        set_up.remove_provider(added, by=secretary)


def test_a_provider_whom_nothing_refers_to_goes_with_her_resource(inside, secretary):
    set_up.remove_provider(provider(secretary), by=secretary)

    assert not Resource.objects.filter(kind=ResourceKind.PROVIDER).exists()


def test_nobody_works_twice_at_once(inside, secretary):
    added = provider(secretary)
    set_up.add(hours(added, starts=9, ends=12), by=secretary)

    with pytest.raises(set_up.HoursOverlap):
        set_up.add(hours(added, starts=11, ends=14), by=secretary)


def test_hours_that_follow_each_other_do_not_overlap(inside, secretary):
    added = provider(secretary)
    set_up.add(hours(added, starts=9, ends=12), by=secretary)

    set_up.add(hours(added, starts=12, ends=14), by=secretary)

    assert WorkingHours.objects.count() == 2


def test_new_hours_may_take_the_place_of_old_ones(inside, secretary):
    added = provider(secretary)
    set_up.add(hours(added, starts=9, ends=12, valid_until=date(2026, 6, 30)), by=secretary)

    set_up.add(hours(added, starts=9, ends=14, valid_from=date(2026, 7, 1)), by=secretary)

    assert WorkingHours.objects.on(date(2026, 7, 6)).count() == 1


def closed(by, *, minutes: int = 60, **fields):
    return set_up.close_time(
        starts_at=NOON, ends_at=NOON + timedelta(minutes=minutes), reason="Lunch", by=by, now=NOW, **fields
    )


def test_a_closed_time_is_taken(inside, secretary):
    added = provider(secretary)

    closed(secretary, provider=added)

    assert taken(added) == [(0, 60)]


def test_a_long_closed_time_is_taken_in_pieces_without_a_seam(inside, secretary):
    added, day = provider(secretary), 24 * 60

    closed(secretary, minutes=5 * day, provider=added)

    assert taken(added) == [(0, 2 * day), (2 * day, 4 * day), (4 * day, 5 * day)]


def test_a_closed_time_of_one_provider_leaves_the_others_free(inside, secretary):
    added, other = provider(secretary), provider(secretary, "Dr. Weiss")

    closed(secretary, provider=added)

    assert taken(other) == []


def test_a_closed_practice_takes_everybodys_time(inside, secretary):
    everybody = [provider(secretary), provider(secretary, "Dr. Weiss")]

    closed(secretary)

    assert [taken(one) for one in everybody] == [[(0, 60)], [(0, 60)]]


def test_a_closed_place_takes_the_time_of_nobody_who_may_work_elsewhere(inside, secretary):
    here, both = provider(secretary), provider(secretary, "Dr. Weiss")
    set_up.add(hours(here, starts=9, ends=13), by=secretary)
    set_up.add(hours(both, starts=9, ends=12), by=secretary)
    annex = Location.objects.create(name="Annex", time_zone="America/Chicago")
    set_up.add(hours(both, starts=13, ends=17, at=annex), by=secretary)

    closed(secretary, location=Location.objects.exclude(pk=annex.pk).get())

    assert (taken(here), taken(both)) == ([], [])
    with pytest.raises(OutsideHours, match="Closed then"):
        schedule.visit(by=secretary, who=here, starts_at=NOON)


def test_a_time_is_closed_around_what_stands_in_it(inside, secretary):
    added = provider(secretary)
    held(added, secretary, minutes=20, hold_until=NOW + timedelta(minutes=5))

    closed(secretary, provider=added)

    assert taken(added) == [(20, 60)]


def test_a_hold_that_has_run_out_gives_way_to_a_closed_time(inside, secretary):
    added = provider(secretary)
    held(added, secretary, minutes=20, hold_until=NOW)

    closed(secretary, provider=added)

    assert taken(added) == [(0, 60)]


def test_a_changed_closure_takes_its_new_time(inside, secretary):
    added = provider(secretary)
    closure = closed(secretary, provider=added)

    later = {"starts_at": NOON + timedelta(minutes=30)}
    set_up.change_closure(closure, later, version=1, by=secretary, now=NOW)

    assert taken(added) == [(30, 60)]


def test_the_visits_within_a_closed_time_are_counted(inside, secretary):
    standing = schedule.visit(by=secretary)

    closure = set_up.close_time(
        starts_at=standing.starts_at,
        ends_at=standing.ends_at,
        reason="Ill",
        provider=standing.provider,
        by=secretary,
        now=NOW,
    )

    assert displaced.within(closure, now=NOW).count() == 1


def test_a_closure_taken_back_gives_its_time_back(inside, secretary):
    added = provider(secretary)

    set_up.open_time(closed(secretary, provider=added), by=secretary, now=NOW)

    assert taken(added) == []


@pytest.mark.parametrize(
    ("minutes", "left"),
    [([(0, 60)], []), ([(-10, 70)], []), ([(10, 20), (40, 50)], [(0, 10), (20, 40), (50, 60)]), ([(-10, 10)], [(10, 60)])],
)
def test_a_time_is_closed_in_as_many_stretches_as_are_left(inside, secretary, minutes, left):
    added = provider(secretary)
    for start, end in minutes:
        at, until = (NOON + timedelta(minutes=minute) for minute in (start, end))
        standing = {"hold_until": NOW + timedelta(minutes=5), "held_by": secretary}
        Occupation.objects.create(resource=added.resource, starts_at=at, ends_at=until, **standing)

    closed(secretary, provider=added)

    assert taken(added) == left
