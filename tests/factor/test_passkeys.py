"""What a browser says of a passkey is anybody's JSON: what is wrong is refused in words."""

import json

import pytest
from django.test import Client

from compliance.factor_forms import NOT_THIS_PASSKEY
from tests.factories import people

ADD, CODE = "/accounts/factor/passkeys/add/", "/accounts/factor/code/"
NAMED = {"id": "AA", "rawId": "AA", "type": "public-key"}
CLIENT = "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiQUEiLCJvcmlnaW4iOiJhIn0"
WRONG = {
    "no credential": [],
    "nothing in it": {"id": 1},
    "no answer": NAMED | {"response": {}},
    "words for an answer": NAMED | {"response": "yes"},
    "numbers": NAMED | {"response": {"clientDataJSON": 1, "attestationObject": 1, "authenticatorData": 1, "signature": 1}},
    "an empty client": NAMED | {"response": {"clientDataJSON": "e30", "attestationObject": "oA"}},
    "an empty attestation": NAMED | {"response": {"clientDataJSON": CLIENT, "attestationObject": ""}},
    "a short signature": NAMED | {"response": {"clientDataJSON": CLIENT, "authenticatorData": "AA", "signature": "AA"}},
}


def after_password(who):
    who.set_password(people.PASSWORD)
    who.save()
    browser = Client(REMOTE_ADDR="10.8.7.4")
    browser.post("/accounts/login/", {"login": who.email, "password": people.PASSWORD})
    return browser


@pytest.mark.parametrize("wrong", WRONG)
def test_a_passkey_to_add_that_is_none_is_refused_in_words(secretary, wrong):
    answer = people.browser(secretary).post(ADD, {"name": "Laptop", "credential": json.dumps(WRONG[wrong])})

    assert answer.status_code == 422
    assert answer.context["form"].errors


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_passkey_at_the_sign_in_is_refused_in_words(secretary, wrong):
    answer = after_password(secretary).post(CODE, {"credential": json.dumps(WRONG[wrong])})

    assert answer.status_code == 422
    assert answer.context["webauthn_form"].errors["credential"][0] in answer.content.decode()


@pytest.mark.parametrize("wrong", ["an empty client", "an empty attestation"])
def test_what_is_wrong_with_a_passkey_is_one_sentence(secretary, wrong):
    answer = people.browser(secretary).post(ADD, {"name": "Laptop", "credential": json.dumps(WRONG[wrong])})

    assert NOT_THIS_PASSKEY in answer.content.decode()
