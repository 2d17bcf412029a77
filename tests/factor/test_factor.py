"""Setting up a second factor, signing in with it, and what cannot be had without it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from compliance import factor
from compliance.models import AuditEvent, Session
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people
from tests.reporting import EXACTLY, soak_row

CODE, APP, CODES = "/accounts/factor/code/", "/accounts/factor/app/", "/accounts/factor/recovery-codes/"


def with_password(who):
    who.set_password(people.PASSWORD)
    who.save()
    return who


def after_password(who, address="10.8.7.6"):
    """A browser that has given the right password."""
    browser = Client(REMOTE_ADDR=address)
    browser.post("/accounts/login/", {"login": who.email, "password": people.PASSWORD})
    return browser


def is_in(browser):
    return "_auth_user_id" in browser.session


@pytest.fixture
def rosa(practice, secretary):
    return with_password(secretary)


@pytest.fixture
def newcomer(practice, signed_in):
    who = people.member(practice, Role.SECRETARY)
    Authenticator.objects.filter(user=who).delete()
    return who


def test_the_password_alone_does_not_sign_in(rosa):
    browser = after_password(rosa)

    assert (is_in(browser), browser.get("/").status_code) == (False, 302)


def test_password_and_code_sign_in(rosa):
    browser = after_password(rosa)
    browser.post(CODE, {"code": people.code()})

    assert is_in(browser)


@pytest.mark.parametrize("wrong", ["", "000000", "abc", "1" * 30, "\u202e123456", "<b>1</b>"])
def test_a_wrong_code_is_refused_in_words(rosa, wrong):
    answer = after_password(rosa).post(CODE, {"code": wrong})

    assert answer.status_code == 422
    assert "Error" in answer.content.decode()


def test_a_code_is_good_once(rosa):
    code = people.code()
    after_password(rosa).post(CODE, {"code": code})
    again = after_password(rosa)

    assert (again.post(CODE, {"code": code}).status_code, is_in(again)) == (422, False)


def test_an_older_code_is_no_good_after_a_newer_one(rosa):
    after_password(rosa).post(CODE, {"code": people.code()})
    again = after_password(rosa)
    again.post(CODE, {"code": people.code(steps=-1)})

    assert not is_in(again)


def test_the_right_code_is_refused_after_five_wrong_ones(rosa):
    browser = after_password(rosa)
    for _ in range(5):
        browser.post(CODE, {"code": "000000"})

    assert (browser.post(CODE, {"code": people.code()}).status_code, is_in(browser)) == (422, False)


def test_nobody_works_without_a_second_factor(newcomer, practice, signed_in):
    hers = signed_in(newcomer)

    answer = hers.get(practice_url(practice, "scheduling:board"))

    assert answer["Location"] == practice_url(practice, "compliance:admission")
    assert "second factor" in hers.get(answer["Location"]).content.decode()


def test_the_admin_site_is_closed_without_a_second_factor(practice, admin, signed_in):
    Authenticator.objects.filter(user=admin).delete()

    assert signed_in(admin).get(practice_url(practice, "admin:index")).status_code in (302, 403)


def test_setting_up_an_app_opens_the_practice(newcomer, practice, signed_in):
    hers = signed_in(newcomer)
    people.enrol(hers)

    assert hers.get(practice_url(practice, "scheduling:board")).status_code == 200


def test_the_first_code_is_used_up_by_setting_up(newcomer, signed_in):
    secret = people.enrol(signed_in(with_password(newcomer)))
    browser = after_password(newcomer)
    browser.post(CODE, {"code": people.code(secret=secret)})

    assert not is_in(browser)


def test_other_sessions_end_when_a_factor_is_set_up(newcomer, signed_in):
    hers, elsewhere = signed_in(newcomer), signed_in(newcomer)
    people.enrol(hers)

    assert list(Session.objects.filter(user=newcomer.pk).values_list("pk", flat=True)) == [hers.session.session_key]
    assert elsewhere.get("/").status_code == 302


def test_secrets_do_not_lie_in_the_clear(newcomer, signed_in):
    secret = people.enrol(signed_in(newcomer))
    rows = [str(row.data) for row in Authenticator.objects.filter(user=newcomer)]

    assert [secret in text for text in rows] == [False, False]
    assert factor.Adapter().decrypt(Authenticator.objects.get(user=newcomer, type="totp").data["secret"]) == secret


def test_a_secret_that_was_changed_is_refused():
    sealed = factor.Adapter().encrypt("secret")

    with pytest.raises(factor.SecretDamaged):
        factor.Adapter().decrypt(sealed[:-4] + "AAAA")


def test_recovery_codes_are_shown_once_and_each_is_good_once(newcomer, signed_in):
    hers = signed_in(with_password(newcomer))
    people.enrol(hers)
    page = hers.get(CODES)
    shown = [code for code in page.context["unused_codes"] if code in page.content.decode()]

    again = hers.get(CODES).content.decode()
    assert [code in again for code in shown] == [False] * 10
    first, second = after_password(newcomer), after_password(newcomer)
    first.post(CODE, {"code": shown[0]})
    second.post(CODE, {"code": shown[0]})
    assert (len(shown), is_in(first), is_in(second)) == (10, True, False)


def test_recovery_codes_are_saved_as_text_all_or_none(newcomer, signed_in):
    hers = signed_in(newcomer)
    people.enrol(hers)
    shown = hers.get(CODES).context["unused_codes"]
    saved = hers.post(f"{CODES}download/", {"code": shown})

    assert [code in saved.content.decode() for code in shown] == [True] * 10
    assert hers.post(f"{CODES}download/", {"code": shown[:1]}).status_code == 404


def test_the_picture_of_the_key_needs_no_data_address(newcomer, signed_in):
    page = signed_in(newcomer).get(APP).content.decode()

    assert ('<svg class="qr"' in page, "data:image" in page, "style=" in page) == (True, False, False)


def test_a_second_app_is_set_up_only_after_confirming_who_it_is(rosa, signed_in):
    assert (
        signed_in(rosa, ago=20).get("/accounts/factor/passkeys/add/")["Location"].startswith("/accounts/factor/code/again/")
    )


def test_the_only_factor_cannot_be_removed(rosa):
    browser = after_password(rosa)
    browser.post(CODE, {"code": people.code()})
    browser.post("/accounts/reauthenticate/", {"password": people.PASSWORD})

    browser.post("/accounts/factor/app/remove/", {})

    assert factor.is_enrolled(rosa)


def test_the_only_passkey_cannot_be_removed(rosa, signed_in):
    browser = people.proven(signed_in(rosa))
    key = only_a_passkey(rosa)

    page = browser.post(f"/accounts/factor/passkeys/{key.pk}/remove/", {}, follow=True)

    assert factor.is_enrolled(rosa)
    assert [str(one) for one in page.context["messages"]] == [
        "This is the only second factor that you have. Add another one before you remove it."
    ]


def test_of_two_removed_at_once_one_stays(committed):
    rosa = people.member(people.practice(), Role.SECRETARY)
    keys = [only_a_passkey(rosa, "One"), only_a_passkey(rosa, "Other")]
    browsers, together = [people.proven(people.browser(rosa)) for _ in keys], Barrier(2)

    def remove(pair):
        together.wait()
        pair[0].post(f"/accounts/factor/passkeys/{pair[1].pk}/remove/", {})
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(remove, zip(browsers, keys, strict=True)))

    assert factor.is_enrolled(rosa)


def only_a_passkey(who, name="Key"):
    """A passkey in the place of her app and her codes."""
    Authenticator.objects.filter(user=who).exclude(type=Authenticator.Type.WEBAUTHN).delete()
    data = {"name": name, "passwordless": False, "credential": {}}
    return Authenticator.objects.create(user=who, type=Authenticator.Type.WEBAUTHN, data=data)


def test_choosing_a_new_password_by_link_neither_signs_in_nor_skips_the_factor(rosa):
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    browser = Client(REMOTE_ADDR="10.8.7.5")
    link = f"/accounts/password/reset/key/{user_pk_to_url_str(rosa)}-{default_token_generator.make_token(rosa)}/"
    form = browser.get(link)["Location"]
    browser.post(form, {"password1": "another horse battery staple", "password2": "another horse battery staple"})

    assert not is_in(browser)
    browser.post("/accounts/login/", {"login": rosa.email, "password": "another horse battery staple"})
    assert not is_in(browser)


def test_each_step_is_recorded(newcomer, practice, signed_in):
    people.enrol(signed_in(newcomer))

    with acting_in(None, SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT kind FROM sec.portal_events() WHERE actor = %s", [newcomer.pk])
        kinds = {row[0] for row in cursor.fetchall()}
    assert "factor.added" in kinds
    assert AuditEvent._meta.db_table == "compliance_auditevent"


def winners(who, at_once: int) -> int:
    """How many of so many browsers get in with one code."""
    browsers, together, code = [after_password(who) for _ in range(at_once)], Barrier(at_once, timeout=60), people.code()

    def enter(browser) -> bool:
        together.wait()
        try:
            browser.post(CODE, {"code": code})
            return is_in(browser)
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        return sum(pool.map(enter, browsers))


def test_of_two_with_one_code_at_once_one_gets_in(committed):
    who = with_password(people.member(people.practice(), Role.SECRETARY))

    assert winners(who, 2) == 1


@pytest.mark.soak
def test_of_twenty_with_one_code_at_once_one_gets_in(committed):
    most = max(winners(with_password(people.member(people.practice(), Role.SECRETARY)), 20) for _ in range(5))

    assert soak_row("code_winners_max", most, 1, rule=EXACTLY)
