"""Where power is given, or what cannot be taken back is done: one proof is asked for, the same at every place."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from compliance import charts, factor_reset
from compliance.factor import Adapter
from compliance.models import Certificate, Export, Invitation, Membership
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import patients, people

AGAIN = "/accounts/factor/code/again/?next="
# Each lacks something of "the second factor, given again after the sign-in, within 15 minutes".
NO_PROOF = {
    "signed in just now": {"method": "mfa", "ago": 0},
    "password again": {"method": "password", "ago": 0, "reauthenticated": True},
    "too long ago": {"method": "mfa", "ago": 16, "reauthenticated": True},
}


def deed(model, name):
    return lambda at, pk: practice_url(at, f"admin:compliance_{model}_do", pk, name)


def named(name):
    return lambda at, pk: practice_url(at, name, pk)


# place: (how it is asked, what its address is about, its address)
PLACES = {
    "breaking the glass": ("post", "chart", named("patients:glass")),
    "asking for an export": ("post", "", lambda at, pk: practice_url(at, "compliance:ask_export")),
    "deciding about an export": ("post", "export", named("compliance:decide_export")),
    "inviting": ("post", "", lambda at, pk: practice_url(at, "compliance:invite")),
    "ending a membership": ("post", "membership", named("compliance:end_membership")),
    "asking for a reset": ("post", "membership", named("compliance:ask_factor_reset")),
    "approving a reset": ("post", "reset", named("compliance:approve_factor_reset")),
    "the form of an invitation": ("get", "", lambda at, pk: practice_url(at, "admin:compliance_invitation_add")),
    "inviting on the admin site": ("post", "", lambda at, pk: practice_url(at, "admin:compliance_invitation_add")),
    "ending on the admin site": ("post", "membership", deed("membership", "end")),
    "a sanction": ("post", "membership", deed("membership", "sanction")),
    "sending an invitation again": ("post", "invitation", deed("invitation", "send-again")),
}


@pytest.fixture
def about(practice, admin, secretary):
    """What the places are about, by kind; the admin may do each of it."""
    other = people.member(practice, Role.PRACTICE_ADMIN)
    now = timezone.now()
    with acting_in(practice.pk, other.pk):
        maria = patients.patient()
        charts.restrict(maria.pk, by=other)
        said = {"reason": "Moving.", "asked_by": other, "asked_at": now, "patients": 501}
        return {
            "": None,
            "chart": maria.pk,
            "export": Export.objects.create(what="patients-csv", **said).pk,
            "membership": Membership.objects.here().get(user=secretary).pk,
            "reset": factor_reset.ask(secretary, by=other, now=now).pk,
            "invitation": Invitation.objects.create(
                email="i@staff.example", name="I", role="secretary", secret_hash=b"h", expires_at=now, invited_by=other
            ).pk,
        }


def browser_of(signed_in, who, *, ago, **record):
    browser = signed_in(who)
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time.time() - 3600},
        record | {"at": time.time() - ago * 60},
    ]
    session.save()
    return browser


def asked(browser, place, practice, about):
    method, kind, url = PLACES[place]
    return getattr(browser, method)(url(practice, about[kind]))


@pytest.mark.parametrize("lacking", NO_PROOF)
@pytest.mark.parametrize("place", PLACES)
def test_every_place_of_power_asks_for_the_second_factor_again(signed_in, practice, secretary, admin, about, place, lacking):
    who = secretary if place == "breaking the glass" else admin
    browser = browser_of(signed_in, who, **NO_PROOF[lacking])

    answer = asked(browser, place, practice, about)

    assert answer.headers.get("Location", "").startswith(AGAIN)
    with acting_in(practice.pk, SYSTEM):
        assert Membership.objects.here().in_force(timezone.now()).count() == 3
        assert (Invitation.objects.count(), Export.objects.get().status) == (1, Export.Status.WAITING)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_of_power_opens_with_that_proof(signed_in, practice, secretary, admin, about, place):
    browser = people.proven(signed_in(secretary if place == "breaking the glass" else admin))

    answer = asked(browser, place, practice, about)

    assert not answer.headers.get("Location", "").startswith("/accounts/")


def test_the_page_of_people_leads_to_the_same_proof(signed_in, practice, admin):
    page = browser_of(signed_in, admin, **NO_PROOF["password again"]).get(practice_url(practice, "compliance:people"))

    assert f'href="{AGAIN}' in page.content.decode()


def test_confirming_training_gives_no_power_of_its_own_and_asks_for_none(signed_in, practice, secretary, admin):
    with acting_in(practice.pk, SYSTEM):
        waiting = Certificate.objects.create(
            user=secretary, course="HIPAA", number="B-1", completed_on="2026-01-05", expires_on="2099-01-01"
        )
    browser = browser_of(signed_in, admin, **NO_PROOF["signed in just now"])

    browser.post(practice_url(practice, "compliance:confirm_certificate", waiting.pk))

    with acting_in(practice.pk, SYSTEM):
        assert Certificate.objects.get(pk=waiting.pk).confirmed_by_id == admin.pk


def test_the_reason_for_a_sanction_is_written_after_the_proof(practice, admin, about):
    row = practice_url(practice, "admin:compliance_membership_change", about["membership"])
    before, after = people.browser(admin, ago=20), people.proven(people.browser(admin))

    shown = ['name="said"' in browser.get(row).content.decode() for browser in (before, after)]
    assert shown == [False, True]


def test_another_way_is_offered_in_words_and_the_password_is_none(admin):
    Authenticator.objects.create(user=admin, type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop", "credential": {}})
    page = people.browser(admin, ago=20).get("/accounts/factor/code/again/").content.decode()

    said = [text in page for text in ("Use a passkey instead</a>", "Use your password", "Or use")]
    assert said == [True, False, False]


def test_a_passkey_is_named_by_its_number_and_day(admin):
    name = Adapter().generate_authenticator_name(admin, Authenticator.Type.WEBAUTHN)

    assert name == f"Passkey 1 of {timezone.localdate():%b %-d, %Y}"
