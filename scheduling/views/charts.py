"""What the views of visits share: finding permitted rows, the banner."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from compliance.audit import reads
from compliance.posts import way_back
from patients.banner import Banner, banner_of
from patients.models import Patient
from scheduling.models import Appointment


def patient_of(request: HttpRequest, patient_id: UUID) -> Patient:
    """A patient whose chart is opened."""
    return _opened(Patient.objects.visible_to(request.user), patient_id)


def _opened(rows: QuerySet[Patient], patient_id: UUID) -> Patient:
    patient = get_object_or_404(rows, pk=patient_id)
    reads.opens_chart_of(patient.pk)
    return patient


def visit_of(request: HttpRequest, visit_id: UUID) -> Appointment:
    """A visit on a calendar that is open to the user. Its patient's chart is opened by it.

    What few visits have is fetched beside: with ten tables in one statement, planning it took longer than all the rest.
    """
    rows = Appointment.objects.visible_to(request.user).prefetch_related("room", "booked_by", "rescheduled_from")
    rows = rows.select_related("patient", "provider__resource", "visit_type", "location")
    visit = get_object_or_404(rows, pk=visit_id)
    reads.opens_chart_of(visit.patient_id)
    return visit


def banner_for(request: HttpRequest, patient_id: UUID) -> Banner:
    """Two identifiers and more, for every page that acts on the patient."""
    rows = Patient.objects.visible_to(request.user).with_names().prefetch_related("contacts")
    return banner_of(_opened(rows, patient_id), today=timezone.localdate())


def next_of(request: HttpRequest) -> str:
    """Where a form of this page leads back to: the page whose panel it fills, or what `next` says."""
    if request.htmx:  # type: ignore[attr-defined]
        return request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    return (request.POST or request.GET).get("next", "")


def led_back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To where a form stood, after it was done: from a panel, to the page beside which it is open."""
    back = way_back(request, otherwise)
    return HttpResponseClientRedirect(back) if request.htmx else redirect(back)  # type: ignore[attr-defined]


def allowed(request: HttpRequest, *names: str) -> dict[str, Any]:
    """`may_<verb>` for a template, of permissions of scheduling."""
    return {f"may_{name.split('_')[0]}": request.user.may(f"scheduling.{name}") for name in names}


def in_short(visit: Appointment) -> str:
    """When, on the clock of its place, and with whom, for a sentence about one's own act: no patient is named."""
    here = visit.starts_at.astimezone(ZoneInfo(visit.location.time_zone))
    year = f" {here.year}" if here.year != timezone.localdate().year else ""
    return f"{here:%a, %b %-d}{year}, {here:%-I:%M %p} with {visit.provider}"
