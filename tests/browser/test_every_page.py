"""Every page of the portal, as somebody sees it: accessible, within the window, well named, nothing refused."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from compliance.tenancy.urls import plain_url, practice_url
from tests.architecture.addresses import Address, addresses
from tests.browser.conftest import in_each_light
from tests.factories.rich import Rich

# Name of the address -> (who opens it, how). One line for each page; a page that is not here fails the first test.
How = Callable[[Rich], tuple[str, str]]


def by(who: str, name: str, *of: str, query: str = "") -> How:
    """Somebody of the practice opens a page in it, about the rows named."""

    def how(made: Rich) -> tuple[str, str]:
        args = [_row(made, each) for each in of]
        return who, practice_url(made.practice, name, *args) + query.replace("SLOT", made.slot)

    return how


def out(who: str, name: str, *args: str) -> How:
    """A page outside every practice."""
    return lambda made: (who, plain_url(name, *args))


PAGES: dict[str, How] = {
    "account_login": out("nobody", "account_login"),
    "account_inactive": out("nobody", "account_inactive"),
    "account_reset_password": out("nobody", "account_reset_password"),
    "account_reset_password_done": out("nobody", "account_reset_password_done"),
    "account_reset_password_from_key": out("nobody", "account_reset_password_from_key", "1", "used-up"),
    "account_reset_password_from_key_done": out("nobody", "account_reset_password_from_key_done"),
    "account_change_password": out("secretary", "account_change_password"),
    "account_logout": out("secretary", "account_logout"),
    "mfa_index": out("newcomer", "mfa_index"),
    "mfa_list_webauthn": out("secretary", "mfa_list_webauthn"),
    "mfa_activate_totp": out("newcomer", "mfa_activate_totp"),
    "mfa_add_webauthn": out("secretary", "mfa_add_webauthn"),
    "mfa_generate_recovery_codes": out("secretary", "mfa_generate_recovery_codes"),
    "mfa_reauthenticate": out("secretary", "mfa_reauthenticate"),
    "compliance:invitation": lambda made: (
        "nobody",
        plain_url("compliance:invitation", made.practice.slug, made.invitation),
    ),
    "compliance:admission": by("newcomer", "compliance:admission"),
    "compliance:people": by("admin", "compliance:people"),
    "compliance:access": by("admin", "compliance:access"),
    "compliance:matrix": by("secretary", "compliance:matrix"),
    "desk:audit_of_patient": by("admin", "desk:audit_of_patient", "patient"),
    "compliance:report": by("admin", "compliance:report"),
    "compliance:checks": by("admin", "compliance:checks"),
    "scheduling:week": by("secretary", "scheduling:week"),
    "scheduling:month": by("secretary", "scheduling:month"),
    "scheduling:flow": by("secretary", "scheduling:flow"),
    "scheduling:report": by("admin", "scheduling:report"),
    "scheduling:calendars": by("admin", "scheduling:calendars"),
    "compliance:report_incident": by("secretary", "compliance:report_incident"),
    "compliance:drafts": by("secretary", "compliance:drafts"),
    "compliance:sessions": out("secretary", "compliance:sessions"),
    "compliance:jobs": by("secretary", "compliance:jobs"),
    "compliance:job": by("secretary", "compliance:job", "job"),
    "compliance:exports": by("admin", "compliance:exports"),
    "compliance:ask_export": by("admin", "compliance:ask_export"),
    "compliance:decide_export": by("admin", "compliance:decide_export", "export"),
    "compliance:new_case": by("secretary", "compliance:new_case"),
    "compliance:case": by("secretary", "compliance:case", "case"),
    "patients:find": by("secretary", "patients:find"),
    "patients:register": by("secretary", "patients:register"),
    "patients:patient": by("secretary", "patients:patient", "patient"),
    "patients:banner": by("secretary", "patients:banner", "patient"),
    "patients:change": by("secretary", "patients:change", "patient"),
    "patients:deceased": by("secretary", "patients:deceased", "patient"),
    "patients:glass": by("secretary", "patients:glass", "restricted"),
    "patients:restricted": by("admin", "patients:restricted"),
    "patients:who": by("admin", "patients:who", "restricted"),
    "patients:upload": by("secretary", "patients:upload", "patient"),
    "scheduling:board": by("secretary", "scheduling:board"),
    "scheduling:close": by("secretary", "scheduling:close"),
    "scheduling:still_full": by("secretary", "scheduling:still_full"),
    "scheduling:closed": by("secretary", "scheduling:closed", "closure", query="?to=others"),
    "scheduling:moved_out": by("secretary", "scheduling:moved_out", "closure"),
    "scheduling:day": by("doctor", "scheduling:day"),
    "scheduling:book_at": by("secretary", "scheduling:book_at", query="?slot=SLOT"),
    "scheduling:openings": by("secretary", "scheduling:openings", "patient"),
    "scheduling:walk_in": by("secretary", "scheduling:walk_in", "patient"),
    "scheduling:together": by("secretary", "scheduling:together", "patient"),
    "scheduling:book": by("secretary", "scheduling:book", "patient", query="?slot=SLOT"),
    "scheduling:repeat": by("secretary", "scheduling:repeat", "patient", query="?slot=SLOT"),
    "scheduling:series": by("secretary", "scheduling:series", "series"),
    "scheduling:change_series": by("secretary", "scheduling:change_series", "series", "series_on"),
    "scheduling:cancel_series": by("secretary", "scheduling:cancel_series", "series", "series_on"),
    "scheduling:of_patient": by("secretary", "scheduling:of_patient", "patient"),
    "scheduling:visit": by("secretary", "scheduling:visit", "visit"),
    "scheduling:move": by("secretary", "scheduling:move", "visit"),
    "scheduling:change": by("secretary", "scheduling:change", "visit"),
    "scheduling:cancel": by("secretary", "scheduling:cancel", "visit"),
    "scheduling:offer": lambda made: ("nobody", plain_url("scheduling:offer", made.practice.slug, made.offer_link)),
    "scheduling:unconfirmed": by("secretary", "scheduling:unconfirmed"),
    "scheduling:wait_list": by("secretary", "scheduling:wait_list"),
    "scheduling:wait_matches": by("secretary", "scheduling:wait_matches", "freed"),
    "scheduling:wait_entry": by("secretary", "scheduling:wait_entry", "entry"),
    "scheduling:wait_change": by("secretary", "scheduling:wait_change", "entry"),
    "scheduling:wait_add": by("secretary", "scheduling:wait_add", "patient"),
    "scheduling:recall_plan": by("secretary", "scheduling:recall_plan", "patient"),
    "scheduling:recalls_of": by("secretary", "scheduling:recalls_of", "patient"),
    "scheduling:recalls": by("secretary", "scheduling:recalls"),
    "scheduling:recall": by("secretary", "scheduling:recall", "recall"),
    "correspondence:lobby": out("secretary", "correspondence:lobby"),
    "correspondence:call_list": by("secretary", "correspondence:call_list"),
    "correspondence:call": by("secretary", "correspondence:call", "call"),
    "correspondence:of_patient": by("secretary", "correspondence:of_patient", "patient"),
    "correspondence:messages": by("secretary", "correspondence:messages"),
    "correspondence:message": by("secretary", "correspondence:message", "message"),
    "insurance:coverage": by("secretary", "insurance:coverage", "patient"),
    "insurance:add": by("secretary", "insurance:add", "patient"),
    "insurance:change": by("secretary", "insurance:change", "coverage"),
    "insurance:end": by("secretary", "insurance:end", "coverage"),
    "insurance:card": by("secretary", "insurance:card", "coverage"),
    "insurance:check": by("secretary", "insurance:check", "patient"),
    "insurance:readiness": by("secretary", "insurance:readiness", "patient"),
    "insurance:day_badges": by("secretary", "insurance:day_badges", "day"),
    "insurance:payers": by("secretary", "insurance:payers"),
    "desk:home": out("secretary", "desk:home"),
    "desk:audit": by("admin", "desk:audit"),
    "desk:huddle": by("secretary", "desk:huddle"),
    "desk:sign_ins": by("admin", "desk:sign_ins"),
    "desk:own_events": by("secretary", "desk:own_events"),
    "desk:my_work": out("secretary", "desk:my_work"),
    "desk:palette": by("secretary", "desk:palette"),
    "desk:settings": out("secretary", "desk:settings"),
    "desk:keys": out("secretary", "desk:keys"),
    # Three of the set-up; tests/browser/test_admin.py walks the rest of it.
    "admin:index": by("admin", "admin:index"),
    "admin:scheduling_provider_changelist": by("admin", "admin:scheduling_provider_changelist"),
    "admin:scheduling_closure_add": by("admin", "admin:scheduling_closure_add"),
}
NO_PAGES = {
    "account_reauthenticate": "of somebody without a second factor; tests/architecture/test_bad_input_elsewhere.py",
    "mfa_authenticate": "between password and session; tests/browser/test_passkey.py",
    "mfa_deactivate_totp": "of somebody with two factors; tests/browser/test_passkey.py",
    "mfa_reauthenticate_webauthn": "of somebody with a passkey; tests/browser/test_passkey.py",
    "mfa_remove_webauthn": "of somebody with a passkey; tests/browser/test_passkey.py",
    "mfa_view_recovery_codes": "right after setting up; tests/browser/test_passkey.py",
    "healthz": "one word for a machine",
    "readyz": "a list for a machine",
    "scheduling:of_case": "leads on to the page on which the work is done",
    "scheduling:board_changes": "a piece of the board",
    "patients:document": "a file",
    "scheduling:feed": "a file",
    "scheduling:make_feed": "leads back to the calendars",
}
PARTS = 4  # the walk is cut in so many tests, for as many processes as there are


def _row(made: Rich, name: str) -> object:
    if name == "day":
        return made.day.isoformat()
    row = made.patients[0] if name == "patient" else getattr(made, name)
    return getattr(row, "pk", row)


def _takes_get(address: Address) -> bool:
    view = address.view
    while view is not None:
        cells = zip(view.__code__.co_freevars, view.__closure__ or (), strict=True)
        for methods in (cell.cell_contents for name, cell in cells if name == "request_method_list"):
            return "GET" in methods
        view = getattr(view, "__wrapped__", None)
    return True


def test_every_page_is_in_the_table():
    pages = {address.name for address in addresses() if _takes_get(address)}

    assert pages - NO_PAGES.keys() == {name for name in PAGES if not name.startswith("admin:")}


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_in_order_wide_and_narrow_light_and_dark(made, page_as, axe, part):
    windows: dict[str, Page] = {}
    said: list[str] = []
    wrong = {}

    for name in list(PAGES)[part::PARTS]:
        who, path = PAGES[name](made)
        if who not in windows:
            windows[who] = page_as(getattr(made, who, None), strict=True)
            windows[who].on("console", lambda line: said.append(line.text) if line.type in {"error", "warning"} else None)
            windows[who].on("pageerror", lambda error: said.append(str(error)))
        said.clear()
        status = windows[who].goto(path).status
        found = [] if status == 200 else [f"answers {status}"]
        found += [*in_each_light(windows[who], axe), *said]
        wrong |= {name: found} if found else {}

    assert wrong == {}
