"""The command palette: a dialog with htmx, a page without."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from compliance.access import anywhere
from secretary_portal.desk import palette as subject

LONGEST = 100


@anywhere
@require_http_methods(["GET", "POST"])
def palette(request: HttpRequest) -> HttpResponse:
    """What was typed comes by POST, since it may be about a patient; a GET answers with all pages."""
    text = request.POST.get("text", "").strip()[:LONGEST]
    groups = subject.answers(text, request=request, now=timezone.now())
    template = "desk/palette.html#results" if request.htmx else "desk/palette.html"  # type: ignore[attr-defined]
    return render(request, template, {"groups": groups, "text": text})
