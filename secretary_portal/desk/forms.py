"""Forms of the desk."""

from typing import Any
from zoneinfo import available_timezones

from django import forms

from compliance.boxes import Form
from compliance.models import User

AS_THE_COMPUTER = "auto"
THEMES = [(value or AS_THE_COMPUTER, label) for value, label in User.Theme.choices]
COMMON_ZONES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Mountain, Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "Asia/Manila": "Manila",
}


class SettingsForm(Form):
    """How the portal looks and answers to one person."""

    theme = forms.TypedChoiceField(
        label="Colors", choices=THEMES, coerce=lambda said: "" if said == AS_THE_COMPUTER else said, widget=forms.RadioSelect
    )
    time_zone = forms.ChoiceField(
        label="Your time zone",
        required=False,
        help_text="Times are always the practice's. With your zone chosen, yours stands beside it where they differ.",
    )
    single_keys = forms.BooleanField(
        label="Single-key shortcuts",
        required=False,
        help_text="Turn them off if you use speech input, or press keys by accident. Ctrl K works either way.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = sorted(name for name in available_timezones() if "/" in name and name not in COMMON_ZONES)
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", "The same as the practice's"),
            ("Often", list(COMMON_ZONES.items())),
            ("All", [(name, name.replace("_", " ")) for name in others]),
        ]
