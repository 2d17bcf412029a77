"""Forms of insurance. Sentences say what to do; an empty box means not known, never 0."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from compliance.boxes import Form, VersionField
from insurance import eligibility
from insurance.enums import Method, Network, SubscriberRelationship
from insurance.models import Coverage, Payer
from patients.file_types import LARGEST

YES_NO_UNKNOWN = [("", "Not known"), ("yes", "Yes"), ("no", "No")]
DAY = forms.DateInput(attrs={"type": "date"})


class AmountField(forms.CharField):
    """Dollars; empty is not known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=14, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def clean(self, value: Any) -> Decimal | None:
        """Raises ValidationError with an example."""
        try:
            return eligibility.amount(super().clean(value))
        except ValueError as error:
            raise ValidationError("Enter dollars and cents, like 25 or 1,250.00, or leave it empty.") from error


class KnownField(forms.ChoiceField):
    """Yes, no, or not known: True, False, None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=YES_NO_UNKNOWN, required=False, widget=forms.RadioSelect, **options)

    def clean(self, value: Any) -> bool | None:
        """None for not known."""
        return {"yes": True, "no": False}.get(super().clean(value))


class CoverageForm(Form):
    """One coverage. The member id is typed as on the card; letters stay."""

    payer = forms.ModelChoiceField(
        Payer.objects.none(), empty_label="Choose", error_messages={"required": "Choose the insurer."}
    )
    plan_name = forms.CharField(label="Plan", required=False, max_length=120)
    member_id = forms.CharField(
        label="Member ID",
        max_length=40,
        help_text="As on the card",
        error_messages={"required": "Enter the member ID from the card."},
    )
    group_id = forms.CharField(label="Group number", required=False, max_length=40)
    relationship = forms.ChoiceField(label="The patient is the subscriber's", choices=SubscriberRelationship)
    subscriber_name = forms.CharField(required=False, max_length=200, help_text="When the patient is not the subscriber")
    priority = forms.TypedChoiceField(
        label="Billed", coerce=int, choices=[(1, "First"), (2, "Second"), (3, "Third")], initial=1
    )
    starts_on = forms.DateField(label="Starts on", required=False, widget=DAY)
    ends_on = forms.DateField(label="Ends on", required=False, widget=DAY)

    def __init__(self, *args: Any, payers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payer"].queryset = payers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The last day lies after the first; a dependent has a subscriber."""
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "The last day must be on or after the first.")
        if data.get("relationship") not in (None, SubscriberRelationship.SELF) and not data.get("subscriber_name"):
            self.add_error("subscriber_name", "Enter the subscriber's name as on the card.")
        return data


class CheckForm(Form):
    """What a payer said about one day of service."""

    marks_needed = ("serviced_on", "method")  # so few that they are marked, and not all the others

    coverage = forms.ModelChoiceField(Coverage.objects.none(), widget=forms.HiddenInput)
    serviced_on = forms.DateField(
        label="Date of the visit", widget=DAY, error_messages={"required": "Enter the date of the visit."}
    )
    method = forms.ChoiceField(label="Asked by", choices=[c for c in Method.choices if c[0] != Method.EDI])
    is_in_force = KnownField(label="In force on that date")
    copay = AmountField(label="Copay")
    deductible_total = AmountField(label="Deductible, whole year")
    deductible_remaining = AmountField(label="Deductible remaining")
    network = forms.ChoiceField(choices=Network, required=False)
    needs_authorization = KnownField(label="Authorization needed")
    needs_referral = KnownField(label="Referral needed")
    representative = forms.CharField(
        label="Spoke with", required=False, max_length=120, help_text="Needed when you phoned the payer"
    )
    reference = forms.CharField(label="Reference number", required=False, max_length=60)
    note = forms.CharField(required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, coverages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coverage"].queryset = coverages  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What remains cannot be more than the whole; a phone call has somebody's name."""
        data = super().clean() or {}
        total, remaining = data.get("deductible_total"), data.get("deductible_remaining")
        if total is not None and remaining is not None and remaining > total:
            self.add_error("deductible_remaining", "What remains cannot be more than the whole deductible.")
        if data.get("method") == Method.PHONE and not data.get("representative"):
            self.add_error("representative", "Enter who told you, so that the practice can refer to it.")
        return data

    def details(self) -> dict[str, Any]:
        """What goes into the check beside its own arguments; an empty text is not known."""
        asked = ("serviced_on", "method", "is_in_force", "coverage")
        return {
            name: value if value != "" or name == "network" else None
            for name, value in self.cleaned_data.items()
            if name not in asked
        }


class EndForm(Form):
    """The last day of a coverage."""

    version = VersionField()
    on = forms.DateField(
        label="Last day",
        widget=DAY,
        help_text="Visits up to this day stay covered.",
        error_messages={"required": "Enter the last day of this insurance."},
    )


class CardForm(Form):
    """A picture or a scan of the insurance card."""

    card = forms.FileField(
        label="Picture of the card",
        help_text="JPEG, PNG or PDF",
        error_messages={"required": "Choose the picture of the card.", "empty": "This file is empty. Choose another one."},
    )

    def clean_card(self) -> Any:
        """Not larger than a document may be: said before it is read."""
        if self.cleaned_data["card"].size > LARGEST:
            raise ValidationError(f"The picture is larger than {LARGEST // 2**20} MB. Take it with fewer pixels.")
        return self.cleaned_data["card"]
