"""The wall between practices, as seen by `portal_app` (security.md section 1)."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from compliance.models import Location, Membership
from compliance.roles import Role
from compliance.tenancy import SYSTEM, Context, acting_in
from compliance.tenancy.holes import findings
from tests.conftest import as_role
from tests.factories import people


def raw(context: str) -> list:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.ctx', %s, true)", [context])
        cursor.execute("SELECT id FROM compliance_location")
        return cursor.fetchall()


@pytest.mark.django_db
def test_without_a_context_nothing_is_seen(practice):
    assert list(Location.objects.all()) == []


def test_in_its_context_a_practice_sees_its_own_rows(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        assert Location.objects.count() == 1


def test_a_member_of_another_practice_sees_nothing(practice):
    stranger = people.member(people.practice(), Role.PRACTICE_ADMIN)

    with acting_in(practice.pk, stranger.pk):
        assert Location.objects.count() == 0


def test_a_member_whose_membership_has_ended_sees_nothing(practice, secretary):
    with acting_in(practice.pk, SYSTEM):
        Membership.objects.update(ends_at=timezone.now() - timedelta(seconds=1))

    with acting_in(practice.pk, secretary.pk):
        assert Location.objects.count() == 0


def test_a_row_cannot_be_put_into_another_practice(practice, secretary):
    other = people.practice()

    with pytest.raises(DatabaseError, match="row-level security"), acting_in(practice.pk, secretary.pk):
        Location.objects.create(practice=other, name="Foreign", time_zone="America/Chicago")


def test_a_forged_context_is_refused_aloud(practice, secretary):
    genuine = Context(practice.pk, secretary.pk).signed(expires=int(time.time()) + 60)
    other = people.practice()

    with pytest.raises(DatabaseError, match="forged"):
        raw(genuine.replace(str(practice.pk), str(other.pk)))


def test_an_expired_context_is_refused_aloud(practice, secretary):
    with pytest.raises(DatabaseError, match="expired"):
        raw(Context(practice.pk, secretary.pk).signed(expires=int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())))


def test_an_inner_context_gives_way_to_the_outer_one(practice, secretary):
    other = people.practice()
    with acting_in(practice.pk, secretary.pk):
        with acting_in(other.pk, SYSTEM):
            inner = Location.objects.get().practice_id
        outer = Location.objects.get().practice_id

    assert (inner, outer) == (other.pk, practice.pk)


def test_an_inner_context_that_fails_gives_way_too(practice, secretary):
    other = people.practice()
    with acting_in(practice.pk, secretary.pk):
        with pytest.raises(ZeroDivisionError), acting_in(other.pk, SYSTEM):
            raise ZeroDivisionError
        assert Location.objects.get().practice_id == practice.pk


@pytest.mark.django_db
def test_an_actor_sees_the_own_memberships_and_nothing_else(practice, secretary, admin):
    with acting_in(None, secretary.pk):
        assert [m.user_id for m in Membership.objects.all()] == [secretary.pk]
        assert Location.objects.count() == 0


@pytest.mark.django_db
def test_the_pads_cannot_be_read_by_the_app():
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sec.pads")


@pytest.mark.django_db
def test_rls_check_finds_no_hole():
    assert findings(timezone.now().date()) == []


def test_as_a_superuser_the_wall_is_not_there(committed):
    people.practice()

    with as_role("postgres"):
        assert Location.objects.exists()
