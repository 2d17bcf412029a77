"""The audit jobs on a page, and the way for everybody to say that something went wrong."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from compliance import checks as audit_jobs
from compliance import incidents
from compliance import report as evaluation
from compliance.access import requires
from compliance.audit import roots
from compliance.incidents import IncidentForm


@requires("compliance.view_checks")
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """What the portal looks at by itself: last run, result, next run; and up to when the trail is proven."""
    context = {
        "standings": audit_jobs.standings(now=timezone.now()),
        "root": roots.last(request.practice.pk),
    }
    return render(request, "compliance/checks.html", context)


@requires("compliance.view_checks")
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Each rule with pass, fail or "by the practice", from live data; it prints."""
    return render(request, "compliance/report.html", {"lines": evaluation.lines(request.practice, now=timezone.now())})


@requires("compliance.report_incident")
@require_http_methods(["GET", "HEAD", "POST"])
def report_incident(request: HttpRequest) -> HttpResponse:
    """Something went wrong (164.308(a)(6)): a sentence is enough, the privacy officer has it at once."""
    form = IncidentForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "compliance/incident.html", {"form": form}, status=422 if form.is_bound else 200)
    incidents.report(what=form.cleaned_data["what"], by=request.user, now=timezone.now())
    messages.success(request, "The privacy officer has your report. Thank you: it is right to tell.")
    return redirect("desk:home")
