"""Sessions end when nobody is there, and when the right behind them ends."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from compliance import sessions
from compliance.models import Session
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from tests.factories import people


def is_in(browser, practice, **headers):
    return browser.get(practice_url(practice, "compliance:matrix"), headers=headers).status_code == 200


@pytest.mark.parametrize(("minutes", "still_in"), [(15, True), (16, False)])
def test_a_session_ends_after_the_limit(as_secretary, practice, minutes, still_in):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        is_in(as_secretary, practice)
        clock.shift(timedelta(minutes=minutes))

        assert is_in(as_secretary, practice) is still_in


@pytest.mark.parametrize(("hours", "still_in"), [(10, True), (10.2, False)])
def test_a_session_ends_after_ten_hours_whatever_was_done(as_secretary, practice, hours, still_in):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        is_in(as_secretary, practice)
        for _ in range(int(hours * 60 / 12)):
            clock.shift(timedelta(minutes=12))
            last = is_in(as_secretary, practice)

    assert last is still_in


def test_a_page_that_asks_again_by_itself_keeps_nobody_in(as_secretary, practice):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        is_in(as_secretary, practice)
        clock.shift(timedelta(minutes=10))
        is_in(as_secretary, practice, **{"X-Portal-Refresh": "1"})
        clock.shift(timedelta(minutes=6))

        assert not is_in(as_secretary, practice)


def test_of_several_practices_the_shortest_limit_counts(db, signed_in):
    strict, easy = people.practice(idle_minutes=5), people.practice(idle_minutes=15)
    who = people.member(easy, Role.SECRETARY, who=people.member(strict, Role.SECRETARY))
    hers = signed_in(who)

    is_in(hers, strict)
    is_in(hers, easy)

    assert hers.session["idle_minutes"] == 5


def test_the_shortest_limit_holds_from_the_sign_in_on(db):
    who = people.member(people.practice(idle_minutes=6), Role.SECRETARY)
    people.member(people.practice(idle_minutes=12), Role.SECRETARY, who=who)
    who.set_password(people.PASSWORD)
    who.save()
    hers = Client(REMOTE_ADDR="10.9.9.9")

    hers.post("/accounts/login/", {"login": who.email, "password": people.PASSWORD})
    hers.post("/accounts/factor/code/", {"code": people.code()})

    assert hers.session["idle_minutes"] == 6


def test_a_session_knows_whose_it_is(signed_in, secretary):
    hers = signed_in(secretary)

    assert Session.objects.get(pk=hers.session.session_key).user == secretary.pk


def test_all_sessions_of_a_person_end_at_once_and_nobody_elses(signed_in, practice, secretary, admin):
    first, second, other = signed_in(secretary), signed_in(secretary), signed_in(admin)

    sessions.end_all(secretary)

    assert [is_in(browser, practice) for browser in (first, second, other)] == [False, False, True]
