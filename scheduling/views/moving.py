"""Moving a visit: to a time of the finder, or to one that was chosen before, confirmed by one key."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from compliance.access import requires
from compliance.posts import with_version
from scheduling import asking, booking, obstacles, steps
from scheduling.enums import UPCOMING
from scheduling.finder_forms import asked_again
from scheduling.forms import MoveForm, Slot, read_slot
from scheduling.models import Appointment
from scheduling.views.booking import finder, instead_of
from scheduling.views.charts import banner_for, in_short, led_back, next_of, visit_of
from scheduling.views.refusals import CANNOT, in_words


@requires("scheduling.move_appointment")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Move to another time: the finder, each time a button; or one time that was chosen, to be confirmed by one key.

    Taken: 409 and the next three times; who may double-book can say why, and move it there. Stale: 409, theirs beside ours.
    In a panel what is refused is said there, about the one time.
    """
    row = visit_of(request, visit_id)
    if request.method == "GET":
        return _asked(request, row)
    form = MoveForm(request.POST, user=request.user, visit=row)
    if not form.is_valid():
        return _page(request, row, form, status=422, to=_one(request, form))
    try:
        new = booking.move(row, by=request.user, now=timezone.now(), **form.details())
    except booking.SlotTaken:
        return _taken(request, visit_of(request, visit_id), form)
    except steps.Stale as stale:
        return _overtaken(request, stale, form)
    except booking.PatientBusy as busy:
        again = MoveForm(request.POST, user=request.user, visit=row, is_busy=True)
        more = {"busy": busy, "to": form.cleaned_data["slot"]}
        return _page(request, visit_of(request, visit_id), again, status=409, **more)
    except CANNOT as refused:
        is_of_time = isinstance(refused, booking.OutsideHours | booking.NotSchedulable)
        to = _one(request, form) if is_of_time or request.htmx else None  # type: ignore[attr-defined]
        return _page(request, visit_of(request, visit_id), form, status=422, problem=in_words(refused, row), to=to)
    messages.success(request, f"Moved: {in_short(new)}.", extra_tags=f"undo-visit:{new.pk}")
    return led_back(request, reverse("scheduling:visit", args=[new.pk]))


def _taken(request: HttpRequest, row: Appointment, form: MoveForm) -> HttpResponse:
    """What takes the time, and the next ones that are free."""
    slot, kind = form.cleaned_data["slot"], form.details()["visit_type"].as_for(new_patient=row.is_new_patient)
    of_it: dict[str, Any] = {"leaving": frozenset({row.pk}), "new_patient": row.is_new_patient, "mode": row.mode}
    others = instead_of(request, slot.provider, kind, timezone.localtime(slot.starts_at).date(), **of_it)
    own: dict[str, Any] = {"mode": row.mode, "room": asking.as_it_is(row).room, "leaving": row.pk, "by": request.user}
    why = obstacles.in_words(slot.provider, slot.starts_at, kind, now=timezone.now(), **own)
    return _page(request, row, form, status=409, instead=others, to=_one(request, form), why=why)


def _one(request: HttpRequest, form: MoveForm) -> Slot | None:
    """The time that was refused, for whoever may double-book it; and in a panel, which has no room for the finder."""
    is_asked = "overbook_reason" in form.fields or request.htmx  # type: ignore[attr-defined]
    return form.cleaned_data.get("slot") if is_asked else None


def _asked(request: HttpRequest, row: Appointment) -> HttpResponse:
    """`?slot=` is the time that was chosen (dropped on the board, say), `?version=` the visit as it was seen there."""
    to = read_slot(request.GET.get("slot", ""), request.user)
    said = request.GET.get("version", "")
    version = int(said) if to and said.isascii() and said.isdigit() and len(said) < 10 else row.version
    form = MoveForm(user=request.user, visit=row, initial={"version": version})
    return _page(request, row, form, to=to)


def _overtaken(request: HttpRequest, stale: steps.Stale, form: MoveForm) -> HttpResponse:
    """Theirs beside ours. Where the visit went on as another one, theirs is that one, and ours can only be given up."""
    row = visit_of(request, stale.visit.pk)
    again = MoveForm(with_version(request.POST, row.version), user=request.user, visit=row)
    more = {"theirs": getattr(row, "rescheduled_to", row), "may_use_mine": row.status in UPCOMING}
    problem, to = in_words(stale, row), form.cleaned_data["slot"]
    return _page(request, row, again, status=409, problem=problem, to=to, **more)


def _page(request: HttpRequest, row: Appointment, form: MoveForm, *, status: int = 200, **more: Any) -> HttpResponse:
    search = asked_again(request.GET.urlencode())
    context = {
        **finder(request, like=row),
        "visit": row,
        "form": form,
        "next": next_of(request),
        "here": f"{reverse('scheduling:move', args=[row.pk])}{'?' if search else ''}{search}",
        "banner": banner_for(request, row.patient_id),
        **more,
    }
    return render(request, "scheduling/move.html", context | more, status=status)
