"""Error pages: a sentence, a reference, one way on."""

import pytest
from django.test import Client, RequestFactory

from compliance.tenancy.urls import practice_url
from secretary_portal import errors


def request():
    made = RequestFactory().get("/")
    made.id = "abc12345"
    return made


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda: errors.csrf_failure(request()), 403),
        (lambda: errors.forbidden(request(), PermissionError("Say why.")), 403),
        (lambda: errors.not_found(request(), Exception()), 404),
        (lambda: errors.failed(request()), 500),
    ],
)
def test_an_error_page_names_its_reference_and_asks_no_database(answer, status):
    response = answer()

    assert response.status_code == status
    assert "Reference abc12345" in response.content.decode()


def test_a_refusal_says_the_reason_that_was_given():
    assert "Say why." in errors.forbidden(request(), PermissionError("Say why.")).content.decode()


def test_a_form_without_its_token_is_refused_in_words(db):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a"})

    assert response.status_code == 403
    assert "This form was open too long." in response.content.decode()


def test_nothing_of_another_practice_is_there(as_secretary, practice, signed_in):
    from tests.factories import people

    response = as_secretary.get(practice_url(people.practice(), "desk:palette"))

    assert response.status_code == 404
    assert "This page is not here" in response.content.decode()
