"""The call desk by keyboard alone: how much is left to do once the caller is gone."""

from datetime import date

import pytest

from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from correspondence.models import Call
from scheduling.models import Appointment
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import calls as made
from tests.factories import patients, people, scheduling

KEY, DECISION = 0.28, 1.35  # seconds: keystroke-level model
MOST_KEYS, MOST_DECISIONS, MOST_SECONDS = 25, 2, 15


class Keys:
    """Presses keys on a page and counts them."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def say(self, text):
        self.press(*text)

    def until(self, element, most=40):
        """Tab there, as somebody would who has no mouse."""
        for _ in range(most):
            if self.page.evaluate("(id) => document.activeElement?.id === id", element):
                return
            self.press("Tab")
        raise AssertionError(f"{element} is not reached")


@pytest.fixture
def desk(committed):
    """A practice with a provider and a patient; its secretary."""
    practice = people.practice(phone="+16085550100")
    secretary = people.member(practice, Role.SECRETARY)
    with acting_in(practice.pk, secretary.pk):
        patients.patient(by=secretary, family="Lopez", given="Maria", birth_date=date(1985, 3, 27))
        scheduling.provider("Dr. Okafor")
        scheduling.visit_type("Annual physical")
    return practice, secretary


def call_of(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        return Call.objects.with_outcome().get()


def take_and_book(page, keys):
    """While the caller is on the phone: take, verify, book."""
    page.goto("/calls/")
    keys.say("6085550123")
    keys.until("take-dialled")
    keys.press("Enter")
    page.wait_for_selector("#gate_name:focus")
    keys.say("Maria Lopez")
    keys.press("Tab")
    keys.say("3/27/1985")
    keys.press("Enter")
    page.wait_for_selector(".call-times .chip:focus")
    keys.press("Enter")
    page.wait_for_selector(".step-booked")


def verified(page, practice, secretary):
    """A call of hers who has said who she is."""
    call = made.call(practice, by=secretary)
    page.goto(practice_url(practice, "correspondence:call", call.pk))
    page.fill("#gate_name", "Maria Lopez")
    page.fill("#gate_birth_date", "3/27/1985")
    page.click("#gate-check")


def test_a_routine_call_is_documented_within_the_limit_after_hanging_up(page_as, desk):
    practice, secretary = desk
    page = page_as(secretary)
    take_and_book(page, Keys(page))
    after, decisions = Keys(page), 0

    page.wait_for_selector("#hang-up:focus")
    after.press("Enter")
    page.wait_for_selector("#close-call:focus")
    decisions += 1  # the summary that the log wrote is right
    after.press("Enter")
    page.wait_for_selector("#next-call")

    call = call_of(practice, secretary)
    assert (call.status, call.outcome, call.reason) == ("closed", "resolved", "book")
    assert (after.count <= MOST_KEYS, decisions <= MOST_DECISIONS) == (True, True)
    assert after.count * KEY + decisions * DECISION <= MOST_SECONDS


def test_single_keys_hang_up_and_close(page_as, desk):
    practice, secretary = desk
    page = page_as(secretary)
    take_and_book(page, Keys(page))

    page.keyboard.press("h")
    page.wait_for_selector(".step-hung-up")
    page.keyboard.press("e")
    page.wait_for_selector("#next-call")

    assert call_of(practice, secretary).status == "closed"


def test_booking_takes_at_most_three_interactions_after_the_gate(page_as, desk):
    practice, secretary = desk
    page = page_as(secretary)
    verified(page, practice, secretary)

    page.locator(".call-times .chip").first.click()
    page.wait_for_selector(".step-booked")

    with acting_in(practice.pk, secretary.pk):
        assert Appointment.objects.count() == 1


def test_a_message_half_written_outlives_a_booking(page_as, desk):
    practice, secretary = desk
    page = page_as(secretary)
    verified(page, practice, secretary)
    page.wait_for_selector(".call-times .chip")

    page.click("#message-summary")
    page.fill("#message_text", "Her knee hurts since")
    page.locator(".call-times .chip").first.click()
    page.wait_for_selector(".step-booked")

    assert page.input_value("#message_text") == "Her knee hurts since"


def test_the_whole_call_goes_without_scripts(page_as, desk):
    practice, secretary = desk
    page = page_as(secretary, scripts=False)
    page.goto("/calls/")
    page.fill("#take_number", "(608) 555-0123")
    page.click("#take-dialled")
    page.fill("#gate_name", "Maria Lopez")
    page.fill("#gate_birth_date", "3/27/1985")
    page.click("#gate-check")
    page.locator(".call-times .chip").first.click()
    page.click("#hang-up")
    page.click("#close-call")

    assert call_of(practice, secretary).outcome == "resolved"


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("dark", [False, True])
def test_the_desk_is_accessible_in_each_of_its_states(page_as, axe, desk, dark, width):
    practice, secretary = desk
    page = page_as(secretary, dark=dark, width=width)
    wrong = {}
    page.goto("/calls/")
    wrong["lobby"] = axe(page)
    call = made.call(practice, by=secretary)
    page.goto(practice_url(practice, "correspondence:call", call.pk))
    wrong["open"] = axe(page)
    page.fill("#gate_name", "Maria Lopez")
    page.fill("#gate_birth_date", "3/28/1985")
    page.click("#gate-check")
    page.wait_for_selector(".answers-given")
    wrong["not verified"] = axe(page)
    page.fill("#gate_birth_date", "3/27/1985")
    page.click("#gate-check")
    page.wait_for_selector(".call-times .chip")
    page.check("#flags_0", force=True)
    page.wait_for_selector("#answer-save")
    page.click("#message-summary")
    wrong["red flag"] = axe(page)

    assert wrong == {"lobby": [], "open": [], "not verified": [], "red flag": []}
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_no_script_or_style_is_refused_by_the_policy(page_as, desk):
    _practice, secretary = desk
    page = page_as(secretary, strict=True)
    said = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))

    take_and_book(page, Keys(page))

    assert said == []


def test_the_rows_of_times_are_walked_by_keys_as_on_find_a_time(page_as, desk):
    practice, secretary = desk
    page = page_as(secretary)
    verified(page, practice, secretary)
    page.wait_for_selector(".call-times .chip:focus")

    page.keyboard.press("j")

    assert page.evaluate("document.activeElement === document.querySelectorAll('.times li')[1].querySelector('.chip')")


def test_the_next_times_come_by_a_key_and_lose_nothing_that_was_typed(page_as, desk):
    practice, secretary = desk
    page = page_as(secretary)
    verified(page, practice, secretary)
    page.wait_for_selector(".call-times .chip:focus")
    last = page.locator(".call-times .chip").last.get_attribute("value").split("@")[1]
    page.click("#message-summary")
    page.fill("#message_text", "Her knee hurts since")
    page.locator(".call-times h3").first.click()

    page.keyboard.press("n")
    page.wait_for_selector(".call-times .chip:focus")

    assert page.locator(".call-times .chip").first.get_attribute("value").split("@")[1] > last
    assert page.input_value("#message_text") == "Her knee hurts since"


def test_a_time_is_held_beside_its_chip_and_booked_then(page_as, desk):
    practice, secretary = desk
    page = page_as(secretary, strict=True)
    verified(page, practice, secretary)

    page.locator(".call-times .hold").nth(1).click()
    page.wait_for_selector("#book-held")
    page.click("#book-held")
    page.wait_for_selector(".step-booked")

    with acting_in(practice.pk, secretary.pk):
        assert Appointment.objects.count() == 1
