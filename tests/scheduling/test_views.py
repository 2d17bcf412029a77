"""The pages: who may enter, one happy post, one refused, and how many queries. They are about a Monday to come."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.models import AuditEvent
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling import booking, visits
from scheduling.forms import slot_text
from scheduling.models import Appointment, Occupation
from tests.factories import people
from tests.factories import scheduling as make

NOW = timezone.now()
MONDAY = NOW.date() + timedelta(days=9 - NOW.weekday())
MONDAY += timedelta(days=-MONDAY.weekday() % 7)
TEN = datetime.combine(MONDAY, time(10), ZoneInfo("America/Chicago")).astimezone(UTC)
HALF = timedelta(minutes=30)


def booked(by, who, kind, starts_at=TEN, **details):
    return make.visit(by=by, who=who, kind=kind, starts_at=starts_at, now=timezone.now(), **details)


@pytest.fixture
def visit(doctor, kind, secretary):
    return booked(secretary, doctor, kind, reason="Blood pressure")


@pytest.fixture
def url(practice):
    return lambda name, *args: practice_url(practice, f"scheduling:{name}", *args)


@pytest.fixture
def as_privacy_officer(signed_in, practice):
    """A member whom no grant of scheduling names."""
    return signed_in(people.member(practice, Role.PRIVACY_OFFICER))


@pytest.fixture
def as_provider(signed_in, practice):
    return signed_in(people.member(practice, Role.PROVIDER))


def slot(who, starts_at=TEN):
    return slot_text(who, starts_at)


def test_the_board_shows_the_day(visit, as_secretary, url):
    page = as_secretary.get(url("board", MONDAY)).content.decode()

    assert "Walker, Ada" in page
    assert "1 booked, 30 open" in page
    assert "Blood pressure" in page


@pytest.mark.parametrize("name", ["board", "day"])
def test_the_schedule_is_closed_to_whom_no_grant_names(as_privacy_officer, doctor, url, name):
    assert as_privacy_officer.get(url(name)).status_code == 403


def test_any_day_has_an_address_and_the_date_box_leads_there(visit, as_secretary, url):
    answer = as_secretary.get(url("board"), {"date": f"{MONDAY + timedelta(days=1)}"})

    assert answer["Location"] == url("board", MONDAY + timedelta(days=1))
    assert "Walker" not in as_secretary.get(answer["Location"]).content.decode()


def test_a_day_that_is_none_is_not_found(as_secretary, practice):
    assert as_secretary.get(f"/p/{practice.slug}/schedule/2026-02-30/").status_code == 404


def test_an_unchanged_board_answers_nothing_and_opens_nothing(visit, as_secretary, url):
    page = as_secretary.get(url("board", MONDAY))
    before = AuditEvent.objects.count()

    answer = as_secretary.get(url("board_changes", MONDAY), {"seen": page.context["board"].version})

    assert (answer.status_code, AuditEvent.objects.count()) == (204, before)


def test_a_changed_board_comes_again_and_is_recorded_as_a_refresh(practice, secretary, as_secretary, url):
    with acting_in(practice.pk, secretary.pk):
        visit = booked(secretary, make.provider(), make.visit_type())

    answer = as_secretary.get(url("board_changes", MONDAY), {"seen": "0-0"})

    assert "Walker, Ada" in answer.content.decode()
    with acting_in(practice.pk, secretary.pk):
        assert AuditEvent.objects.get(kind="patient.refresh").listed == [visit.patient_id]


def test_a_closure_stands_with_its_reason(doctor, as_secretary, url):
    make.closure(TEN, TEN + HALF, reason="Lunch", provider=doctor)

    assert "closed: </span>Lunch" in as_secretary.get(url("board", MONDAY)).content.decode()


def test_cancelled_visits_are_hidden_until_asked_for(visit, as_secretary, secretary, url):
    visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=secretary, now=timezone.now())

    assert "Walker" not in as_secretary.get(url("board", MONDAY)).content.decode()
    assert "Walker" in as_secretary.get(url("board", MONDAY), {"gone": "1"}).content.decode()


@pytest.mark.parametrize("name", ["board", "day", "board_changes"])
def test_a_page_needs_the_same_queries_for_any_number_of_visits(doctor, kind, secretary, as_secretary, url, name):
    counts = []
    as_secretary.get(url("board"))
    for number in range(3):
        booked(secretary, doctor, kind, TEN + number * HALF)
        with CaptureQueriesContext(connection) as asked:
            as_secretary.get(url(name, MONDAY))
        counts.append(len(asked))

    assert counts[0] == counts[2]


def test_an_unchanged_board_asks_one_query_of_its_own(visit, as_secretary, url):
    seen = as_secretary.get(url("board", MONDAY)).context["board"].version

    with CaptureQueriesContext(connection) as asked:
        as_secretary.get(url("board_changes", MONDAY), {"seen": seen})

    assert sum("scheduling_" in query["sql"] for query in asked.captured_queries) == 1


def test_a_provider_sees_her_own_day(signed_in, practice, secretary, inside, url):
    who = people.member(practice, Role.PROVIDER, name="Amara Okafor")
    booked(secretary, make.provider("Dr. Aaron"), make.visit_type())
    mine = booked(secretary, make.provider("Dr. Okafor", user=who), make.visit_type(), whose=make.patient(family="Zhao"))

    page = signed_in(who).get(url("day", MONDAY))

    assert [one.visit for one in page.context["list"].entries] == [mine]


def test_free_times_are_buttons_that_book(doctor, kind, as_secretary, url):
    patient = make.patient()
    page = as_secretary.get(url("openings", patient.pk), {"visit_type": kind.pk, "from_day": f"{MONDAY}"})
    first = page.context["days"][0][1][0][1]

    as_secretary.post(url("book", patient.pk), {"slot": first, "visit_type": kind.pk, "reason": "Cough"})

    made = Appointment.objects.get()
    assert (made.starts_at, made.reason) == (TEN - timedelta(hours=1), "Cough")


def test_the_finder_says_why_nothing_is_free(doctor, kind, as_secretary, url):
    answer = as_secretary.get(url("openings", make.patient().pk), {"visit_type": kind.pk, "weekdays": "6"})

    assert "Dr. Okafor does not work on Sundays." in answer.content.decode()


def test_a_booked_visit_is_shown_with_an_undo(doctor, kind, as_secretary, url):
    answer = as_secretary.post(url("book", make.patient().pk), {"slot": slot(doctor), "visit_type": kind.pk}, follow=True)

    made = Appointment.objects.get()
    (said,) = answer.context["messages"]
    assert re.fullmatch(r"Booked: Mon, \w+ \d+( \d{4})?, 10:00 AM with Dr\. Okafor\.", str(said))
    assert said.extra_tags == f"undo-visit:{made.pk}"
    assert answer.redirect_chain[0][0] == url("visit", made.pk)


def test_a_time_just_taken_offers_the_next_three_and_keeps_what_was_typed(visit, kind, as_secretary, url):
    answer = as_secretary.post(
        url("book", make.patient().pk), {"slot": slot(visit.provider), "visit_type": kind.pk, "reason": "Cough"}
    )

    assert answer.status_code == 409
    assert len(answer.context["instead"]) == 3
    assert 'value="Cough"' in answer.content.decode()


def test_the_patients_other_visit_is_asked_about_once(visit, kind, as_secretary, url):
    other = make.provider("Dr. Weiss")
    said = {"slot": slot(other), "visit_type": kind.pk}

    asked = as_secretary.post(url("book", visit.patient_id), said)
    as_secretary.post(url("book", visit.patient_id), {**said, "despite_overlap": "on"})

    assert (asked.status_code, Appointment.objects.count()) == (409, 2)
    assert 'name="despite_overlap"' in asked.content.decode()


def test_a_secretary_cannot_double_book_by_writing_a_reason(visit, kind, as_secretary, url):
    said = {"slot": slot(visit.provider), "visit_type": kind.pk, "overbook_reason": "Urgent"}

    assert as_secretary.post(url("book", make.patient().pk), said).status_code == 409


def test_an_admin_double_books_with_a_reason(visit, kind, as_admin, url):
    said = {"slot": slot(visit.provider), "visit_type": kind.pk, "overbook_reason": "Urgent"}

    as_admin.post(url("book", make.patient().pk), said)

    assert sorted(Occupation.objects.values_list("lane", flat=True)) == [0, 1]


@pytest.mark.parametrize("text", ["", "x", "x@y", "00000000-0000-7000-8000-000000000009@2099-11-23T16:00Z"])
def test_a_slot_that_cannot_be_read_is_refused(doctor, kind, as_secretary, url, text):
    assert as_secretary.post(url("book", make.patient().pk), {"slot": text, "visit_type": kind.pk}).status_code == 422


def test_a_patient_who_died_is_not_booked(doctor, kind, as_secretary, url):
    answer = as_secretary.post(url("book", make.patient(is_deceased=True).pk), {"slot": slot(doctor), "visit_type": kind.pk})

    assert (answer.status_code, Appointment.objects.count()) == (422, 0)
    assert "The patient has died." in answer.content.decode()


def test_a_provider_does_not_book(doctor, as_provider, url):
    assert as_provider.get(url("book", make.patient().pk)).status_code == 403


def test_an_empty_place_on_the_board_asks_whose_it_shall_be(doctor, as_secretary, url):
    answer = as_secretary.get(url("book_at"), {"slot": slot(doctor)})

    assert f"{MONDAY:%A, %B %-d, %Y}, 10:00 AM" in answer.content.decode()


def test_an_empty_search_for_the_patient_is_refused(doctor, as_secretary, url):
    assert as_secretary.post(f"{url('book_at')}?slot={slot(doctor)}", {"q": " "}).status_code == 422


def test_the_visit_stands_with_its_history(visit, as_secretary, url):
    page = as_secretary.get(url("visit", visit.pk)).content.decode()

    assert f"Booked for {MONDAY:%a, %b %-d}, 10:00 AM with Dr. Okafor</b> by Rosa Diaz" in page


def test_a_visit_is_confirmed_and_the_page_returned_to(visit, as_secretary, url):
    answer = as_secretary.post(url("act", visit.pk, "confirm"), {"version": 1, "next": url("board")})

    assert (answer["Location"], Appointment.objects.get().status) == (url("board"), "confirmed")


def test_a_way_back_to_another_site_is_not_taken(visit, as_secretary, url):
    answer = as_secretary.post(url("act", visit.pk, "confirm"), {"version": 1, "next": "https://elsewhere.example/"})

    assert answer["Location"] == url("visit", visit.pk)


def test_a_stale_act_is_a_conflict_that_says_who_and_what(visit, as_secretary, secretary, url):
    visits.confirm(visit, by=secretary, now=timezone.now())

    answer = as_secretary.post(url("act", visit.pk, "arrive"), {"version": 1})

    assert answer.status_code == 409
    assert "its status is now “Confirmed”" in answer.content.decode()


def test_an_act_of_another_day_is_refused_in_words(visit, as_secretary, url):
    answer = as_secretary.post(url("act", visit.pk, "arrive"), {"version": 1})

    assert (answer.status_code, Appointment.objects.get().status) == (422, "booked")
    assert "only on the day of the visit" in answer.content.decode()


def test_a_visit_of_another_day_offers_nothing_that_is_only_done_on_its_day(visit, as_secretary, url):
    page = as_secretary.get(url("visit", visit.pk)).content.decode()

    assert [verb for verb in ("confirm", "arrive", "no-show", "finish") if url("act", visit.pk, verb) in page] == ["confirm"]


def test_a_provider_does_not_confirm(visit, as_provider, url):
    assert as_provider.post(url("act", visit.pk, "confirm"), {"version": 1}).status_code == 403


def test_a_verb_refused_for_want_of_its_permission_is_recorded(visit, as_provider, url):
    as_provider.post(url("act", visit.pk, "confirm"), {"version": 1})

    refused = AuditEvent.objects.get(kind="access.refused")
    assert (refused.body, refused.outcome) == ({"permission": "scheduling.confirm_appointment"}, "4")


def test_an_unknown_verb_is_not_found(visit, as_secretary, url):
    assert as_secretary.post(url("act", visit.pk, "vanish"), {"version": 1}).status_code == 404


def test_cancelling_takes_three_fields_in_one_act(visit, as_secretary, url):
    said = {"version": 1, "reason": "pat", "initiator": "patient", "told_by": "patient"}

    as_secretary.post(url("cancel", visit.pk), said)

    assert Appointment.objects.values_list("status", "cancel_initiator").get() == ("cancelled", "patient")


def test_cancelling_without_saying_who_is_refused(visit, as_secretary, url):
    answer = as_secretary.post(url("cancel", visit.pk), {"version": 1, "reason": "pat"})

    assert (answer.status_code, Appointment.objects.get().status) == (422, "booked")
    assert "Choose who told the patient." in answer.content.decode()


def test_a_provider_does_not_cancel(visit, as_provider, url):
    assert as_provider.get(url("cancel", visit.pk)).status_code == 403


def test_a_visit_is_moved_to_a_time_of_the_finder(visit, as_secretary, url):
    page = as_secretary.get(url("move", visit.pk))
    later = page.context["days"][0][1][-1][1]

    answer = as_secretary.post(url("move", visit.pk), {"slot": later, "version": 1, "why": "Bus"})

    new = Appointment.objects.get(rescheduled_from=visit)
    assert answer["Location"] == url("visit", new.pk)
    assert "because Bus" in as_secretary.get(url("visit", visit.pk)).content.decode()


def test_a_move_into_a_taken_time_is_a_conflict_with_other_times(visit, kind, as_secretary, secretary, url):
    booked(secretary, visit.provider, kind, TEN + HALF)

    answer = as_secretary.post(url("move", visit.pk), {"slot": slot(visit.provider, TEN + HALF), "version": 1})

    assert (answer.status_code, len(answer.context["instead"])) == (409, 3)
    assert Appointment.objects.get(pk=visit.pk).status == "booked"


def test_a_provider_does_not_move(visit, as_provider, url):
    assert as_provider.get(url("move", visit.pk)).status_code == 403


def test_room_and_notes_are_changed_on_the_visit_itself(visit, as_secretary, url):
    as_secretary.post(url("change", visit.pk), {"version": 1, "mode": "video", "reason": "Cough"})

    row = Appointment.objects.get()
    assert (row.mode, row.reason, row.version) == ("video", "Cough", 2)


def test_a_provider_does_not_change_a_visit(visit, as_provider, url):
    assert as_provider.get(url("change", visit.pk)).status_code == 403


def test_a_cancellation_is_undone_from_its_toast(visit, as_secretary, secretary, url):
    visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=secretary, now=timezone.now())

    as_secretary.post(url("undo", visit.pk))

    assert Appointment.objects.get().status == "booked"


def test_an_undo_that_comes_too_late_says_so(doctor, kind, as_secretary, secretary, url):
    visit = make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN, now=NOW - timedelta(seconds=21))

    answer = as_secretary.post(url("undo", visit.pk), follow=True)

    assert [str(m) for m in answer.context["messages"]] == ["That can be undone for 20 seconds, by whoever did it."]


def test_a_patients_visits_stand_ahead_and_before(visit, as_secretary, secretary, url):
    booking.move(visit, starts_at=TEN + HALF, by=secretary, now=timezone.now())

    page = as_secretary.get(url("of_patient", visit.patient_id))

    assert [[row.status for row, _ in page.context[name]] for name in ("ahead", "past")] == [["booked"], ["rescheduled"]]


def test_a_visit_of_another_practice_is_not_there(visit, signed_in, url):
    other = people.practice()
    stranger = people.member(other, Role.SECRETARY)

    assert signed_in(stranger).get(practice_url(other, "scheduling:visit", visit.pk)).status_code == 404


def test_the_providers_day_has_the_note_for_today(doctor, kind, secretary, as_provider, url):
    booked(secretary, doctor, kind, comment="Bring the old X-rays")

    page = as_provider.get(url("day", MONDAY), {"provider": doctor.pk}).content.decode()

    assert "Bring the old X-rays" in page
