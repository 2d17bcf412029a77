"""What is asked for when several visits are booked together; a part travels as `1-patient`, `1-visit_type`, `1-provider`."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from compliance.boxes import Form
from compliance.models import User
from scheduling.forms import Slot, WhenForm, ask_despite, ask_prepared, kinds, read_slot
from scheduling.models import Provider, VisitType
from scheduling.search import Search

NAMES = ("patient", "visit_type", "provider")
MOST = 6  # visits that are booked in one act
BETWEEN = "|"  # slots of one chain
AGAIN = "Choose the times again: these could not be read."


class Offered:
    """The kinds and providers that all parts choose from, read once."""

    def __init__(self, user: User) -> None:
        self.kinds = {str(row.pk): row for row in kinds(user)}
        self.providers = {str(row.pk): row for row in Provider.objects.open_to(user).working().select_related("resource")}


class PartForm(Form):
    """One of the visits: whose, of which kind, with whom."""

    patient = forms.UUIDField(widget=forms.HiddenInput)
    visit_type = forms.TypedChoiceField(label="Kind of visit")
    provider = forms.TypedChoiceField(label="Provider", required=False, empty_value=None)

    def __init__(self, *args: Any, offered: Offered, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offered = offered
        _choose(self.fields["visit_type"], offered.kinds)
        _choose(self.fields["provider"], offered.providers, ("", "Any provider"))


def _choose(field: Any, rows: Mapping[str, Any], *first: tuple[str, str]) -> None:
    field.choices = [*first, *((pk, str(row)) for pk, row in rows.items())]
    field.coerce = rows.__getitem__


class TogetherForm(WhenForm):
    """When they may be, and whether one provider gives all of them."""

    one_provider = forms.BooleanField(required=False, label="All with the same provider")

    def search(self, first: PartForm, *, by: User) -> Search:
        """The days that are looked at, from today on where none was given; kind and providers are each part's own."""
        said = self.cleaned_data
        return Search(
            first.cleaned_data["visit_type"],
            (),
            max(said["from_day"] or timezone.localdate(), timezone.localdate()),
            weekdays=frozenset(said["weekdays"]),
            part=said["part"],
            by=by,
        )


def part_forms(said: QueryDict, patient: UUID, *, user: User) -> list[PartForm]:
    """The parts as they stand after what was pressed: `add` one more, `without` one. At first two visits of the patient."""
    numbers = [n for n in range(1, MOST + 1) if f"{n}-patient" in said and said.get("without") != str(n)]
    rows: list[dict[str, str]] = [{name: said.get(f"{n}-{name}", "") for name in NAMES} for n in numbers]
    if not numbers:
        rows = [{"patient": str(patient)}, {"patient": str(patient)}]
    if "add" in said and len(rows) < MOST:
        rows.append({"patient": said.get("add", ""), "visit_type": rows[0].get("visit_type", "")})
    offered = Offered(user)
    for row in rows:
        row["visit_type"] = row.get("visit_type") or next(iter(offered.kinds), "")
    bound = [{f"{n}-{name}": value for name, value in row.items()} for n, row in enumerate(rows, 1)]
    return [PartForm(one, prefix=str(n), offered=offered) for n, one in enumerate(bound, 1)]


def chain_text(slots: Sequence[Slot]) -> str:
    """How a chain is written, so that one button carries it."""
    return BETWEEN.join(map(str, slots))


class ChainField(forms.CharField):
    """The slots of a chain, each on a calendar that is open to the user."""

    user: User

    def clean(self, value: Any) -> list[Slot]:
        """Raises ValidationError for a text that is none."""
        slots = [read_slot(one, self.user) for one in super().clean(value).split(BETWEEN)[: MOST + 1]]
        if None in slots:
            raise ValidationError(AGAIN)
        return [slot for slot in slots if slot]


class ChainForm(Form):
    """The times that were chosen for all parts, and what the visits are for."""

    chain = ChainField(widget=forms.HiddenInput, error_messages={"required": AGAIN})
    reason = forms.CharField(
        max_length=200, required=False, label="Reason", help_text="In the patients' words. The provider sees it."
    )
    asked = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["chain"].user = user  # type: ignore[attr-defined]


class EachForm(Form):
    """What is asked of one of the visits before it is booked, as the page of a single one asks it."""

    prepared = forms.MultipleChoiceField(required=False, label="Here already", widget=forms.CheckboxSelectMultiple)
    despite_overlap = forms.BooleanField(required=False, label="Book all the same")

    def __init__(self, *args: Any, kind: VisitType, is_busy: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        ask_prepared(self, kind)
        ask_despite(self, is_busy=is_busy)

    def details(self) -> dict[str, Any]:
        """As `together.book` takes them."""
        said = self.cleaned_data
        return {"prepared": tuple(said.get("prepared", ())), "despite_overlap": said.get("despite_overlap", False)}
