"""Reminders in the admin site: words that cannot go out are refused beside their field."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from correspondence import sample, set_up
from correspondence.models import ReminderPlan, ReminderStep, Wording


def post(client, practice, kind, **values):
    return client.post(practice_url(practice, f"admin:correspondence_{kind}_add"), values)


def words(**changed):
    told = {"name": "Day before", "channel": "email", "language": "en", "subject": "Your visit", "text": "[[visit.date]]"}
    return told | {"is_active": "on"} | changed


@pytest.mark.parametrize(
    ("field", "value"), [("text", "Hello [[patient.diagnosis]]"), ("text", ""), ("subject", "[[patient.given_name]]")]
)
def test_words_that_cannot_go_out_are_refused(practice, as_admin, field, value):
    answer = post(as_admin, practice, "wording", **words(**{field: value}))

    assert answer.status_code == 422
    assert list(answer.context["adminform"].form.errors) == [field]


def test_a_wording_is_shown_with_a_made_up_patient(practice, admin, as_admin):
    with acting_in(practice.pk, admin.pk):
        row = set_up.add(Wording(name="Day before", subject="Your visit", text="Hello [[patient.given_name]]!"), by=admin)

    page = as_admin.get(practice_url(practice, "admin:correspondence_wording_change", row.pk))

    assert "Hello Maximiliana!" in page.content.decode()


def test_a_step_without_words_for_its_channel_is_refused(practice, admin, as_admin):
    with acting_in(practice.pk, admin.pk):
        set_up.add(Wording(name="Day before", subject="Your visit", text="Come."), by=admin)
        plan = set_up.add(ReminderPlan(name="All"), by=admin)

    answer = post(
        as_admin, practice, "reminderstep", plan=plan.pk, hours_before=24, channel="text", wording_name="Day before"
    )

    assert answer.status_code == 422
    assert "Nobody has written “Day before” for Text." in str(answer.context["adminform"].form.errors["wording_name"])


def test_a_plan_shows_when_each_step_goes_out_and_in_which_words(practice, admin, as_admin):
    with acting_in(practice.pk, admin.pk):
        set_up.add(Wording(name="Day before", subject="Your visit", text="Hola.", language="es"), by=admin)
        set_up.add(Wording(name="Day before", subject="Your visit", text="Come, [[patient.given_name]]."), by=admin)
        plan = set_up.add(ReminderPlan(name="All"), by=admin)
        for hours in (24, 72):
            set_up.add(ReminderStep(plan=plan, hours_before=hours, channel="email", wording_name="Day before"), by=admin)

    page = as_admin.get(practice_url(practice, "admin:correspondence_reminderplan_change", plan.pk)).content.decode()

    assert page.index("<li><strong>Fri, ") < page.index("<li><strong>Sun, ")
    assert page.count("Come, Maximiliana.") == 2
    assert "Hola." not in page


def test_a_reminder_over_the_clock_change_is_shown_at_the_hour_it_goes_out(practice, admin):
    """A day of 25 hours: 48 hours before ten on Monday, 2 November 2026, is eleven on Saturday."""
    with acting_in(practice.pk, admin.pk), timezone.override("America/Chicago"):
        plan = set_up.add(ReminderPlan(name="All"), by=admin)
        set_up.add(Wording(name="Day before", subject="Your visit", text="Come."), by=admin)
        set_up.add(ReminderStep(plan=plan, hours_before=48, channel="email", wording_name="Day before"), by=admin)
        _, (sent,) = sample.of(plan, now=datetime(2026, 10, 19, 15, tzinfo=UTC))

    assert sample.words(sent.due_at) == "Sat, Oct 31, 11:00 AM"


def test_a_preview_names_the_day_and_hour_of_the_visit_that_it_is_for(practice, admin):
    with acting_in(practice.pk, admin.pk), timezone.override("America/Chicago"):
        plan = set_up.add(ReminderPlan(name="All"), by=admin)
        set_up.add(Wording(name="Day before", subject="Visit", text="[[visit.date]], [[visit.time]]"), by=admin)
        set_up.add(ReminderStep(plan=plan, hours_before=48, channel="email", wording_name="Day before"), by=admin)
        _, (sent,) = sample.of(plan, now=datetime(2026, 10, 19, 15, tzinfo=UTC))

    assert sent.text == "Monday, November 2, 10:00 AM"


def test_a_plan_without_steps_says_that_nothing_is_sent(practice, admin, as_admin):
    with acting_in(practice.pk, admin.pk):
        plan = set_up.add(ReminderPlan(name="All"), by=admin)

    page = as_admin.get(practice_url(practice, "admin:correspondence_reminderplan_change", plan.pk)).content.decode()

    assert "No step yet: nothing is sent." in page


def test_a_text_is_shown_with_the_sentence_that_is_added(practice, admin, as_admin):
    with acting_in(practice.pk, admin.pk):
        row = set_up.add(Wording(name="Day before", channel="text", text="See you [[visit.date]]."), by=admin)

    page = as_admin.get(practice_url(practice, "admin:correspondence_wording_change", row.pk))

    assert "See you Wednesday, September 30. Reply STOP to end." in page.content.decode()


def test_a_portal_without_texts_offers_no_step_by_text(practice, admin, as_admin, settings):
    settings.CHANNELS = {"email": settings.CHANNELS["email"]}

    page = as_admin.get(practice_url(practice, "admin:correspondence_reminderstep_add"))

    assert page.context["adminform"].form["channel"].field.choices == [("email", "E-mail")]


def test_a_text_that_asks_for_cancel_is_refused_beside_its_words(practice, as_admin):
    answer = post(as_admin, practice, "wording", **words(channel="text", subject="", text="Reply CANCEL to cancel"))

    assert answer.context["adminform"].form.errors == {
        "text": ["Do not ask for the answer “cancel”: it ends all texts and cancels nothing. Ask for a call."]
    }
