"""What the pages of wait list, recall and unconfirmed visits say."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import scheduling as make
from tests.factories import waiting


@pytest.fixture
def scene(practice, secretary):
    """A freed time, whom it suits, an offer of it to another one, a recall."""
    here = ZoneInfo("America/Chicago")
    today = timezone.now().astimezone(here).date()
    monday = datetime.combine(today + timedelta(days=7 - today.weekday()), time(12), here)
    with acting_in(practice.pk, secretary.pk):
        said = {"whose": make.patient(), "by": secretary, "starts_at": monday, "now": timezone.now()}
        return waiting.scene(make.visit_type("Follow-up"), make.provider(), **said)


@pytest.fixture
def page(as_secretary, practice):
    return lambda name, *args: as_secretary.get(practice_url(practice, f"scheduling:{name}", *args)).content.decode()


@pytest.fixture
def asked(as_secretary, practice, scene):
    """Everybody whom the time suits has been asked."""
    said = {"entries": [scene["entry"].pk], "channel": "call", "hours": "4"}
    as_secretary.post(practice_url(practice, "scheduling:wait_matches", scene["freed"].pk), said)
    return scene


def test_a_time_that_is_offered_to_all_whom_it_suits_says_so(page, asked):
    shown = page("wait_matches", asked["freed"].pk)

    assert ("Everybody whom it suits has been asked." in shown, "It suits nobody" in shown) == (True, False)
    assert ("Waiting for an answer" in shown, "Close without offering" in shown) == (True, True)


def test_an_offer_stands_once_in_the_history(page, asked):
    assert page("wait_entry", asked["entry"].pk).count("Offer: waiting for an answer") == 1


@pytest.mark.parametrize("name", ["wait_list", "recalls", "unconfirmed"])
def test_each_list_to_call_by_leads_to_the_others(page, practice, scene, name):
    shown, others = page(name), {"wait_list", "recalls", "unconfirmed"} - {name}

    current = f'href="{practice_url(practice, f"scheduling:{name}")}" aria-current="page"'
    links = [f'href="{practice_url(practice, f"scheduling:{other}")}"' in shown for other in others]
    assert (current in shown, links) == (True, [True, True])
