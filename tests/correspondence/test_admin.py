"""Reminders in the admin site: words that cannot go out are refused beside their field."""

import pytest

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from correspondence import set_up
from correspondence.models import ReminderPlan, Wording


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
