"""Who saw and did what. Patients stand by MRN; a name is revealed by an act of its own, which is recorded."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from compliance.access import requires
from compliance.audit import events, roots
from compliance.models import AuditEvent
from compliance.models.audit import AuditEventQuerySet
from secretary_portal.desk import disclosure, trail
from secretary_portal.desk.audit_forms import AuditFilterForm


@requires("compliance.view_audit")
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The trail of the practice, filtered by the query string; it holds opaque ids and days, nothing else."""
    return _page(request, AuditEvent.objects.visible_to(request.user), "desk/audit.html", is_own=False)


@requires("compliance.view_audit")
@require_safe
def sign_ins(request: HttpRequest) -> HttpResponse:
    """When the practice's own people signed in, and from where."""
    events.record("audit.read", action=events.READ, by=request.user, body={"filters": ["sign-ins"]})
    lines, after = trail.sign_ins(after=request.GET.get("after", ""))
    return render(request, "desk/sign_ins.html", {"lines": lines, "after": after})


@requires("compliance.view_own_events")
@require_safe
def own_events(request: HttpRequest) -> HttpResponse:
    """What one did oneself."""
    return _page(request, AuditEvent.objects.visible_to(request.user).own(request.user), "desk/audit.html", is_own=True)


@requires("compliance.view_audit")
@require_POST
def reveal(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The name behind an MRN, once."""
    name = trail.reveal_name(patient_id, by=request.user)
    if name is None:
        raise Http404
    return render(request, "desk/audit_name.html", {"name": name, "patient": patient_id})


@requires("compliance.view_audit")
@require_safe
def of_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Who opened one patient's record, day by day, to be printed for her. She stands by her MRN."""
    zone = ZoneInfo(request.practice.time_zone)
    lines = disclosure.of(patient_id, zone=zone, by=request.user)
    if lines is None:
        raise Http404
    return render(request, "desk/audit_of_patient.html", {"lines": lines, "mrn": trail.mrn_of(patient_id)})


def _page(request: HttpRequest, rows: AuditEventQuerySet, template: str, *, is_own: bool) -> HttpResponse:
    form = AuditFilterForm(request.GET)
    form.is_valid()
    filters = form.filters()
    trail.record_reading(filters, by=request.user)
    wanted = filters.of(rows, ZoneInfo(request.practice.time_zone))
    found = trail.page(wanted, by=request.user, after=request.GET.get("after", ""))
    query = request.GET.copy()
    query["after"] = found.after or ""
    context = {
        "page": found,
        "form": form,
        "is_own": is_own,
        "filters": filters,
        "next": f"?{query.urlencode()}" if found.after else "",
        "root": roots.last(request.practice.pk),
    }
    return render(request, template, context, status=422 if form.errors else 200)
