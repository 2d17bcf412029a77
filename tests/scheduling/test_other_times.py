"""“Other times” asks again what was searched, through every page between: provider, places, kinds, days, and the way."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.http import QueryDict
from django.utils import timezone

from compliance.models import Location
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment
from tests.architecture.world import monday
from tests.factories import scheduling as make

CALL = "01980000-0000-7000-8000-000000000001"


@pytest.fixture
def patient(inside):
    return make.patient()


@pytest.fixture
def asked(inside):
    """All that the finder takes, as its form writes it."""
    doctors, kinds = [make.provider() for _ in range(2)], [make.visit_type() for _ in range(2)]
    place = Location.objects.order_by("created_at")[0]
    Location.objects.create(name="East", time_zone="America/Chicago")
    return {
        "visit_type": [f"{kinds[0].pk}"],
        "or_kinds": [f"{kinds[1].pk}"],
        "provider": [f"{doctors[0].pk}"],
        "or_providers": [f"{doctors[1].pk}"],
        "places": [f"{place.pk}"],
        "weekdays": ["0", "2"],
        "part": ["afternoon"],
        "from_day": [f"{monday(9):%Y-%m-%d}"],
        "until_day": [f"{monday(9) + timedelta(days=60):%Y-%m-%d}"],
        "who": ["known"],
        "call": [CALL],
        "mode": ["video"],
    }


@pytest.fixture
def chip(as_secretary, practice, patient, asked):
    """Where the first chip of that search leads."""
    page = as_secretary.get(practice_url(practice, "scheduling:openings", patient.pk), asked)
    return page.context["opens"] + page.context["days"][0][1][0].free[0][1]


def other_times(answer):
    """What the link asks for."""
    link = re.search(r'<a class="btn quiet" href="([^"]*)">Other times</a>', answer.content.decode())[1]
    path, _, query = unescape(link).partition("?")
    return path.rsplit("/", 2)[1], dict(QueryDict(query).lists())


def fields_of(answer):
    """What the booking form would send."""
    form = answer.context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in sent.items() if value not in (None, "")}


def test_it_asks_again_what_was_searched(as_secretary, chip, asked):
    assert other_times(as_secretary.get(chip)) == ("openings", asked)


def test_it_does_so_after_a_refusal(as_secretary, chip, asked):
    page = as_secretary.get(chip)
    url = chip.partition("?")[0]
    said = fields_of(page) | {"visit_type": asked["or_kinds"][0], "mode": "nowhere"}

    answer = as_secretary.post(url, said)

    assert answer.status_code == 422
    assert other_times(answer) == ("openings", asked)


def test_it_does_so_when_the_time_is_held(as_secretary, practice, patient, chip, asked):
    said = fields_of(as_secretary.get(chip))
    held = as_secretary.post(practice_url(practice, "scheduling:hold", patient.pk), said)

    assert other_times(as_secretary.get(held["Location"])) == ("openings", asked)


def test_it_does_so_from_the_page_that_repeats(as_secretary, practice, patient, chip, asked):
    said = fields_of(as_secretary.get(chip)) | {"step": "begin"}

    answer = as_secretary.post(practice_url(practice, "scheduling:repeat", patient.pk), said)

    assert other_times(answer) == ("openings", asked)


def test_the_way_that_was_chosen_goes_along(as_secretary, practice, patient, chip, asked):
    said = fields_of(as_secretary.get(chip)) | {"mode": "phone"}
    held = as_secretary.post(practice_url(practice, "scheduling:hold", patient.pk), said)

    assert other_times(as_secretary.get(held["Location"])) == ("openings", asked | {"mode": ["phone"]})


def test_nothing_that_is_typed_about_her_stands_in_it(as_secretary, chip):
    url, said = chip.partition("?")[0], fields_of(as_secretary.get(chip))

    answer = as_secretary.post(url, said | {"reason": "Cough", "comment": "Old X-rays", "mode": "nowhere"})

    text = unescape(answer.content.decode())
    links = re.findall(r'(?:href|action|formaction)="([^"]*)"', text)
    assert [link for link in links if "Cough" in link or "X-rays" in link] == []


def test_what_the_finder_does_not_know_is_not_carried_on(as_secretary, practice, patient, asked):
    page = as_secretary.get(
        practice_url(practice, "scheduling:openings", patient.pk), asked | {"note": "Cough", "q": "Lopez"}
    )

    assert ("Cough" in page.context["opens"], "Lopez" in page.context["opens"]) == (False, False)


def test_a_search_asked_anew_keeps_the_call_and_the_way(as_secretary, practice, patient, asked):
    page = as_secretary.get(practice_url(practice, "scheduling:openings", patient.pk), asked).content.decode()

    form = page.split('class="finder-form"')[1].split("</form>")[0]
    assert f'<input type="hidden" name="call" value="{CALL}">' in form
    assert '<input type="hidden" name="mode" value="video">' in form


def test_a_visit_that_is_moved_keeps_its_search_too(as_secretary, practice, secretary, asked):
    visit = make.visit(by=secretary, starts_at=monday(9), now=timezone.now())
    make.visit(by=secretary, whose=visit.patient, starts_at=monday(15), now=timezone.now())
    url = practice_url(practice, "scheduling:move", visit.pk)
    said = {
        name: value for name, value in asked.items() if name in ("visit_type", "provider", "part", "weekdays", "from_day")
    }
    page = as_secretary.get(url, said)
    slot = next(text for _, rows in page.context["days"] for row in rows for _, text in row.free if "T21:00" in text)

    query = page.wsgi_request.META["QUERY_STRING"]
    answer = as_secretary.post(f"{url}?{query}", {"slot": slot, "version": visit.version, "why": "Bus"})

    assert (answer.status_code, other_times(answer)) == (409, ("move", said))
    assert Appointment.objects.get(pk=visit.pk).status == "booked"


@pytest.mark.parametrize("search", ["%00", "a" * 9000, "places=x&places=y", "//evil.example/", "visit_type=%E2%80%AE"])
def test_an_odd_search_does_no_harm(as_secretary, chip, search):
    answer = as_secretary.get(chip.partition("&search=")[0], {"search": search, "slot": chip.rpartition("slot=")[2]})

    path, said = other_times(answer)
    assert (path, set(said) <= {"places", "visit_type", "call", "mode", "who"}) == ("openings", True)
