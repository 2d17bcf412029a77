"""Second factors in a real browser, under the strict policy: enrolling, an app, a passkey of a virtual authenticator."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from tests.browser.conftest import in_each_light, problems
from tests.factories import people

DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}


@pytest.fixture
def office(portal_server):
    return people.practice()


@pytest.fixture
def nia(office):
    """Somebody with a password and no second factor."""
    who = people.member(office, Role.SECRETARY, name="Nia Berg")
    Authenticator.objects.filter(user=who).delete()
    who.set_password(people.PASSWORD)
    who.save()
    return who


@pytest.fixture
def window(page_as) -> Callable[..., Page]:
    """A window with an authenticator that says yes."""

    def opened(*, strict: bool = True) -> Page:
        page = page_as(None, strict=strict)
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": DEVICE | {"isUserVerified": True, "automaticPresenceSimulation": True}},
        )
        return page

    return opened


def give_password(page: Page, who) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(who.email)
    page.get_by_label("Password", exact=True).fill(people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def set_up_app(page: Page, who) -> list[str]:
    """Answers the recovery codes."""
    give_password(page, who)
    page.goto("/accounts/factor/app/")
    page.get_by_text("Or type the key").click()
    secret = page.locator("details code").inner_text()
    page.get_by_role("textbox", name="Code").fill(people.code(secret=secret))
    page.get_by_role("button", name="Set up").click()
    page.locator(".codes").wait_for()
    return page.locator(".codes code").all_inner_texts()


def add_passkey(page: Page) -> None:
    page.goto("/accounts/factor/passkeys/add/")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url(lambda address: "/add/" not in address)


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def test_setting_up_an_app_in_the_browser_shows_ten_codes_and_opens_the_practice(window, nia, office):
    page = window()
    codes = set_up_app(page, nia)
    answer = page.goto(practice_url(office, "scheduling:board"))

    assert (len(codes), answer.status, page.url.endswith("/admission/")) == (10, 200, False)


def test_a_passkey_is_added_and_signs_in(window, nia, office):
    page = window()
    give_password(page, nia)
    add_passkey(page)
    sign_out(page)
    give_password(page, nia)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda address: "/accounts/" not in address)

    assert page.goto(practice_url(office, "scheduling:board")).status == 200
    assert set(Authenticator.objects.filter(user=nia).values_list("type", flat=True)) == {"webauthn", "recovery_codes"}


def test_without_the_passkeys_device_the_page_says_so_and_nobody_gets_in(window, nia):
    page = window()
    give_password(page, nia)
    add_passkey(page)
    stranger = window()
    give_password(stranger, nia)
    stranger.get_by_role("button", name="Use a passkey").click()

    expect(stranger.get_by_text("Nothing was read from a passkey")).to_be_visible()
    assert "/accounts/factor/code/" in stranger.url


def test_a_passkey_confirms_who_it_is(window, nia):
    page = window()
    give_password(page, nia)
    add_passkey(page)
    page.goto("/accounts/factor/passkeys/again/?next=/accounts/factor/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda address: "/again/" not in address)

    assert page.get_by_text("recovery codes left").is_visible()


def test_with_two_factors_one_can_be_removed(window, nia):
    page = window()
    set_up_app(page, nia)
    add_passkey(page)
    page.goto("/accounts/factor/app/remove/")
    page.get_by_role("button", name="Remove the app").click()
    page.wait_for_url(lambda address: address.endswith("/accounts/factor/"))

    assert not Authenticator.objects.filter(user=nia, type="totp").exists()


def test_the_pages_of_the_ceremonies_are_in_order(window, axe, nia):
    page, found = window(strict=False), []
    set_up_app(page, nia)
    found += [*in_each_light(page, axe), *problems(page)]
    add_passkey(page)
    pk = Authenticator.objects.get(user=nia, type="webauthn").pk
    for path in ("app/remove/", f"passkeys/{pk}/remove/", "passkeys/again/", "recovery-codes/"):
        page.goto(f"/accounts/factor/{path}")
        found += [f"{path}: {one}" for one in in_each_light(page, axe)]
    sign_out(page)
    give_password(page, nia)
    found += [*in_each_light(page, axe)]

    assert found == []
