"""A practice sees the sign-ins of its own people, of their time in it, and nobody else's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from compliance.audit import events, sign_ins
from compliance.models import Membership
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people


def signed_in_now(who, kind="signin.succeeded", **more):
    with acting_in(None, SYSTEM):
        events.record(kind, by=who, **more)


def seen(practice):
    with acting_in(practice.pk, SYSTEM):
        return [(row[2], row[3]) for row in sign_ins.newest(50)]


def test_the_sign_in_of_a_member_is_seen(practice, secretary):
    signed_in_now(secretary)

    assert seen(practice) == [(secretary.pk, "signin.succeeded")]


def test_somebody_elses_is_not(practice, secretary):
    other = people.practice()
    signed_in_now(people.member(other, Role.SECRETARY, name="Eve Stone"))

    assert seen(practice) == []


def test_what_was_before_she_came_or_after_she_left_is_not(practice, secretary):
    now = timezone.now()
    with acting_in(practice.pk, SYSTEM):
        Membership.objects.filter(user=secretary).update(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1))
    signed_in_now(secretary)

    assert seen(practice) == []


def test_what_else_she_did_outside_is_not(practice, secretary):
    signed_in_now(secretary, "practice.founded")

    assert seen(practice) == []


def test_outside_a_practice_the_function_answers_nothing(practice, secretary):
    signed_in_now(secretary)
    with acting_in(None, secretary.pk), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sec.sign_ins_of_members()")

        assert cursor.fetchone() == (0,)


def test_the_admin_reads_them_on_a_page(practice, secretary, admin):
    signed_in_now(secretary)
    page = people.browser(admin).get(practice_url(practice, "desk:sign_ins")).content.decode()

    assert (secretary.name in page, "Signed in" in page) == (True, True)


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.BILLING, Role.PROVIDER])
def test_nobody_else_does(practice, role):
    browser = people.browser(people.member(practice, role, name="Eve Stone"))

    assert browser.get(practice_url(practice, "desk:sign_ins")).status_code == 403
