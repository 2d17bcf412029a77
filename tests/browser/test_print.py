"""Paper: the board of a day, a provider's day and the huddle sheet are one page each, A4 and Letter."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling import visits
from tests.factories import scheduling
from tests.factories.rich import rich

SHEETS = [(what, paper) for what in ("scheduling:board", "scheduling:day", "desk:huddle") for paper in ("A4", "Letter")]


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize(("what", "paper"), SHEETS)
def test_a_day_is_one_page(made, page_as, what, paper):
    page = page_as(made.secretary)
    page.goto(practice_url(made.practice, what, made.day))

    assert pages(page.pdf(format=paper, landscape=what == "scheduling:board")) == 1


@pytest.fixture
def full_day(committed):
    """A day six weeks from now with 84 visits of four providers, two of three confirmed; names of the usual length."""
    made = rich()
    crowd = made.patients[:1] + made.patients[2:]
    day, zone = made.day + timedelta(days=42), ZoneInfo(made.practice.time_zone)
    with acting_in(made.practice.pk, made.secretary.pk):
        kind = scheduling.visit_type("Short visit", minutes=15)
        for n in range(84):
            minutes = 15 * (n // 4) + (60 if n // 4 >= 16 else 0)  # the break is at noon
            starts_at = datetime.combine(day, time(8), zone).astimezone(UTC) + timedelta(minutes=minutes)
            visit = scheduling.visit(
                by=made.secretary, who=made.providers[n % 4], whose=crowd[n % len(crowd)], kind=kind,
                starts_at=starts_at, now=timezone.now(), reason="Test results", despite_overlap=True,
            )  # fmt: skip
            if n % 3:
                visits.confirm(visit, by=made.secretary, now=timezone.now())
    return made, day


def test_a_huddle_sheet_of_84_visits_is_one_page(page_as, full_day):
    made, day = full_day
    page = page_as(made.secretary)
    page.goto(practice_url(made.practice, "desk:huddle", day))

    assert page.locator(".huddle tbody tr").count() == 84
    assert [pages(page.pdf(format=paper)) for paper in ("A4", "Letter")] == [1, 1]


def test_the_button_records_and_prints(made, page_as):
    page = page_as(made.secretary, strict=True)
    page.add_init_script("window.print = () => { document.documentElement.dataset.printed = '1'; }")
    page.goto(practice_url(made.practice, "scheduling:board", made.day))

    page.get_by_role("button", name="Print").click()

    page.wait_for_selector("html[data-printed]")
    assert "print=" not in page.url
