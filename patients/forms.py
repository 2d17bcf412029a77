"""Forms about patients. Sentences say what to do; what is not known stays empty."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from compliance.boxes import Form, PastedField, VersionField
from patients import phones
from patients.consent import FOR_PHONE
from patients.details import Contact, Details
from patients.enums import ContactUse, Purpose, Sex
from patients.fields import DayField, NameField, PhoneField, TextField, echo
from patients.form_details import details_from, managed
from patients.languages import LANGUAGES
from patients.states import STATES

YES_NO_UNKNOWN = [("", "Not known"), ("yes", "Yes"), ("no", "No")]
PHONE_USES = [("", "Not known"), *[(use.value, use.label) for use in ContactUse if use != ContactUse.OLD]]
PHONE_PURPOSES = [(purpose.value, purpose.label) for purpose in FOR_PHONE]


# The headings of the form about a patient, and what stands under each.
GROUPS = [
    ("Name", ["family", "given", "middle", "suffix", "preferred", "keep_earlier"]),
    ("Birth and sex", ["birth_date", "sex"]),
    ("Phone", ["phone", "phone_use", "phone_extension", "phone_for"]),
    ("Another phone", ["phone2", "phone2_use", "phone2_extension", "phone2_for"]),
    ("E-mail", ["email", "email_for"]),
    ("Address", ["line1", "line2", "city", "state", "postal_code"]),
    ("Language", ["language", "interpreter_needed"]),
    ("For the front office", ["mrn", "note", "do_not_contact"]),
]


class FindForm(Form):
    """The one box."""

    text = PastedField(label="Name, date of birth, phone or MRN", required=False, max_length=200, strip=True)


class PatientForm(Form):
    """Register and change: everything that a secretary asks. `base` is what is on file."""

    template_name = "patients/form.html"
    marks_needed: tuple[str, ...] = ("family", "given", "birth_date")  # so few that they are marked, and not all the others

    family = NameField(label="Family name", is_one_of_several=True)
    given = NameField(label="Given name", is_one_of_several=True)
    middle = NameField(label="Middle name")
    suffix = NameField(label="Suffix", help_text="Jr., III")
    preferred = NameField(label="Preferred name")
    keep_earlier = forms.BooleanField(
        label="The earlier name was right in its time: keep it, so that she is found by it", required=False
    )
    birth_date = DayField(label="Date of birth", error_messages={"required": "Enter the date of birth."})
    sex = forms.ChoiceField(choices=Sex.choices, initial=Sex.UNKNOWN)
    phone = PhoneField(label="Phone")
    phone_extension = TextField(label="Extension", max_length=10)
    phone_use = forms.ChoiceField(label="This phone is", choices=PHONE_USES, required=False)
    phone_for = forms.MultipleChoiceField(
        label="The patient allows us, on this phone, to",
        choices=PHONE_PURPOSES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    phone2 = PhoneField(label="Another phone")
    phone2_extension = TextField(label="Other extension", max_length=10)
    phone2_use = forms.ChoiceField(label="The other phone is", choices=PHONE_USES, required=False)
    phone2_for = forms.MultipleChoiceField(
        label="The patient allows us, on the other phone, to",
        choices=PHONE_PURPOSES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    email = forms.EmailField(
        label="E-mail",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Enter an e-mail address, like maria@mail.example."},
    )
    email_for = forms.BooleanField(label="The patient allows us to write to this e-mail address", required=False)
    line1 = TextField(label="Address", max_length=120)
    line2 = TextField(label="Address, second line", max_length=120)
    city = TextField(label="City", max_length=80)
    state = forms.ChoiceField(choices=[("", "Not known"), *STATES.items()], required=False)
    postal_code = forms.RegexField(
        r"^[0-9]{5}(?:-?[0-9]{4})?$",
        label="ZIP",
        required=False,
        max_length=10,
        error_messages={"invalid": "Enter a ZIP of 5 or 9 digits, like 53703 or 53703-1234."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    language = forms.ChoiceField(required=False)
    interpreter_needed = forms.ChoiceField(label="Needs an interpreter", choices=YES_NO_UNKNOWN, required=False)
    do_not_contact = forms.BooleanField(label="Do not contact this patient at all", required=False)
    mrn = TextField(label="MRN", max_length=40, help_text="Left empty, the next one is given")
    note = forms.CharField(
        required=False,
        max_length=1000,
        help_text="For the front office: best time to call, who brings her",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, base: Details | None = None, **kwargs: Any) -> None:
        self.base = base
        super().__init__(*args, initial=initial_of(base) if base else None, **kwargs)
        tag = base.language if base else ""
        known = LANGUAGES if not tag or tag in LANGUAGES else {tag: tag, **LANGUAGES}
        self.fields["language"].choices = [("", "Not known"), *known.items()]  # type: ignore[attr-defined]
        if base is None or base.name() is None:
            del self.fields["keep_earlier"]
        self.fields["birth_date"].required = base is None or base.birth_date is not None
        self.marks_needed = tuple(name for name in self.marks_needed if name != "birth_date" or self.fields[name].required)
        self._echo()

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under the headings that the page scans by."""
        return [(heading, [self[name] for name in names if name in self.fields]) for heading, names in GROUPS]

    def _echo(self) -> None:
        field = self.fields["birth_date"]
        field.widget.attrs |= {
            "hx-post": reverse("patients:read_day"),
            "hx-trigger": "change",
            "hx-target": "#birth-date-read",
            "hx-params": "birth_date,csrfmiddlewaretoken",
        }
        field.help_text = format_html("MM/DD/YYYY <output id='birth-date-read'>{}</output>", self._echoed())

    def _echoed(self) -> str:
        text = self.data.get("birth_date", "") if self.is_bound else ""
        return echo(text) if text else ""

    def clean(self) -> dict[str, Any]:
        """A name says something; an extension, a use or a consent belongs to a number."""
        data = super().clean() or {}
        if not data.get("family") and not data.get("given") and not {"family", "given"} & set(self.errors):
            self.add_error("family", "Enter the patient's family name, or the given name.")
        for phone in ("phone", "phone2"):
            if (
                not data.get(phone)
                and phone not in self.errors
                and (data.get(f"{phone}_for") or data.get(f"{phone}_extension"))
            ):
                self.add_error(phone, "Enter the number that this is allowed for.")
        if data.get("email_for") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter the address that this is allowed for.")
        return data

    def details(self) -> Details:
        """What is on file with what was typed in its place."""
        return details_from(self.cleaned_data, self.base or Details(), today=timezone.localdate())


class DeceasedForm(Form):
    """The day may be unknown."""

    version = VersionField()
    deceased_on = forms.DateField(
        label="Died on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Leave it empty when nobody knows the day",
        error_messages={"invalid": "Enter a real date, or leave it empty."},
    )

    def clean_deceased_on(self) -> date | None:
        """Not to come."""
        day = self.cleaned_data["deceased_on"]
        if day and day > timezone.localdate():
            raise ValidationError("The day must not lie in the future.")
        return day


class ConsentForm(Form):
    """One purpose, given or withdrawn."""

    purpose = forms.ChoiceField(choices=Purpose)
    is_given = forms.TypedChoiceField(choices=[("yes", "Allowed"), ("no", "Not allowed")], coerce=lambda text: text == "yes")


class UploadForm(Form):
    """One file with a title."""

    title = TextField(label="Title", max_length=200, required=True, error_messages={"required": "Say what it is."})
    file = forms.FileField(
        label="File",
        max_length=200,
        help_text="PDF, PNG, JPEG, TIFF or plain text, at most 10 MB",
        error_messages={"required": "Choose a file.", "empty": "The file is empty. Choose another."},
    )


def initial_of(details: Details) -> dict[str, Any]:
    """What the boxes show of what is on file."""
    official, usual, first, second, email, place = managed(details)
    shown: dict[str, Any] = {
        name: getattr(official, name) for name in ("family", "given", "middle", "suffix") if official is not None
    }
    shown["preferred"] = (usual.given or usual.family) if usual else None
    for prefix, contact in (("phone", first), ("phone2", second)):
        shown |= _phone_initial(prefix, contact)
    shown |= {"email": email and email.value, "email_for": bool(email and email.consents)}
    if place:
        shown |= {name: getattr(place, name) for name in ("line1", "line2", "city", "state", "postal_code")}
    shown["interpreter_needed"] = {True: "yes", False: "no", None: ""}[details.interpreter_needed]
    same = ("birth_date", "sex", "language", "do_not_contact", "mrn", "note")
    return shown | {name: getattr(details, name) for name in same}


def _phone_initial(prefix: str, contact: Contact | None) -> dict[str, Any]:
    if contact is None:
        return {}
    return {
        prefix: phones.shown(contact.value),
        f"{prefix}_extension": contact.extension,
        f"{prefix}_use": contact.use,
        f"{prefix}_for": sorted(contact.consents or ()),
    }
