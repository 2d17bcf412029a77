"""Choosing another password: what a stranger learns from it, and what is written down."""

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core.context import request_context
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from compliance.audit import sign_ins
from compliance.tenancy import SYSTEM, acting_in
from compliance.views import door
from tests.factories import people
from tests.threats.test_limits import RESET, address, asked

CHANGE, NEW, WRONG = "/accounts/password/change/", "another lantern beside 47 rivers", "wrong horse battery staple"


@pytest.fixture
def rosa(secretary):
    secretary.set_password(people.PASSWORD)
    secretary.save()
    return secretary


def recorded(practice, who):
    """The kinds of her events that her practice is shown, the newest first."""
    with acting_in(practice.pk, SYSTEM):
        return [kind for _, _, actor, kind, _, _ in sign_ins.newest(50) if actor == who.pk]


def changed(browser, present=people.PASSWORD):
    return browser.post(CHANGE, {"oldpassword": present, "password1": NEW, "password2": NEW})


def by_link(who):
    browser = Client(REMOTE_ADDR=address())
    link = f"/accounts/password/reset/key/{user_pk_to_url_str(who)}-{default_token_generator.make_token(who)}/"
    return browser.post(browser.get(link)["Location"], {"password1": NEW, "password2": NEW})


def test_a_mail_server_that_is_down_tells_nobody_who_has_an_account(settings, rosa):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answers = [asked(email, at=address()) for email in (rosa.email, "nobody@staff.example")]

    told = [(answer.status_code, answer["Location"], answer.content) for answer in answers]
    assert told == [(302, f"{RESET}done/", b"")] * 2


def test_the_link_is_sent_after_the_answer_has_left(rosa):
    request = RequestFactory().post(RESET, {"email": rosa.email}, REMOTE_ADDR=address())
    request.user = AnonymousUser()
    with request_context(request):
        answer = door.ask_for_reset(request)
    before = len(mail.outbox)

    answer.close()

    assert (answer.status_code, before, len(mail.outbox)) == (302, 0, 1)


def test_a_changed_password_is_an_event_that_the_practice_sees(practice, rosa):
    changed(people.browser(rosa))

    assert recorded(practice, rosa) == ["password.changed"]


def test_a_password_chosen_by_link_is_an_event_that_the_practice_sees(practice, rosa):
    by_link(rosa)

    assert recorded(practice, rosa) == ["password.reset"]


def test_the_present_password_cannot_be_guessed_past_five_tries(practice, rosa):
    browser = people.browser(rosa)
    for _ in range(5):
        changed(browser, WRONG)

    assert changed(browser).status_code == 422
    assert recorded(practice, rosa) == ["password.refused"] * 6


def test_a_session_left_open_changes_no_password_without_the_second_factor(rosa):
    left_open = people.browser(rosa, ago=20)

    answer = changed(left_open)

    rosa.refresh_from_db()
    assert answer["Location"].startswith("/accounts/factor/code/again/")
    assert rosa.check_password(people.PASSWORD)


def test_wrong_guesses_are_shown_to_the_practice_of_whom_they_are_about(practice, rosa):
    Client(REMOTE_ADDR=address()).post("/accounts/login/", {"login": rosa.email.upper(), "password": WRONG})

    assert recorded(practice, rosa) == ["signin.failed"]


def test_an_unknown_name_costs_the_same_queries(rosa):
    def queries(email):
        with CaptureQueriesContext(connection) as ran:
            Client(REMOTE_ADDR=address()).post("/accounts/login/", {"login": email, "password": WRONG})
        return [query["sql"].split()[0] for query in ran.captured_queries]

    queries("somebody@staff.example")  # tidies up what expired, whoever comes first

    assert queries(rosa.email) == queries("nobody@staff.example")


def test_a_wrong_passkey_is_shown_to_the_practice_of_whom_it_is_about(practice, rosa):
    browser = Client(REMOTE_ADDR=address())
    browser.post("/accounts/login/", {"login": rosa.email, "password": people.PASSWORD})

    browser.post("/accounts/factor/code/", {"credential": "[1]"})

    assert recorded(practice, rosa) == ["signin.failed"]
