"""Long work: what runs, how far it is, what came of it. A page that was left is found again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance import jobs as progress
from compliance.access import requires
from compliance.models import Job

SHOWN = 50


@requires("compliance.view_job")
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """The newest jobs of the practice."""
    rows = Job.objects.visible_to(request.user).select_related("started_by").order_by("-created_at", "-pk")[:SHOWN]
    now = timezone.now()
    return render(request, "compliance/jobs.html", {"jobs": [progress.seen(job, now=now) for job in rows], "shown": SHOWN})


@requires("compliance.view_job")
@require_safe
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """One job. While it is under way the page asks for its progress every two seconds."""
    row = get_object_or_404(Job.objects.visible_to(request.user).select_related("started_by"), pk=job_id)
    template = "compliance/job.html#progress" if request.htmx else "compliance/job.html"
    return render(request, template, {"seen": progress.seen(row, now=timezone.now())})
