"""What a practice admin sets up of insurance."""

from django import forms
from django.contrib import admin

from compliance.admin_forms import LinesField, PracticeForm
from compliance.admin_lists import holds
from compliance.practice_admin import PracticeAdmin
from insurance import payers
from insurance.models import Payer


class PayerForm(PracticeForm):
    """An insurer; its ids one on each line."""

    payer_ids = LinesField(
        each=60,
        label="Payer ids",
        required=False,
        help_text="One on each line: the clearinghouse, a colon, the id. Each clearinghouse has its own.",
    )

    portal_url = forms.URLField(label="Website for providers", required=False, assume_scheme="https")


@admin.register(Payer)
class PayerAdmin(PracticeAdmin):
    """Insurers."""

    group, place, heading, one = "Insurers", 10, "Insurers", "insurer"
    about = "Who pays. Secretaries choose from this list when they enter a patient's card."
    empty = "No insurers yet. Add those that most of your patients have."
    form = PayerForm
    changed_by = "insurance.change_payer"
    writer = payers
    fields = ("name", "phone", "portal_url", "payer_ids", "is_active")
    in_use = holds("In use", "is_active")
    list_display = ("name", "phone_shown", "in_use")
    ordering = ("name",)

    @admin.display(description="Provider line")
    def phone_shown(self, row: Payer) -> str:
        """As one dials it."""
        return row.phone.as_national if row.phone else ""
