"""What is done on the page of a call, and what is refused."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.models import Case
from compliance.tenancy import acting_in
from correspondence.enums import CallStatus
from correspondence.models import Call
from scheduling.models import Appointment
from tests.correspondence.views.pages import now_of
from tests.factories import scheduling


def first_time(html):
    return re.search(r'name="slot" value="([^"]+)"', html)[1]


def test_the_first_free_time_is_booked_with_one_click(as_secretary, at, do, providers, verified, practice, secretary):
    html = as_secretary.get(at).content.decode()

    answer = do("book", slot=first_time(html), type=str(providers[1].pk))

    with acting_in(practice.pk, secretary.pk):
        assert (answer.status_code, Appointment.objects.count()) == (302, 1)


@pytest.fixture
def until_half_past_twelve(practice, secretary):
    """A provider of half-hours from 12 every day, and a kind that takes an hour of a new patient."""
    with acting_in(practice.pk, secretary.pk):
        who = scheduling.provider("Dr. Okafor", hours=False)
        for weekday in range(7):
            scheduling.works(who, weekday, "12:00", "12:30")
        return scheduling.visit_type("Annual physical", minutes=30, new_minutes=60)


def test_a_new_patient_is_offered_no_time_that_is_too_short_for_her(as_secretary, at, until_half_past_twelve, verified):
    assert 'name="slot"' not in as_secretary.get(at).content.decode()


def test_a_time_that_was_just_taken_is_409_with_others(as_secretary, at, do, providers, verified, practice, secretary):
    time = first_time(as_secretary.get(at).content.decode())
    with acting_in(practice.pk, secretary.pk):
        starts_at = timezone.datetime.fromisoformat(time.partition("@")[2])
        scheduling.visit(by=secretary, who=providers[0], starts_at=starts_at, now=timezone.now())

    answer = do("book", slot=time, type=str(providers[1].pk))

    assert answer.status_code == 409
    assert "just taken" in answer.content.decode()
    assert first_time(answer.content.decode()) != time


def visit_of(practice, secretary, patient, providers):
    with acting_in(practice.pk, secretary.pk):
        soon = timezone.now() + timedelta(days=3)
        starts_at = next(
            opening.starts_at
            for n in range(7)
            for opening in scheduling_openings(providers, (soon + timedelta(days=n)).date())
        )
        return scheduling.visit(
            by=secretary, who=providers[0], kind=providers[1], whose=patient, starts_at=starts_at, now=timezone.now()
        )


def scheduling_openings(providers, day):
    from scheduling import openings

    return openings.free_times(providers[0], day, providers[1], now=timezone.now())


def test_a_visit_is_confirmed_moved_and_cancelled(do, as_secretary, at, verified, patient, providers, practice, secretary):
    visit = visit_of(practice, secretary, patient, providers)
    do("confirm", visit=visit.pk)
    html = as_secretary.get(f"{at}?move={visit.pk}").content.decode()
    version = re.search(r'name="visit_version" value="(\d+)"', html)[1]
    do("move", slot=first_time(html), type=str(providers[1].pk), visit=visit.pk, visit_version=version)
    with acting_in(practice.pk, secretary.pk):
        moved = Appointment.objects.upcoming().get()

    do("cancel", visit=moved.pk, reason="pat", initiator="patient")

    with acting_in(practice.pk, secretary.pk):
        assert sorted(Appointment.objects.values_list("status", flat=True)) == ["cancelled", "rescheduled"]


def test_another_patients_visit_is_not_chosen(do, verified, providers, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        other = scheduling.patient()
    visit = visit_of(practice, secretary, other, providers)

    assert do("cancel", visit=visit.pk, reason="pat", initiator="patient").status_code == 422
    assert do("move", slot="x", type="", visit=visit.pk).status_code == 422


def test_a_message_becomes_a_case(do, verified, providers, practice, secretary):
    do("message", provider=providers[0].pk, priority="routine", text="Her knee hurts.")

    with acting_in(practice.pk, secretary.pk):
        assert Case.objects.get().summary == "For Dr. Okafor: Her knee hurts."


def test_a_red_flag_shows_what_to_do_at_once_and_the_call_cannot_close(
    do, verified, as_secretary, at, practice, secretary, call
):
    do("flags", signs=["Overdose"])

    answer = do("close", summary="Done.", reason="clinical", outcome="resolved")

    html = as_secretary.get(at).content.decode()
    assert ("call 911" in html, answer.status_code) == (True, 422)
    assert now_of(practice, secretary, call).status == CallStatus.IDENTIFIED


def test_an_answered_red_flag_lets_the_call_close(do, verified, practice, secretary, call):
    do("flags", signs=["Overdose"])
    do("answer", answer="911-agreed", who="", at="")

    do("close", summary="Told to call 911.", reason="clinical", outcome="escalated-emergency")

    assert now_of(practice, secretary, call).outcome == "escalated-emergency"


def test_a_routine_call_is_closed_with_what_the_page_suggests(
    do, as_secretary, at, providers, verified, practice, secretary, call
):
    time = first_time(as_secretary.get(at).content.decode())
    do("book", slot=time, type=str(providers[1].pk))
    do("hang-up")
    html = as_secretary.get(at).content.decode()
    summary = re.search(r'<textarea name="summary"[^>]*>\s*([^<]+)</textarea>', html)[1]
    chosen = re.findall(r'<option value="([^"]+)" selected>', html.partition('name="summary"')[2])

    do("close", summary=summary, reason=chosen[0], outcome=chosen[1])

    closed = now_of(practice, secretary, call)
    assert (closed.status, closed.reason, closed.outcome) == ("closed", "book", "resolved")
    assert closed.hung_up_at is not None


def test_a_wrong_number_is_closed_with_one_click(do, practice, secretary, call):
    do("abandon")

    assert now_of(practice, secretary, call).outcome == "abandoned"


def test_a_second_tab_is_told_and_keeps_what_was_typed(do, verified, call, practice, secretary, providers):
    seen = now_of(practice, secretary, call).version
    do("reason", reason="book")

    answer = do("message", version=seen, provider=providers[0].pk, priority="routine", text="Her knee hurts.")

    html = answer.content.decode()
    assert (answer.status_code, "Her knee hurts." in html, "another tab" in html) == (409, True, True)
    assert f'name="version" value="{seen + 1}"' in html


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("gate", {}),
        ("gate", {"name": "Quinta"}),
        ("gate", {"name": "Q" * 201, "birth_date": "2/3/1961"}),
        ("gate", {"name": "Qui\x07nta", "birth_date": "2/3/1961"}),
        ("gate", {"name": "Quinta Canaria", "birth_date": "31/31/1961"}),
        ("gate", {"name": "Quinta Canaria", "birth_date": "2/3/2961"}),
        ("reason", {"reason": ""}),
        ("reason", {"reason": "nonsense"}),
        ("flags", {"signs": ["Nonsense"]}),
        ("answer", {"answer": ""}),
        ("answer", {"answer": "warm-transfer", "who": ""}),
        ("answer", {"answer": "911-agreed", "at": "25:99"}),
        ("message", {"text": ""}),
        ("message", {"text": "x" * 1501}),
        ("message", {"text": "a\x00b"}),
        ("message", {"text": "Hello", "provider": "not-an-id", "priority": "routine"}),
        ("callback", {"at": "soon"}),
        ("callback", {"at": "2020-01-01T09:00"}),
        ("callback", {"at": "2099-01-01T09:00", "phone": "12"}),
        ("transfer", {"to": ""}),
        ("transfer", {"to": "x" * 121}),
        ("close", {"summary": "", "reason": "book", "outcome": "resolved"}),
        ("close", {"summary": "Done.", "reason": "", "outcome": "resolved"}),
        ("close", {"summary": "Done.", "reason": "book", "outcome": "closed"}),
        ("close", {"summary": "x" * 2001, "reason": "book", "outcome": "resolved"}),
        ("caller", {"relationship": "aunt"}),
        ("caller", {"relationship": "spouse", "authority": "consent", "source": ""}),
        ("hang-up", {"version": "0"}),
        ("hang-up", {"version": "x"}),
    ],
)
def test_what_cannot_be_is_a_sentence_and_changes_nothing(do, practice, secretary, call, name, fields):
    before = now_of(practice, secretary, call).version

    answer = do(name, **fields)

    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()
    assert now_of(practice, secretary, call).version == before


def test_direction_marks_of_a_pasted_number_are_no_hindrance(as_secretary, practice, secretary):
    as_secretary.post("/calls/", {"practice": practice.slug, "number": "\u202a+1 608‑555‑0177\u202c"})

    with acting_in(practice.pk, secretary.pk):
        assert Call.objects.get().phone == "+16085550177"


def test_what_was_typed_is_shown_escaped(do):
    html = do("transfer", to="<script>x</script>" * 10).content.decode()

    assert "<script>x" not in html


def test_an_unknown_act_is_not_there(do):
    assert do("nonsense").status_code == 404
