"""A real browser against a real threaded server on the test database. What is set up commits."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page, sync_playwright

from compliance.models import Practice, User
from compliance.roles import Role
from compliance.tenancy import acting_in
from patients.models import Patient
from scheduling.models import Provider
from secretary_portal import icons
from tests.architecture.world import monday
from tests.factories import patients, people, scheduling
from tests.factories.rich import Rich, rich

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
PHONE = 390
DESKTOP = 1440
ONLY_COLORS = ("color-contrast", "link-in-text-block")  # what a dark page can have wrong that a light one has not


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """The tests look at answers, not at a log."""


class _Counted:
    """The portal, which knows how many of its requests are under way: one that outlives its test is refused its database."""

    def __init__(self) -> None:
        self.portal, self.under_way, self.changed = get_wsgi_application(), 0, threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        self._count(1)
        response = self.portal(environ, start_response)
        ended = response.close

        def close() -> None:
            try:
                ended()
            finally:
                self._count(-1)

        response.close = close
        return response

    def has_ended(self) -> bool:
        """Waits for the last of them; False when one goes on for half a minute."""
        with self.changed:
            return self.changed.wait_for(lambda: not self.under_way, timeout=30)

    def _count(self, more: int) -> None:
        with self.changed:
            self.under_way += more
            self.changed.notify_all()


@pytest.fixture(scope="session")
def _portal(django_db_setup) -> _Counted:
    return _Counted()


@pytest.fixture(scope="session")
def _server(_portal) -> Iterator[str]:
    icons.build()
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.daemon_threads = True
    server.set_app(_portal)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def portal_server(_server, _portal, committed) -> Iterator[str]:
    """The address of the running portal; no slash at its end."""
    yield _server
    assert _portal.has_ended()


@pytest.fixture(scope="session")
def made(django_db_setup, django_db_blocker) -> Rich:
    """One practice with something on every page, once for all tests, which look at it only: who changes rows takes `own`."""
    with django_db_blocker.unblock():
        return rich()


@dataclass(frozen=True)
class Own:
    """A practice of a test's own: a doctor who sees patients from 9 to 5, Monday to Friday, and a patient."""

    practice: Practice
    secretary: User
    doctor: Provider
    patient: Patient
    monday: date


@pytest.fixture
def own(committed) -> Own:
    """Rows that a test may change, since no other one sees them."""
    practice = people.practice()
    secretary = people.member(practice, Role.SECRETARY)
    with acting_in(practice.pk, secretary.pk):
        scheduling.visit_type("Follow-up", minutes=20)
        doctor, patient = scheduling.provider("Dr. Okafor"), patients.patient(by=secretary, email="maria@patients.example")
    return Own(practice, secretary, doctor, patient, monday().date())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of the process."""
    if not CHROMIUM:
        pytest.skip("There is no Chromium on the path.")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop in this thread; each test still goes step by step
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page_as(portal_server, chromium) -> Iterator[Callable[..., Page]]:
    """Open a browser window as somebody, or as nobody for None. `page.goto("/p/…")` takes paths.

    The content policy is off for axe to run; pass `strict=True` to test with it.
    """
    contexts = []

    def opened(user: User | None, *, dark: bool = False, width: int = DESKTOP, strict: bool = False, scripts: bool = True):
        context = chromium.new_context(
            base_url=portal_server,
            viewport={"width": width, "height": 844 if width < 600 else 900},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            bypass_csp=not strict,
            java_script_enabled=scripts,
            timezone_id="America/Chicago",
        )
        context.set_default_timeout(30_000)  # a machine that does other things is slow, not wrong
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": _session(user), "url": portal_server}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """What axe finds wrong with a page: one line for each rule and element, none when all is well.

    `only` names rules; without it all are asked. The script is brought into a page once, however often it is asked.
    """

    def found(page: Page, *, only: tuple[str, ...] = ()) -> list[str]:
        page.wait_for_load_state()
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        options = {"resultTypes": ["violations"], "preload": False, "elementRef": False}
        options |= {"runOnly": {"type": "rule", "values": list(only)}} if only else {}
        rules = page.evaluate("async (options) => (await axe.run(document, options)).violations", options)
        return [
            f"{rule['id']}: {node['html'][:160]} {node['failureSummary'].splitlines()[1].strip()}"
            for rule in rules
            for node in rule["nodes"]
        ]

    return found


def in_each_light(page: Page, axe: Callable) -> list[str]:
    """What is wrong with a page in either width, in light and in dark. It is loaded once: the stylesheet does the rest."""
    found = []
    for width, height in ((DESKTOP, 900), (PHONE, 844)):
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": width, "height": height})
        seen = [*problems(page), *axe(page)]
        page.emulate_media(color_scheme="dark")
        seen += axe(page, only=ONLY_COLORS)
        found += [f"{width}: {one}" for one in seen]
    return found


def problems(page: Page) -> list[str]:
    """What a look at the page finds, apart from axe."""
    page.wait_for_load_state()
    looked = page.evaluate(
        """() => ({wide: document.documentElement.scrollWidth > innerWidth,
                   headings: [...document.querySelectorAll("h1")].map((one) => one.innerText.trim()),
                   title: document.title})"""
    )
    answer = ["is wider than the window"] if looked["wide"] else []
    answer += [] if len(looked["headings"]) == 1 else [f"has the headings {looked['headings']}"]
    thing = looked["title"].split(" – ")[0].strip()
    answer += [] if thing and " – " in looked["title"] else [f"is called {looked['title']!r}"]
    return answer


def _session(user: User) -> str:
    return people.browser(user).cookies[settings.SESSION_COOKIE_NAME].value
