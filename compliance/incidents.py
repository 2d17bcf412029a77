"""Security incidents, as people tell them (45 CFR 164.308(a)(6)(ii))."""

from datetime import datetime, timedelta

from django import forms

from compliance import cases
from compliance.boxes import Form
from compliance.enums import Priority
from compliance.models import Case, User
from compliance.roles import Role

LOOKED_AT_WITHIN = timedelta(hours=24)


class IncidentForm(Form):
    """What happened, in the words of whoever saw it."""

    what = forms.CharField(
        label="What happened?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="A letter to the wrong address, a lost phone, a call that felt wrong, a screen somebody saw. Say when.",
        error_messages={"required": "Say in a sentence what happened."},
    )


def report(*, what: str, by: User, now: datetime) -> Case:
    """Open it as urgent work of the privacy officer, due within a day."""
    return cases.open_case(
        kind="incident",
        summary=what,
        by=by,
        now=now,
        team=Role.PRIVACY_OFFICER,
        priority=Priority.URGENT,
        due_at=now + LOOKED_AT_WITHIN,
    )
