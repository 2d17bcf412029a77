"""Requests that Django itself refuses: the portal's page, and for a session that ended the door."""

from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpResponse
from django.test import Client

from compliance import sessions
from secretary_portal import errors
from tests.factories import people


def test_a_strange_host_is_refused_on_the_portals_own_page(db):
    answer = Client(SERVER_NAME="evil.example").get("/accounts/login/")

    assert answer.status_code == 400
    assert "The portal did not understand this" in answer.content.decode()


def test_a_form_of_too_many_fields_is_refused_with_a_reference(settings, db):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2

    answer = Client().post("/accounts/login/", {"a": 1, "b": 2, "c": 3})

    assert (answer.status_code, "Reference " in answer.content.decode()) == (400, True)


def test_whoever_is_signed_out_in_mid_request_comes_to_the_door(secretary, rf):
    browser = people.browser(secretary)

    def ended_meanwhile(request):
        request.session["touched"] = True
        sessions.end_all(secretary)
        return HttpResponse()

    request = rf.get("/")
    request.COOKIES["sid"] = browser.session.session_key
    answer = convert_exception_to_response(SessionMiddleware(ended_meanwhile))(request)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")


def test_other_bad_requests_tell_nothing_of_why(rf):
    answer = errors.refused(rf.get("/"), BadRequest("secret reason"))

    assert (answer.status_code, "secret reason" in answer.content.decode()) == (400, False)
