"""The heads of the board: how many are open is seen whole, however narrow the column is."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import people, scheduling

SEEN = """() => [...document.querySelectorAll(".col > header")].map((head) => {
  const open = [...head.querySelectorAll("p > *")].find((one) => one.textContent.endsWith(" open"));
  const [word, column] = [open.getBoundingClientRect(), head.getBoundingClientRect()];
  return open.scrollWidth <= open.clientWidth && word.width > 0 && word.right <= column.right;
})"""


@pytest.fixture
def week_ahead(committed):
    """Nine providers with long specialties, one of them double-booked, and the day that is looked at."""
    practice = people.practice()
    admin = people.member(practice, Role.PRACTICE_ADMIN)
    today = timezone.localdate()
    day = today + timedelta(days=14 - today.weekday())
    with acting_in(practice.pk, admin.pk):
        doctors = [scheduling.provider(f"Dr. {n}", specialty="Family medicine and obstetrics") for n in range(9)]
        noon = datetime.combine(day, time(12), ZoneInfo("America/Chicago"))
        for reason in ("", "In pain", "Rash"):
            scheduling.visit(by=admin, who=doctors[0], starts_at=noon, now=timezone.now(), overbook_reason=reason)
    return practice, admin, day


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_how_many_are_open_is_never_cut_off(week_ahead, page_as, width):
    practice, admin, day = week_ahead
    page = page_as(admin, width=width)
    page.goto(practice_url(practice, "scheduling:board", day))

    first = page.locator(".col > header p").first.inner_text()

    assert first.startswith("3 booked, 2 double-booked,")
    assert page.evaluate(SEEN) == [True] * 9
