"""Signing in and out, and choosing a new password, as pages."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from compliance.models import User
from tests.factories import people

NEW = "an umbrella walks over seven lakes"


@pytest.fixture
def person(db):
    return User.objects.create_user(f"{people._once()}@staff.example", people.PASSWORD, name="Rosa Diaz")


@pytest.fixture
def browser():
    return Client()


def sign_in(browser, person, password=people.PASSWORD):
    return browser.post("/accounts/login/", {"login": person.email, "password": password})


def reset_form(browser, person):
    """The address of the form behind the link in the mail."""
    browser.post("/accounts/password/reset/", {"email": person.email})
    link = re.search(r"http://[^/]+(/\S+)", mail.outbox[-1].body)[1]
    return browser.get(link)["Location"]


def test_the_right_password_opens_the_start_page(browser, person):
    assert sign_in(browser, person)["Location"] == "/"


def test_a_wrong_password_answers_422_and_says_so_in_one_sentence(browser, person):
    response = sign_in(browser, person, "something else entirely")

    assert response.status_code == 422
    assert response.content.decode().count("The e-mail or the password is not right") == 1


def test_no_field_of_the_door_has_a_placeholder(browser, db):
    pages = [browser.get(path).content.decode() for path in ("/accounts/login/", "/accounts/password/reset/")]

    assert "placeholder" not in "".join(pages)


def test_signing_out_is_a_post_that_clears_what_the_browser_kept(browser, person):
    sign_in(browser, person)

    response = browser.post("/accounts/logout/")

    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert "_auth_user_id" not in browser.session


def test_opening_the_page_of_signing_out_does_not_sign_out(browser, person):
    sign_in(browser, person)

    browser.get("/accounts/logout/")

    assert "_auth_user_id" in browser.session


def test_a_reset_answers_the_same_for_an_unknown_address_and_sends_nothing(browser, db):
    response = browser.post("/accounts/password/reset/", {"email": "nobody@staff.example"})

    assert response["Location"] == "/accounts/password/reset/done/"
    assert mail.outbox == []


def test_the_subject_of_a_reset_names_nobody(browser, person):
    browser.post("/accounts/password/reset/", {"email": person.email})

    assert mail.outbox[-1].subject == "Choose a new password"


def test_a_new_password_by_link_signs_nobody_in(browser, person):
    form = reset_form(browser, person)

    browser.post(form, {"password1": NEW, "password2": NEW})

    person.refresh_from_db()
    assert person.check_password(NEW)
    assert "_auth_user_id" not in browser.session


def test_a_guessable_new_password_is_refused_with_what_to_do(browser, person):
    form = reset_form(browser, person)

    response = browser.post(form, {"password1": "password", "password2": "password"})

    assert response.status_code == 422
    assert "Use at least 15 characters." in response.content.decode()


def test_a_spent_link_leads_to_a_new_one(browser, person):
    response = browser.get("/accounts/password/reset/key/1-abc/")

    assert "Ask for a new link" in response.content.decode()


def test_changing_the_password_needs_the_present_one(browser, person):
    sign_in(browser, person)

    response = browser.post("/accounts/password/change/", {"oldpassword": "x", "password1": NEW, "password2": NEW})

    assert response.status_code == 422


def test_a_changed_password_signs_out(browser, person):
    sign_in(browser, person)

    browser.post("/accounts/password/change/", {"oldpassword": people.PASSWORD, "password1": NEW, "password2": NEW})

    person.refresh_from_db()
    assert person.check_password(NEW)
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("page", ["signup", "email", "confirm-email", "password/set", "login/code/confirm"])
def test_other_pages_of_the_library_do_not_exist(browser, person, page):
    sign_in(browser, person)

    assert browser.get(f"/accounts/{page}/").status_code == 404


def test_sign_up_has_no_address():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
