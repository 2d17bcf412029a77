"""What is counted at the door besides sign-ins: by the portal itself, also while Redis is away."""

import os

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.test import Client

from compliance import counter
from compliance.door import Door
from compliance.reauthentication import recently
from tests.factories import people

AGAIN, RESET, NEW = "/accounts/factor/code/again/", "/accounts/password/reset/", "another lantern beside 47 rivers"


@pytest.fixture(params=["redis", "database"])
def store(request, settings):
    """Where tries are counted; without Redis the cache is gone as well."""
    if request.param == "database":
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": settings.REDIS_URL}}
    counter._redis.cache_clear()
    yield request.param
    counter._redis.cache_clear()


def address() -> str:
    return "10." + ".".join(str(part) for part in os.urandom(3))


def asked(email, *, at, **headers):
    return Client(REMOTE_ADDR=at).post(RESET, {"email": email}, **headers)


def link(who) -> str:
    return f"/accounts/password/reset/key/{user_pk_to_url_str(who)}-{default_token_generator.make_token(who)}/"


def test_the_second_factor_is_given_again_wherever_tries_are_counted(store, secretary):
    browser = people.browser(secretary, ago=20)

    answer = browser.post(AGAIN, {"code": people.code()})

    request = answer.wsgi_request
    assert (answer.status_code, recently(request)) == (302, True)


def test_a_password_is_reset_wherever_tries_are_counted(store, secretary):
    browser = Client(REMOTE_ADDR=address())

    browser.post(RESET, {"email": secretary.email})
    browser.post(browser.get(link(secretary))["Location"], {"password1": NEW, "password2": NEW})

    secretary.refresh_from_db()
    assert (len(mail.outbox), secretary.check_password(NEW)) == (1, True)


def test_confirming_who_one_is_ends_after_ten_tries_a_minute(store, secretary):
    browser = people.browser(secretary, ago=20)

    told = [browser.post(AGAIN, {"code": "000000"}).status_code for _ in range(11)]

    assert told == [422] * 10 + [429]


def test_one_address_asks_for_twenty_resets_a_minute(store, db):
    here = address()

    told = [asked(f"{n}-{here}@staff.example", at=here).status_code for n in range(21)]

    assert told == [302] * 20 + [429]


@pytest.mark.parametrize("known", [True, False])
def test_one_account_is_sent_five_links_a_minute_and_the_form_says_so(store, secretary, known):
    email = secretary.email if known else f"nobody-{address()}@staff.example"

    answers = [asked(email, at=address()) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [422]
    assert "Wait a minute, then ask again." in answers[-1].content.decode()


def test_behind_a_proxy_strangers_use_up_nobody_elses_resets(settings, db):
    settings.TRUSTED_PROXIES = 1
    stranger, colleague = address(), address()
    for n in range(21):
        asked(f"{n}-{stranger}@staff.example", at="10.0.0.9", headers={"X-Forwarded-For": stranger})

    told = asked(f"x-{colleague}@staff.example", at="10.0.0.9", headers={"X-Forwarded-For": colleague})

    assert told.status_code == 302


@pytest.mark.parametrize("peer", ["", "10.0.0.9"])
def test_the_doors_library_sees_the_address_that_the_portal_counts(settings, rf, peer):
    settings.TRUSTED_PROXIES = 1 if peer else 0
    request = rf.get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": "203.0.113.7"} if peer else {})

    assert Door(request).get_client_ip(request) == ("203.0.113.7" if peer else "-")
