"""What was moved out of a closed time, to look at and to print."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from compliance.access import requires
from compliance.audit import events
from scheduling import moved
from scheduling.models import Closure
from scheduling.views.closing import words

ON_A_PAGE = 50


@requires("scheduling.move_appointment")
@require_safe
def moved_out(request: HttpRequest, closure_id: UUID) -> HttpResponse:
    """From when to when each visit was moved, and whether the patient was told. On paper all of them stand."""
    closure = _closure(request, closure_id)
    visits, is_print = moved.shown_to(request.user, closure), "print" in request.GET  # type: ignore[arg-type]
    shown = None if is_print else Paginator(visits, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = moved.look(list(visits if shown is None else shown), closure)
    context = {
        "closure": closure,
        "when": words(closure),
        "rows": rows,
        "shown": shown,
        "hidden": moved.out_of(closure).count() - visits.count(),
        "is_print": is_print,
    }
    return render(request, "scheduling/moved.html", context)


@requires("scheduling.move_appointment")
@require_POST
def print_moved(request: HttpRequest, closure_id: UUID) -> HttpResponse:
    """Printing is an act of its own: it is recorded, and leads to the page that prints itself."""
    closure = _closure(request, closure_id)
    events.record("moved_visits.printed", closure, by=request.user)  # type: ignore[arg-type]
    return redirect(f"{reverse('scheduling:moved_out', args=[closure.pk])}?print=1")


def _closure(request: HttpRequest, closure_id: UUID) -> Any:
    rows = Closure.objects.visible_to(request.user).select_related("provider", "location", "resource__location")  # type: ignore[arg-type]
    return get_object_or_404(rows, pk=closure_id)
