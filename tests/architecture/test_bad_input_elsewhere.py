"""The forms of the admin site, and those that stand outside every practice, filled with what nobody should send."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django import forms
from django.core import mail
from django.test import Client
from django.utils import timezone

from compliance import counter, door, factor
from compliance.models import Practice, User
from compliance.people import invite
from compliance.roles import Role
from compliance.tenancy import acting_in
from tests.architecture.addresses import addresses
from tests.architecture.admin_postings import FORMS, filled, named
from tests.architecture.rows import nowhere, rows_of, shown, standing_still
from tests.architecture.test_bad_input import attempts, faults, methods
from tests.architecture.world import afterwards_undone, monday
from tests.factories import people, scheduling, set_up, waiting

NEW = "a quiet lamp over seven fjords"
_address = count(1)


@pytest.fixture
def office(practice, as_admin) -> Client:
    set_up.rows_of_each_kind(practice)
    as_admin.raise_request_exception = False
    return as_admin


@pytest.mark.parametrize(("model", "what"), FORMS, ids=named)
def test_the_admin_site_refuses_it_in_a_sentence(practice, office, model, what):
    assert wrong_in_admin(practice, office, model, what, spread=5) == {}


@pytest.mark.soak
@pytest.mark.parametrize(("model", "what"), FORMS, ids=named)
def test_every_field_of_the_admin_site_refuses_every_kind_in_a_sentence(practice, office, model, what):
    assert wrong_in_admin(practice, office, model, what, spread=1) == {}


def wrong_in_admin(practice, office, model, what, *, spread: int) -> dict[tuple[str, str], list[str]]:
    """What was wrong with the answers, by field and kind of wrong."""
    form, before, found = filled(office, practice, model, what), rows_of(practice), {}
    whole = dict.fromkeys(form.form.fields, "") | form.data
    for name, kind, data in attempts(whole, spread):
        with afterwards_undone():
            response = office.post(form.url, data)
            after = rows_of(practice)
        tables = [table for table in after if after[table] != before[table]]
        ticked = isinstance(form.form.fields[name], forms.BooleanField)
        if wrong := faults(response, "despite" if ticked else name, kind, data, tables):
            found[name, kind] = wrong
    return found


@pytest.mark.parametrize(("model", "what"), FORMS, ids=named)
def test_the_admin_site_answers_another_practices_row_as_one_that_is_nowhere(practice, office, db, model, what):
    there, form = people.practice(), filled(office, practice, model, what)
    set_up.rows_of_each_kind(there)
    foreign_ids = {name: _id_elsewhere(there, one) for name, one in form.form.fields.items() if _names_a_row(one)}
    before, answers = rows_of(practice), {}
    for name, foreign in foreign_ids.items():
        with standing_still(), afterwards_undone():
            theirs, nobodys = (office.post(form.url, form.data | {name: pk}) for pk in (foreign, nowhere(foreign)))
            same = rows_of(practice) == before
        answers[name] = (theirs.status_code, same, shown(theirs, foreign) == shown(nobodys, nowhere(foreign)))

    assert set(answers.values()) <= {(422, True, True)}, answers


def _names_a_row(one: forms.Field) -> bool:
    return isinstance(one, forms.ModelChoiceField)


def _id_elsewhere(there: Practice, one: forms.ModelChoiceField) -> str:
    model = one.queryset.model
    who = people.member(there, Role.PRACTICE_ADMIN)
    with acting_in(there.pk, who.pk):
        return str((who if model is User else model.objects.filter(practice=there)[0]).pk)


@dataclass(frozen=True)
class Outside:
    """A form that stands outside every practice. `open` answers a browser and the form's address."""

    name: str
    open: Callable[[User], tuple[Client, str]]
    valid: dict[str, Any]

    def __str__(self) -> str:
        return self.name


def _signed_in(path: str) -> Callable[[User], tuple[Client, str]]:
    def opened(who: User) -> tuple[Client, str]:
        return people.browser(who), path

    return opened


def _newcomer(path: str) -> Callable[[User], tuple[Client, str]]:
    """Before there is a second factor."""

    def opened(who: User) -> tuple[Client, str]:
        factor.forget(who)
        return people.browser(who, factor=False), path

    return opened


def _by_mail(who: User) -> tuple[Client, str]:
    client = Client()
    client.post("/accounts/password/reset/", {"email": who.email})
    link = re.search(r"/accounts/password/reset/key/\S+/", mail.outbox[-1].body)[0]
    return client, client.get(link)["Location"]


def _invited(who: User) -> tuple[Client, str]:
    at = people.practice()
    admin = people.member(at, Role.PRACTICE_ADMIN)
    with acting_in(at.pk, admin.pk):
        secret = invite(email="nia@staff.example", name="Nia", role=Role.SECRETARY, by=admin, now=timezone.now())
    return Client(), f"/invitation/{at.slug}/{secret}/"


def _offered(who: User) -> tuple[Client, str]:
    """An offer, and the browser of whom it was made to."""
    at = people.practice()
    by = people.member(at, Role.SECRETARY)
    now = timezone.now()
    with acting_in(at.pk, by.pk):
        rows = {"whose": scheduling.patient(), "by": by, "starts_at": monday(12), "now": now}
        scene = waiting.scene(scheduling.visit_type(), scheduling.provider(), **rows)
    return Client(), f"/offer/{at.slug}/{scene['offer_link']}/"


def _after_password(who: User) -> tuple[Client, str]:
    client = Client()
    client.post("/accounts/login/", {"login": who.email, "password": people.PASSWORD}, REMOTE_ADDR=_from())
    return client, "/accounts/factor/code/"


def _setting_up(who: User) -> tuple[Client, str]:
    factor.forget(who)
    client, path = _signed_in("/accounts/factor/app/")(who)
    session = client.session
    session["mfa.totp.secret"] = people.SECRET
    session.save()
    return client, path


PASSWORDS = {"password1": NEW, "password2": NEW}
OLD_AND_NEW = {"oldpassword": people.PASSWORD, **PASSWORDS}
OUTSIDE = [
    Outside("account_login", lambda who: (Client(), "/accounts/login/"), {"login": "", "password": people.PASSWORD}),
    Outside("account_reset_password", lambda who: (Client(), "/accounts/password/reset/"), {"email": ""}),
    Outside("account_reset_password_from_key", _by_mail, PASSWORDS),
    Outside("account_change_password", _signed_in("/accounts/password/change/"), OLD_AND_NEW),
    Outside("account_reauthenticate", _newcomer("/accounts/reauthenticate/"), {"password": people.PASSWORD}),
    Outside("mfa_authenticate", _after_password, {"code": ""}),
    Outside("mfa_reauthenticate", _signed_in("/accounts/factor/code/again/"), {"code": ""}),
    Outside("mfa_activate_totp", _setting_up, {"code": ""}),
    Outside("compliance:invitation", _invited, {"password": NEW, "again": NEW}),
    Outside("scheduling:offer", _offered, {"birth_date": "3/27/85"}),
    Outside("correspondence:lobby", _signed_in("/calls/"), {"number": "608-555-0123", "dialled": "", "practice": ""}),
    Outside("desk:settings", _signed_in("/settings/"), {"theme": "auto", "time_zone": "Asia/Manila", "single_keys": "on"}),
    Outside("desk:palette", _signed_in("/find/"), {"text": "help"}),
]  # fmt: skip
NO_FIELDS = {
    "correspondence:received_text",  # a machine's, which signs it: tests/correspondence/test_receiving.py
    "compliance:end_session",
    *("mfa_index", "mfa_list_webauthn", "mfa_view_recovery_codes", "mfa_download_recovery_codes"),
    *("account_logout", "account_inactive", "account_reset_password_done", "account_reset_password_from_key_done"),
    *("mfa_deactivate_totp", "mfa_remove_webauthn", "mfa_generate_recovery_codes"),
    *("mfa_add_webauthn", "mfa_reauthenticate_webauthn"),  # what a browser answers, and nobody types: tests/factor
}


def filled_by(who: User, form: Outside) -> dict[str, Any]:
    computed = {"login": who.email, "email": who.email, "code": people.code()}
    return {key: value or computed.get(key, "") for key, value in form.valid.items()}


@pytest.fixture
def rosa(secretary) -> User:
    """With a password."""
    secretary.set_password(people.PASSWORD)
    secretary.save()
    return secretary


def forget_tries(of: User) -> None:
    """As many tries as a test needs: what she has had so far counts no more."""
    keys = [(door.CONFIRMING, str(of.pk)), (door.PRESENT_PASSWORD, str(of.pk)), (door.RESETS_OF_ONE, door.account(of.email))]
    counter._redis().delete(*(one._place(key) for one, key in keys))


@pytest.mark.parametrize("form", OUTSIDE, ids=str)
def test_a_form_outside_takes_what_a_person_fills_in(rosa, form):
    client, url = form.open(rosa)

    response = client.post(url, filled_by(rosa, form), REMOTE_ADDR=_from())

    assert response.status_code in {200, 302}


@pytest.mark.parametrize("form", OUTSIDE, ids=str)
def test_a_form_outside_refuses_it_in_a_sentence(practice, rosa, form):
    client, url = form.open(rosa)
    client.raise_request_exception = False
    before, found = rows_of(practice), {}

    for name, kind, data in attempts(filled_by(rosa, form), 1):
        forget_tries(rosa)
        with afterwards_undone():
            response = client.post(url, data, REMOTE_ADDR=_from())
            after = rows_of(practice)
        tables = [table for table in after if after[table] != before[table] and table != "compliance_doorcount"]
        if wrong := faults(response, "despite" if name == "single_keys" else name, kind, data, tables):
            found[name, kind] = wrong

    assert found == {}


def _from() -> str:
    number = next(_address)
    return f"10.7.{number // 250}.{number % 250 + 1}"


def test_every_form_outside_is_tried():
    outside = [one for one in addresses() if not getattr(one.view, "in_practice", None)]

    posted = {one.name for one in outside if "POST" in methods(one.view) or one.name.startswith(("account_", "mfa_"))}

    assert posted - NO_FIELDS == {form.name for form in OUTSIDE}
