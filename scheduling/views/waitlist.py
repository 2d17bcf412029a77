"""The wait list: who waits, which times are free, what was offered."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.access import requires
from compliance.audit import reads
from compliance.models import Case
from compliance.posts import posted
from patients.consent import allowed_contact
from patients.enums import Purpose
from patients.models import Patient
from patients.names import listed
from scheduling import booking, lists, waitlist, wishes
from scheduling.enums_waiting import WAIT_OPEN, OfferChannel, OfferStatus, WaitStatus
from scheduling.forms import kinds
from scheduling.models import Appointment, FreedTime, Offer, Provider, Recall, WaitEntry, WaitStep
from scheduling.views.charts import banner_for, patient_of
from scheduling.views.refusals import CANNOT, in_words
from scheduling.waiting_forms import ListForm, OfferForm, RemoveForm, WishForm, as_initial, offered_by
from scheduling.waitlist import confirming, following, freed, matching, offer_work, offers
from scheduling.waitlist.free import free_of
from scheduling.waitlist.offers import NotContacted, NotOffered, OfferedAlready, WaitsNoMore

SHOWN = 50
LOOKED_AT = 60  # of who waits, on one page of why they were passed over
PURPOSE = {OfferChannel.EMAIL: Purpose.EMAIL, OfferChannel.TEXT: Purpose.TEXT}
NOT_ALLOWED = {OfferChannel.EMAIL: "The patient allows no e-mail.", OfferChannel.TEXT: "The patient allows no texts."}
NOT_MADE = {
    booking.SlotTaken: "This time was just taken.",
    NotContacted: "The patient does not wish to be contacted.",
    WaitsNoMore: "The patient was booked or taken off the list meanwhile.",
    OfferedAlready: "This time is offered to the patient already.",
}


@requires("scheduling.view_schedule")
@require_safe
def wait_list(request: HttpRequest) -> HttpResponse:
    """Free times with somebody waiting, offers to book or to make by phone, and the list itself; fifty rows."""
    said = ListForm(request.GET).said()
    rows = WaitEntry.objects.visible_to(request.user)
    rows = rows.filter(status=said["state"]) if said.get("state") in WaitStatus.values else rows.open()
    for name, column in (("kind", "visit_type"), ("provider", "provider")):
        rows = rows.filter(**{column: said[name]}) if name in said else rows
    total = rows.count()
    found = lists.reachable(rows.in_order().select_related("visit_type", "provider"))[:SHOWN]
    context = {
        "rows": [(row, listed(row.patient), wishes.in_words(row)) for row in found],
        "total": total,
        "filters": {name: str(value) for name, value in said.items()},
        "states": WaitStatus.choices,
        "kinds": kinds(request.user),
        "providers": Provider.objects.open_to(request.user).working(),
        "free": _free(request),
        "accepted": _offers(request, status=OfferStatus.ACCEPTED),
        "to_call": _offers(request, status=OfferStatus.OFFERED, case__kind=offer_work.CALL, case__closed_at=None),
        "may_work": request.user.may("scheduling.work_wait_list"),
        "may_confirm": request.user.may("scheduling.confirm_appointment"),
    }
    return render(request, "scheduling/wait_list.html", context)


@requires("scheduling.work_wait_list")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Put a patient on the list."""
    patient = patient_of(request, patient_id)
    initial = {name: request.GET[name] for name in ("visit_type", "provider") if name in request.GET}
    form = WishForm(posted(request), user=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            said = {"visit_type": form.cleaned_data["visit_type"], **form.wishes()}
            entry = waitlist.add(patient=patient, by=request.user, now=timezone.now(), **said)
        except waitlist.WaitsAlready:
            form.add_error("visit_type", "The patient waits for this kind of visit with this choice of provider already.")
        except waitlist.CannotWait as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "On the wait list.")
            return redirect("scheduling:wait_entry", entry.pk)
    context = {"form": form, "banner": banner_for(request, patient_id), "patient_id": patient_id}
    return render(request, "scheduling/wait_form.html", context, status=422 if form.is_bound else 200)


@requires("scheduling.view_schedule")
@require_safe
def entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One entry: what she wishes, what is offered to her, what happened."""
    return _entry_page(request, _entry(request, entry_id))


@requires("scheduling.work_wait_list")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Change what she wishes."""
    row = _entry(request, entry_id)
    form = WishForm(posted(request), user=request.user, initial=as_initial(row))
    del form.fields["visit_type"]
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            version = form.cleaned_data["version"] or row.version
            waitlist.change(row, form.wishes(), version=version, by=request.user, now=timezone.now())
        except waitlist.WaitsAlready:
            form.add_error("provider", "The patient waits for this kind of visit with this provider already.")
        except waitlist.Stale:
            form.add_error(None, "Somebody changed this meanwhile. Your change was not saved. Look at it again.")
            status = 409
        except waitlist.IllegalMove:
            form.add_error(None, "This entry is over and changes no more.")
        else:
            messages.success(request, "Changed.")
            return redirect("scheduling:wait_entry", row.pk)
    context = {"form": form, "banner": banner_for(request, row.patient_id), "entry": row, "patient_id": row.patient_id}
    return render(request, "scheduling/wait_form.html", context, status=status)


@requires("scheduling.work_wait_list")
@require_POST
def remove(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Take somebody off, with the reason."""
    row, form = _entry(request, entry_id), RemoveForm(request.POST)
    if not form.is_valid():
        return _entry_page(request, row, remove_form=form, status=422)
    try:
        waitlist.remove(row, by=request.user, now=timezone.now(), **form.cleaned_data)
    except waitlist.IllegalMove:
        return _entry_page(request, row, problem="This entry is over already.", status=422)
    messages.success(request, "Taken off the wait list.")
    return redirect("scheduling:wait_list")


@requires("scheduling.work_wait_list")
@require_http_methods(["GET", "HEAD", "POST"])
def matches(request: HttpRequest, freed_id: UUID) -> HttpResponse:
    """Whom a free time suits, in order, and why not the others; offering it to one or several."""
    rows = FreedTime.objects.visible_to(request.user).select_related("provider__resource", "location", "visit", "case")
    row = get_object_or_404(rows, pk=freed_id)
    form = OfferForm(posted(request), user=request.user)
    if form.is_bound and form.is_valid():
        return _offer(request, row, form)
    return _matches_page(request, row, form, status=422 if form.is_bound else 200)


@requires("scheduling.work_wait_list")
@require_POST
def answer(request: HttpRequest, offer_id: UUID, verb: str) -> HttpResponse:
    """What became of an offer: booked (said on the phone, or accepted by the link), declined, withdrawn."""
    rows = Offer.objects.visible_to(request.user).select_related(
        "entry__visit_type", "patient", "provider__resource", "location", "freed__case"
    )
    row = get_object_or_404(rows, pk=offer_id)
    reads.opens_chart_of(row.patient_id)
    try:
        return _answered(request, row, verb)
    except NotOffered as gone:
        said: dict[str, Any] = {"problem": f"This offer is over: {gone.status.label.lower()}."}
    except booking.PatientBusy as busy:
        said = _busy(row, busy.visit)
    except CANNOT as refused:
        said = {"problem": in_words(refused, row.entry.later_visit) if row.entry.later_visit else str(refused)}
        said["problem"] = said["problem"] or NOT_MADE[booking.SlotTaken]
    return _entry_page(request, _entry(request, row.entry_id), status=409, **said)


def _busy(row: Offer, visit: Appointment) -> dict[str, Any]:
    """Another visit at that time can be booked over; the very time that is offered is not booked twice."""
    if (visit.provider_id, visit.starts_at) == (row.provider_id, row.starts_at):
        return {"problem": "The patient is booked for this very time already. Withdraw the offer."}
    return {"busy": visit, "busy_offer": row.pk}


def _answered(request: HttpRequest, row: Offer, verb: str) -> HttpResponse:
    by, now = request.user, timezone.now()
    if verb == "book":
        visit = confirming.book(row, by=by, now=now, despite_overlap=request.POST.get("despite_overlap") == "yes")
        messages.success(request, "Booked.", extra_tags=f"undo-visit:{visit.pk}")
        return redirect("scheduling:visit", visit.pk)
    if verb == "decline":
        offers.decline(row, by=by, now=now)
    elif verb == "withdraw":
        offers.withdraw(row, by=by, now=now)
    else:
        raise Http404
    messages.success(request, "The patient stays on the list." if verb == "decline" else "Withdrawn.")
    return redirect("scheduling:wait_entry", row.entry_id)


def _offer(request: HttpRequest, row: FreedTime, form: OfferForm) -> HttpResponse:
    now, said = timezone.now(), form.cleaned_data
    free = free_of(row, now=now)
    until = now + timedelta(hours=said["hours"])
    how = {"channel": said["channel"], "expires_at": until, "by": request.user, "now": now, "freed": row}
    made, refused = 0, []
    for one in lists.reachable(said["entries"].select_related("visit_type", "later_visit__location")):
        if said["channel"] not in _by(one.patient):
            refused.append(NOT_ALLOWED[said["channel"]])
            continue
        found = matching.look(one, free, now=now)
        if found.starts_at is None:
            refused += found.reasons
            continue
        try:
            offers.make(one, free, found.starts_at, **how)
            made += 1
        except (booking.OutsideHours, *NOT_MADE) as error:
            refused.append(NOT_MADE.get(type(error), str(error)))
    if not made:
        return _matches_page(request, row, form, problem=" ".join(dict.fromkeys(refused)), status=409)
    messages.success(request, f"Offered to {made}. Whoever answers first gets it.")
    return redirect("scheduling:wait_matches", row.pk)


def _matches_page(request: HttpRequest, row: FreedTime, form: OfferForm, *, status: int = 200, **more: Any) -> HttpResponse:
    now = timezone.now()
    free = free_of(row, now=now)
    entries = lists.reachable(WaitEntry.objects.visible_to(request.user).select_related("provider"))
    found = [] if row.closed_at else matching.ranked(free, entries, now=now)
    ranked = [(one, listed(one.entry.patient), _by(one.entry.patient)) for one in found]
    form.ways_of([by for _, _, by in ranked])
    made = Offer.objects.visible_to(request.user).filter(freed=row).select_related("entry__visit_type", "provider")
    waiting = Paginator(matching.who_waits(free, entries), LOOKED_AT).get_page(request.GET.get("page"))
    context = {
        "freed": row,
        "waiting": waiting,
        "form": form,
        "ranked": [(one, name, [OfferChannel(way).label for way in by]) for one, name, by in ranked],
        "passed": [(one, listed(one.entry.patient)) for one in matching.passed_over(free, waiting, now=now)],
        "offers": [(one, listed(one.patient)) for one in lists.reachable(made.order_by("at", "pk"))],
        "is_out": made.out().exists(),
        **more,
    }
    return render(request, "scheduling/wait_matches.html", context, status=status)


def _by(patient: Patient) -> list[str]:
    """The ways that she allows and the portal has. Nobody is kept from being called by hand."""
    ways = [way for way, _ in offered_by()]
    return [way for way in ways if way not in PURPOSE or allowed_contact(patient, PURPOSE[OfferChannel(way)])]


def _entry(request: HttpRequest, entry_id: UUID) -> WaitEntry:
    rows = WaitEntry.objects.visible_to(request.user).select_related(
        "patient",
        "visit_type",
        "provider",
        "later_visit__provider",
        "later_visit__location",
        "booked_visit__provider",
        "booked_visit__location",
    )
    row = get_object_or_404(rows, pk=entry_id)
    reads.opens_chart_of(row.patient_id)
    return row


def _entry_page(request: HttpRequest, row: WaitEntry, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "entry": row,
        "banner": banner_for(request, row.patient_id),
        "wishes": wishes.in_words(row),
        "offers": following.offered_now(row),
        "steps": _once(row.steps.select_related("by").order_by("-at", "-pk")),
        "is_open": row.status in WAIT_OPEN,
        "may_work": request.user.may("scheduling.work_wait_list"),
        "remove_form": RemoveForm(),
        **more,
    }
    return render(request, "scheduling/wait_entry.html", context, status=status)


def _once(steps: Iterable[WaitStep]) -> list[WaitStep]:
    """What an offer did together with its entry is told once."""
    told = {(one.offer_id or one.pk, one.to_status, one.code): one for one in steps}
    return list(told.values())


def _free(request: HttpRequest) -> list[FreedTime]:
    rows = FreedTime.objects.visible_to(request.user).filter(closed_at__isnull=True, ends_at__gt=timezone.now())
    return list(rows.select_related("provider", "location").order_by("starts_at", "pk")[:SHOWN])


def _offers(request: HttpRequest, **so: str | None) -> list[tuple[Offer, str]]:
    rows = Offer.objects.visible_to(request.user).filter(**so)
    found = lists.reachable(rows.select_related("provider", "location").order_by("starts_at", "pk"))[:SHOWN]
    return [(row, listed(row.patient)) for row in found]


@requires("scheduling.work_wait_list")
@require_POST
def settle(request: HttpRequest, freed_id: UUID) -> HttpResponse:
    """Nobody of the list is wanted for this time: its work is done."""
    row = get_object_or_404(FreedTime.objects.visible_to(request.user).select_related("case"), pk=freed_id)
    freed.settle(row, now=timezone.now(), why="Not offered.")
    messages.success(request, "Done. The time stays free.")
    return redirect("scheduling:wait_list")


@requires("scheduling.view_schedule")
@require_safe
def of_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """From a piece of work to the page on which it is done."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=case_id)
    offer = Offer.objects.visible_to(request.user).filter(case=case).first()
    recall = Recall.objects.visible_to(request.user).filter(case=case).first()
    free = FreedTime.objects.visible_to(request.user).filter(case=case).first()
    if offer is not None:
        return redirect("scheduling:wait_entry", offer.entry_id)
    if recall is not None:
        return redirect("scheduling:recall", recall.pk)
    if free is not None:
        return redirect("scheduling:wait_matches", free.pk)
    return redirect("compliance:case", case.pk)
