"""The page that takes somebody in who has no appointment."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from compliance.access import insist, requires
from compliance.posts import posted
from patients.models import Patient
from scheduling import booking, walk_ins
from scheduling.finder_forms import by_day
from scheduling.forms import WalkInForm
from scheduling.models import Appointment
from scheduling.openings import Opening
from scheduling.views.charts import banner_for, patient_of


@requires("scheduling.book_appointment")
@require_http_methods(["GET", "POST"])
def walk_in(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Today's first free times; one press books and says that she is here. Without a free time, double-booked for now."""
    insist(request.user, "scheduling.arrive_appointment")  # type: ignore[arg-type]
    patient = patient_of(request, patient_id)
    may_overbook = request.user.may("scheduling.overbook_appointment")
    form = WalkInForm(posted(request), user=request.user, may_overbook=may_overbook, initial=request.GET.dict())
    if not form.is_bound or not form.is_valid():
        return _page(request, patient, form, status=422 if form.is_bound else 200)
    now = timezone.now()
    try:
        visit = walk_ins.take_in(patient, **form.details(now=now), by=request.user, now=now)
    except walk_ins.NotToday:
        problem = "The patient is here now, and this time is another day. Choose one of today, or find another time."
        return _page(request, patient, form, status=422, problem=problem)
    except booking.SlotTaken:
        return _page(request, patient, form, status=409, problem="This time was just taken. These are free now.")
    except booking.PatientBusy as busy:
        form = WalkInForm(form.data, user=request.user, may_overbook=may_overbook, is_busy=True)
        return _page(request, patient, form, status=409, problem=str(busy), busy=busy.visit)
    except (booking.OutsideHours, booking.NotSchedulable) as refused:
        return _page(request, patient, form, status=422, problem=str(refused))
    messages.success(request, "Taken in.")
    return redirect("scheduling:visit", visit.pk)


def _meets(one: Opening, visit: Appointment) -> bool:
    return one.starts_at < visit.ends_at and one.ends_at > visit.starts_at


def _page(request: HttpRequest, patient: Patient, form: WalkInForm, *, status: int, **more: Any) -> HttpResponse:
    search = form.search(request.GET, patient)
    now = timezone.now()
    result = walk_ins.first(search, now=now) if search else None
    days, own = by_day(result.openings) if result else [], walk_ins.today_of(patient, request.user, now=now)  # type: ignore[arg-type]
    offered = [pair for _, times in days for row in times for pair in row.free]
    context = {
        "form": form,
        "banner": banner_for(request, patient.pk),
        "patient_id": patient.pk,
        "kind": search and search.visit_type,
        "result": result,
        "days": days,
        "own": own,
        "marked": {slot for one, slot in offered if any(_meets(one, visit) for visit in own)},
        **more,
    }
    return render(request, "scheduling/walk_in.html", context, status=status)
