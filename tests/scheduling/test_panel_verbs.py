"""What is done to a visit in the panel beside the board: what is refused is said there, beside the visit as it is now."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.tenancy.urls import practice_url
from scheduling import visits
from scheduling.models import Appointment
from tests.architecture.world import monday
from tests.factories import scheduling as make

TEN = monday(10)


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary, starts_at=TEN, now=timezone.now())


@pytest.fixture
def do(practice, as_secretary, visit):
    """Press a verb's button in the panel, over the board."""
    board = practice_url(practice, "scheduling:board", TEN.date())
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{board}"}

    def go(verb, **said):
        name, args = ("undo", []) if verb == "undo" else ("act", [verb])
        url = practice_url(practice, f"scheduling:{name}", visit.pk, *args)
        return as_secretary.post(url, {"version": visit.version, "next": board, **said}, headers=headers)

    return go


def is_panel(answer):
    return "<html" not in answer.content.decode() and "panel-head" in answer.content.decode()


@pytest.mark.parametrize("verb", ["confirm", "arrive", "no-show", "room", "finish", "check-in"])
def test_what_a_colleague_overtook_says_so_beside_the_visit_as_it_is(do, visit, secretary, verb):
    visits.confirm(Appointment.objects.get(), by=secretary, now=timezone.now())

    answer = do(verb)

    text = answer.content.decode()
    assert (answer.status_code, is_panel(answer), "its status is now “Confirmed”" in text) == (409, True, True)
    assert f'name="version" value="{visit.version + 1}"' in text
    assert re.search(r'class="pill">.*?Confirmed</span>', text)


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("arrive", "A patient can arrive only on the day of the visit."),
        ("room", "status is “Scheduled”. From there it can become"),
        ("no-show", "That can be said from 10:"),
    ],
)
def test_what_cannot_be_is_refused_in_words(do, verb, words):
    answer = do(verb)

    assert (answer.status_code, is_panel(answer), words in answer.content.decode()) == (422, True, True)


def test_a_reason_that_is_missing_is_asked_for_at_its_box(do):
    answer = do("error", reason=" ")

    text = answer.content.decode()
    box = text.split("Entered in error</summary>")[1].split("</form>")[0]
    assert (answer.status_code, is_panel(answer), "Say why." in box) == (422, True, True)
    assert "<details open><summary>Entered in error" in text


def test_a_reason_that_was_typed_outlives_a_refusal(do, secretary):
    visits.confirm(Appointment.objects.get(), by=secretary, now=timezone.now())

    answer = do("error", reason="Wrong patient")

    assert (answer.status_code, 'value="Wrong patient"' in answer.content.decode()) == (409, True)


def test_an_undo_that_comes_too_late_says_so_in_the_panel(do, visit):
    visit.transitions.update(at=timezone.now() - timedelta(seconds=21))

    answer = do("undo")

    text = answer.content.decode()
    assert (answer.status_code, is_panel(answer), "for 20 seconds" in text) == (422, True, True)


def test_what_is_done_leads_back_to_the_board(do, practice):
    answer = do("confirm")

    assert answer["HX-Redirect"] == practice_url(practice, "scheduling:board", TEN.date())
    assert Appointment.objects.get().status == "confirmed"


def test_what_is_undone_leads_back_to_the_board(do, practice):
    answer = do("undo")

    assert answer["HX-Redirect"] == practice_url(practice, "scheduling:board", TEN.date())
