"""What a stranger, or somebody who had to go, tries with a session (security.md section 8)."""

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from compliance import people, sessions
from compliance.models import Membership, Session
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people as made
from tests.reporting import soak_row


def is_in(browser, practice):
    return browser.get(practice_url(practice, "compliance:matrix")).status_code == 200


def dismissed(practice, admin, user):
    with acting_in(practice.pk, admin.pk):
        membership = Membership.objects.here().select_related("user").get(user=user, ends_at=None)
        return people.end(membership, by=admin, now=timezone.now())


def deactivated(practice, admin, user):
    people.deactivate(user, now=timezone.now())


def sanctioned(practice, admin, user):
    with acting_in(practice.pk, admin.pk):
        people.sanction(user, reason="Looked up a neighbour.", by=admin, now=timezone.now())


def promoted(practice, admin, user):
    with acting_in(practice.pk, admin.pk):
        people.join(user=user, role=Role.BILLING, by=admin, now=timezone.now())


CHANGES = [dismissed, deactivated, sanctioned, promoted]


def test_session_fixation_a_planted_key_opens_nothing(practice, secretary):
    planted = Client()
    planted.session.save()
    key = planted.session.session_key
    hers = made.browser(secretary, cookies={"sid": key})
    planted.cookies["sid"] = key

    assert (is_in(planted, practice), is_in(hers, practice)) == (False, True)


@pytest.mark.parametrize("ended", CHANGES)
def test_a_session_that_outlives_its_right(signed_in, practice, admin, secretary, ended):
    browsers = [signed_in(secretary) for _ in range(3)]
    before = [is_in(one, practice) for one in browsers]

    ended(practice, admin, secretary)

    assert (before, [is_in(one, practice) for one in browsers]) == ([True] * 3, [False] * 3)


def test_a_request_under_way_does_not_bring_an_ended_session_back(signed_in, practice, secretary):
    browser = signed_in(secretary)
    under_way = browser.session
    under_way["anything"] = 1
    sessions.end_all(secretary)

    with pytest.raises(UpdateError):
        under_way.save()
    assert not Session.objects.filter(user=secretary.pk).exists()


@pytest.mark.soak
def test_ended_rights_end_sessions_within_a_second(committed, signed_in):
    slowest = 0.0
    for ended in CHANGES * 5:
        practice = made.practice()
        admin, user = (made.member(practice, role) for role in (Role.PRACTICE_ADMIN, Role.SECRETARY))
        browsers = [signed_in(user) for _ in range(3)]
        began = time.perf_counter()
        ended(practice, admin, user)
        assert not any(is_in(one, practice) for one in browsers)
        slowest = max(slowest, time.perf_counter() - began)

    assert soak_row("session_end_seconds_max", round(slowest, 3), 1)


def test_somebody_ends_a_session_of_her_own_and_no_other(signed_in, practice, secretary, admin):
    here, there, other = signed_in(secretary), signed_in(secretary), signed_in(admin)
    marks = [is_in(one, practice) and sessions._mark(one.session.session_key) for one in (here, there, other)]

    for mark in marks[1:]:
        here.post(f"/accounts/sessions/{mark}/end/")

    assert [is_in(one, practice) for one in (here, there, other)] == [True, False, True]


def test_the_list_names_this_session_and_no_key(signed_in, practice, secretary):
    here, there = signed_in(secretary), signed_in(secretary)
    is_in(there, practice)

    page = here.get("/accounts/sessions/").content.decode()

    assert (page.count("This one"), page.count("End this")) == (1, 1)
    assert there.session.session_key not in page
    assert "Not known" not in page


def test_back_after_logout_pages_are_not_stored(as_secretary, practice):
    page = as_secretary.get(practice_url(practice, "compliance:matrix"))
    out = as_secretary.post("/accounts/logout/")

    assert "no-store" in page.headers["Cache-Control"]
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert timedelta() < sessions.LONGEST <= timedelta(hours=10)
