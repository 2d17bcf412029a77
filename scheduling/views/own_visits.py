"""All visits of a patient, on one page."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.access import requires
from scheduling import in_closed
from scheduling.own_visits import OwnVisits, looked
from scheduling.views.charts import banner_for

PAGE = 25  # past visits


@requires("scheduling.view_schedule")
@require_safe
def of_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """What is coming, what is to be booked again, what was (`?page=`). As a fragment `?next=1` is only the next three."""
    own = OwnVisits(patient_id, user=request.user, now=timezone.now())  # type: ignore[arg-type]
    page = Paginator(own.past(), PAGE).get_page(request.GET.get("page"))
    ahead = list(own.coming())
    in_closed.say(ahead)
    context = {
        "banner": banner_for(request, patient_id),
        "patient_id": patient_id,
        "ahead": looked(ahead),
        "lost": looked(own.lost()),
        "past": looked(page.object_list),
        "page": page,
        "may_book": request.user.may("scheduling.book_appointment"),
        "may_move": request.user.may("scheduling.move_appointment"),
    }
    part = ("#next" if "next" in request.GET else "#visits") if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"scheduling/of_patient.html{part}", context)
