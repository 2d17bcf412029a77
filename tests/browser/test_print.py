"""Paper: the board of a day, a provider's day and the huddle sheet are one page each, A4 and Letter."""

import re

import pytest

from compliance.tenancy.urls import practice_url

SHEETS = [(what, paper) for what in ("scheduling:board", "scheduling:day", "desk:huddle") for paper in ("A4", "Letter")]


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize(("what", "paper"), SHEETS)
def test_a_day_is_one_page(made, page_as, what, paper):
    page = page_as(made.secretary)
    page.goto(practice_url(made.practice, what, made.day))

    assert pages(page.pdf(format=paper, landscape=what == "scheduling:board")) == 1


def test_the_button_records_and_prints(made, page_as):
    page = page_as(made.secretary, strict=True)
    page.add_init_script("window.print = () => { document.documentElement.dataset.printed = '1'; }")
    page.goto(practice_url(made.practice, "scheduling:board", made.day))

    page.get_by_role("button", name="Print").click()

    page.wait_for_selector("html[data-printed]")
    assert "print=" not in page.url
