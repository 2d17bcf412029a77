"""The end of a session, seen in a browser."""

import re
from datetime import timedelta

from django.utils import timezone

from compliance import drafts, sessions
from compliance.models import Draft
from compliance.session_store import SessionStore
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.browser.conftest import in_each_light


def test_the_page_warns_and_keeps_what_was_typed(own, page_as):
    page = page_as(own.secretary, strict=True)
    page.clock.install()
    page.goto(practice_url(own.practice, "compliance:report_incident"))
    page.locator("[name=what]").fill("Half a sentence")

    page.clock.fast_forward(13 * 60_000 + 6_000)
    page.get_by_role("alertdialog").wait_for()
    with page.expect_response(re.compile("/drafts/keep/")) as answered:
        page.clock.fast_forward(90_000)

    assert answered.value.status == 204
    with acting_in(own.practice.pk, own.secretary.pk):
        assert [drafts.opened(one) for one in Draft.objects.filter(user=own.secretary)] == [{"what": ["Half a sentence"]}]


def test_one_key_stays(own, page_as):
    page = page_as(own.secretary, strict=True)
    page.clock.install()
    page.goto(practice_url(own.practice, "compliance:report_incident"))
    page.clock.fast_forward(13 * 60_000 + 6_000)
    page.get_by_role("alertdialog").wait_for()

    with page.expect_response(lambda answer: answer.request.method == "HEAD") as answered:
        page.keyboard.press("Enter")

    assert answered.value.status == 200
    assert page.get_by_role("alertdialog").count() == 0


def test_the_page_says_that_ten_hours_end_and_keeps_what_was_typed(own, page_as):
    page = page_as(own.secretary, strict=True)
    five_minutes_are_left(page)
    page.clock.install()
    page.goto(practice_url(own.practice, "compliance:report_incident"))
    page.clock.fast_forward(3 * 60_000 + 10_000)
    page.get_by_text("You signed in ten hours ago.").wait_for()
    page.keyboard.press("Enter")
    page.locator("[name=what]").fill("The last sentence of the day")

    with page.expect_response(re.compile("/drafts/keep/")) as answered:
        page.clock.fast_forward(90_000)

    assert (answered.value.status, page.get_by_role("alertdialog").count()) == (204, 0)


def five_minutes_are_left(page):
    """Of the ten hours of the session that the window has."""
    session = SessionStore(page.context.cookies()[0]["value"])
    session[sessions.BEGAN_AT] = (timezone.now() - sessions.LONGEST + timedelta(minutes=5)).timestamp()
    session.save()


def test_back_button_after_logout_shows_nothing(own, page_as):
    page = page_as(own.secretary, strict=True)
    page.goto(practice_url(own.practice, "patients:patient", own.patient.pk))
    page.goto("/accounts/logout/")
    page.locator("main form button").first.click()
    page.wait_for_url("**/accounts/login/**")

    page.go_back()
    page.go_back()

    assert "/accounts/login/" in page.url
    assert "Lopez" not in page.content()


def test_a_draft_is_put_back_into_its_form(own, page_as):
    with acting_in(own.practice.pk, own.secretary.pk):
        drafts.keep(own.secretary, page="/incident/", fields={"what": ["Half a sentence"]}, now=timezone.now())
    page = page_as(own.secretary, strict=True)
    page.goto(practice_url(own.practice, "compliance:report_incident"))
    page.evaluate("document.body.setAttribute('data-look', '')")

    page.evaluate(
        "import(document.querySelector('script[type=module]').src.replace(/app.*$/, 'drafts.js')).then((it) => it.drafts())"
    )

    page.get_by_text("is back in the form").wait_for()
    assert page.locator("[name=what]").input_value() == "Half a sentence"


def test_lists_with_something_in_them_are_in_order(own, page_as, axe, signed_in):
    signed_in(own.secretary).get("/accounts/sessions/")
    with acting_in(own.practice.pk, own.secretary.pk):
        drafts.keep(own.secretary, page="/listed/", fields={"what": ["Half a sentence " * 20]}, now=timezone.now())
    page, wrong = page_as(own.secretary), {}
    for url, words in (
        ("/accounts/sessions/", "End this"),
        (practice_url(own.practice, "compliance:drafts"), "Half a sentence"),
    ):
        page.goto(url)
        page.get_by_text(words).first.wait_for()
        wrong[url] = in_each_light(page, axe)

    assert list(wrong.values()) == [[], []]
