"""The second factor, from the outside."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from compliance import factor
from compliance.models import FactorReset, Membership
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.architecture.addresses import inside
from tests.factories import people

CODE, OTHER = "/accounts/factor/code/", "another horse battery staple"


def by_password(who) -> Client:
    """Whoever knows the password and nothing else."""
    who.set_password(people.PASSWORD)
    who.save()
    browser = Client(REMOTE_ADDR="10.6.6.6")
    browser.post("/accounts/login/", {"login": who.email, "password": people.PASSWORD})
    return browser


def is_in(browser) -> bool:
    return "_auth_user_id" in browser.session


@pytest.mark.parametrize("page", ["admin:index", "admin:compliance_invitation_add", "scheduling:board", "desk:audit"])
def test_a_stolen_password_alone_opens_neither_the_admin_site_nor_a_page(practice, admin, page):
    answer = by_password(admin).get(practice_url(practice, page))

    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/"])
def test_the_admin_sites_own_sign_in_does_not_skip_the_second_factor(admin, path):
    browser = by_password(admin)
    browser.post(path, {"username": admin.email, "password": people.PASSWORD})

    assert not is_in(browser)


def test_a_stolen_session_with_the_password_adds_no_factor(secretary):
    secretary.set_password(people.PASSWORD)
    secretary.save()
    browser = people.browser(secretary, ago=20)
    browser.post("/accounts/reauthenticate/", {"password": people.PASSWORD})

    pages = [browser.get(f"/accounts/factor/{page}/")["Location"] for page in ("passkeys/add", "recovery-codes/new")]
    assert all(page.startswith("/accounts/factor/code/again/") for page in pages)


def test_a_password_reset_by_link_does_not_skip_the_second_factor(secretary):
    browser = Client(REMOTE_ADDR="10.6.6.7")
    link = f"/accounts/password/reset/key/{user_pk_to_url_str(secretary)}-{default_token_generator.make_token(secretary)}/"
    browser.post(browser.get(link)["Location"], {"password1": OTHER, "password2": OTHER})
    after_link = is_in(browser)
    browser.post("/accounts/login/", {"login": secretary.email, "password": OTHER})

    assert (after_link, is_in(browser)) == (False, False)


def test_a_session_that_never_used_the_factor_is_signed_out_on_every_page(practice, secretary):
    kept_in = []
    for address in inside():
        if not address.converters:
            browser = people.browser(secretary, factor=False)
            browser.get(practice_url(practice, address.name))
            kept_in += [address.name] if is_in(browser) else []

    assert kept_in == []


def test_a_session_without_factor_is_no_way_to_set_up_another_one(secretary):
    browser = people.browser(secretary, factor=False)
    browser.get("/accounts/factor/app/")
    browser.post("/accounts/factor/passkeys/add/", {"credential": "{}"})

    assert (is_in(browser), Authenticator.objects.filter(user=secretary).count()) == (False, 1)


def test_a_session_left_open_gives_nobody_power_after_fifteen_minutes(practice, admin):
    stale = people.browser(admin, ago=16)
    answer = stale.post(
        practice_url(practice, "compliance:invite"), {"email": "eve@evil.example", "name": "Eve", "role": "practice_admin"}
    )

    assert answer["Location"].startswith("/accounts/factor/code/again/")
    form = stale.get(practice_url(practice, "admin:compliance_invitation_add"))
    assert form["Location"].startswith("/accounts/factor/code/again/")


def test_recovery_codes_cannot_be_guessed_past_five_tries(secretary):
    browser = by_password(secretary)
    for n in range(5):
        browser.post(CODE, {"code": f"{n:08}"})
    browser.post(CODE, {"code": people.code()})

    assert not is_in(browser)


def test_secrets_of_factors_are_not_clear_in_the_database(secretary):
    people.enrolled(secretary)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator WHERE user_id = %s", [secretary.pk])
        rows = [row[0] for row in cursor.fetchall()]

    assert [people.SECRET in row for row in rows] == [False]


def test_a_factor_is_not_reset_by_one_admin_alone(practice, secretary, as_admin):
    with acting_in(practice.pk, SYSTEM):
        held = Membership.objects.get(user=secretary)
    as_admin.post(practice_url(practice, "compliance:ask_factor_reset", held.pk))
    reset = FactorReset.objects.get(user=secretary)
    answer = as_admin.post(practice_url(practice, "compliance:approve_factor_reset", reset.pk))

    assert (answer.status_code, factor.is_enrolled(secretary)) == (422, True)


def test_a_code_used_twice_at_once_lets_one_in(committed):
    who = people.member(people.practice(), Role.SECRETARY)
    browsers, together, code = [by_password(who) for _ in range(4)], Barrier(4, timeout=60), people.code()

    def enter(browser) -> bool:
        together.wait()
        try:
            browser.post(CODE, {"code": code})
            return is_in(browser)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, browsers)) == 1


def test_two_people_approve_one_reset_at_once_and_it_happens_once(committed):
    from django.utils import timezone

    from compliance import factor_reset

    office = people.practice()
    lost, asker, *two = (people.member(office, role) for role in (Role.SECRETARY, *[Role.PRACTICE_ADMIN] * 3))
    with acting_in(office.pk, asker.pk):
        reset = factor_reset.ask(lost, by=asker, now=timezone.now())
    together = Barrier(2, timeout=60)

    def approve(who) -> bool:
        together.wait()
        try:
            with acting_in(office.pk, who.pk):
                factor_reset.approve(reset, by=who, now=timezone.now())
        except factor_reset.Settled:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, two)) == [False, True]
