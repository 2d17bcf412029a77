"""What was typed when a session ended is found again after a real sign-in, with password and code."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from compliance.tenancy.urls import practice_url
from tests.factories import people

TYPED = {"what": "A letter went to the wrong address."}
ENDED = "Your session ended because nobody was there, or after ten hours."


@pytest.fixture
def rosa(secretary):
    secretary.set_password(people.PASSWORD)
    secretary.save()
    return secretary


def sign_in(browser, who, at="/accounts/login/"):
    """By password and code, from the page that the portal led to; answers where one comes out."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(at).query).items()}
    asked = browser.post("/accounts/login/", {"login": who.email, "password": people.PASSWORD} | query)
    return browser.post(asked.headers["Location"], {"code": people.code()} | query).headers["Location"]


def idle(clock, browser, page):
    """Nobody is there for 16 minutes."""
    clock.shift(timedelta(minutes=16))


def ten_hours(clock, browser, page):
    """Somebody is there all the time, until ten hours and a minute after she signed in."""
    for _ in range(42):
        clock.shift(timedelta(minutes=14))
        assert browser.get(page).status_code == 200
    clock.shift(timedelta(minutes=13))


@pytest.mark.parametrize("passes", [idle, ten_hours])
def test_what_was_typed_is_found_after_signing_in_again(practice, rosa, passes):
    page, browser = practice_url(practice, "compliance:report_incident"), Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(browser, rosa)
        browser.get(page)
        passes(clock, browser, practice_url(practice, "compliance:matrix"))
        locked = send_late(browser, page)

        assert ENDED in browser.get(locked).content.decode()
        assert sign_in(browser, rosa, locked) == page
        assert put_back(browser, practice, "/incident/") == {"what": [TYPED["what"]]}


def send_late(browser, page):
    """Post the form when the session has ended; answers the lock page's address."""
    return browser.post(page, TYPED, headers={"Referer": f"http://testserver{page}"}).headers["Location"]


def put_back(browser, practice, page):
    """What the page's script finds."""
    answer = browser.get(practice_url(practice, "compliance:drafts"), headers={"X-Portal-Page": page})
    return answer.json().get("fields")
