"""Several visits booked in one act: two in a row for a patient, or a family one after the other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from compliance.access import requires
from compliance.audit import reads
from patients import names, search
from patients.enums import ContactSystem
from patients.models import Patient
from patients.names import listed
from scheduling import booking, kinds, together
from scheduling.forms import Slot
from scheduling.openings import Opening
from scheduling.together import Part
from scheduling.together_forms import AGAIN, MOST, ChainForm, EachForm, PartForm, TogetherForm, chain_text, part_forms
from scheduling.views.charts import banner_for, patient_of


@dataclass
class _Asked:
    """What the page asks for: the form of days, the parts with whose they are, and as the domain takes them."""

    form: TogetherForm
    forms: list[PartForm]
    patients: dict[UUID, Patient]

    @property
    def is_complete(self) -> bool:
        """Whether times can be looked for."""
        return self.form.is_valid() and all(form.is_valid() and self.whose(form) for form in self.forms)

    def whose(self, form: PartForm) -> Patient | None:
        """Whose visit a part is; None for somebody who is not there for the user."""
        try:
            return self.patients.get(UUID(str(form["patient"].value())))
        except ValueError:
            return None

    def rows(self) -> list[tuple[PartForm, str]]:
        """Each part with the name that stands over it."""
        return [(form, listed(patient) if (patient := self.whose(form)) else names.UNKNOWN) for form in self.forms]

    def parts(self) -> list[Part]:
        """As `together` takes them."""
        seen = kinds.seen_among(self.patients, now=timezone.now())
        return [self._part(form, seen) for form in self.forms]

    def _part(self, form: PartForm, seen: set[UUID]) -> Part:
        said, patient = form.cleaned_data, self.patients[form.cleaned_data["patient"]]
        whoever = [said["provider"]] if said["provider"] else form.offered.providers.values()
        is_new = patient.pk not in seen
        return Part(patient, said["visit_type"].as_for(new_patient=is_new), tuple(whoever), is_new=is_new)


@requires("scheduling.book_appointment")
@require_http_methods(["GET", "POST"])
def book_together(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Find times that follow each other, and book all of them or none. The address says what is asked, without names."""
    patient_of(request, patient_id)
    asked = _asked(request, patient_id)
    if "chain" in request.POST:
        return _book(request, patient_id, asked)
    return _page(request, patient_id, asked, **_somebody(request, asked))


def _asked(request: HttpRequest, patient_id: UUID) -> _Asked:
    forms = part_forms(request.GET, patient_id, user=request.user)
    wanted = {text for form in forms if (text := str(form["patient"].value()))}
    rows = Patient.objects.visible_to(request.user).filter(pk__in=[one for one in wanted if _is_id(one)]).with_names()
    patients = {row.pk: row for row in rows}
    for pk in patients:
        reads.opens_chart_of(pk)
    return _Asked(TogetherForm(request.GET), forms, patients)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _book(request: HttpRequest, patient_id: UUID, asked: _Asked) -> HttpResponse:
    form = ChainForm(request.POST, user=request.user)
    if not form.is_valid():
        problem = next(iter(form.errors.get("chain", ())), "")
        return _page(request, patient_id, asked, status=422, problem=problem, chosen=form)
    slots = form.cleaned_data["chain"]
    if not asked.is_complete or len(slots) != len(asked.forms):
        return _page(request, patient_id, asked, status=422, problem=AGAIN, chosen=form)
    parts, times = asked.parts(), [(slot.provider, slot.starts_at) for slot in slots]
    each = _each(request, parts)
    if "others" in request.POST:
        return _page(request, patient_id, asked, chosen=form, each=each)
    if not all(one.is_valid() for one in each):
        return _asks(request, patient_id, asked, form, each, status=422)
    if not form.cleaned_data["asked"] and any(part.visit_type.preparation for part in parts):
        return _asks(request, patient_id, asked, form, each, status=200)
    said, details = [one.details() for one in each], {"reason": form.cleaned_data["reason"]}
    try:
        visits = together.book(parts, times, said, by=request.user, now=timezone.now(), **details)
    except booking.SlotTaken:
        problem = "One of these times was just taken, so that none is booked. These are free now."
        return _page(request, patient_id, asked, status=409, problem=problem, chosen=form, each=each)
    except together.Warned as warned:
        each = _each(request, parts, warned.busy)
        return _asks(request, patient_id, asked, form, each, status=409, busy=warned.busy)
    except (booking.OutsideHours, booking.NotSchedulable) as refused:
        problem = f"{refused} None is booked."
        return _page(request, patient_id, asked, status=422, problem=problem, chosen=form, each=each)
    for visit in visits:
        messages.success(request, f"Booked {_clock(visit)}.", extra_tags=f"undo-visit:{visit.pk}")
    return redirect("scheduling:of_patient", patient_id)


def _each(request: HttpRequest, parts: Sequence[Part], busy: Collection[int] = ()) -> list[EachForm]:
    numbered = enumerate(parts, 1)
    return [EachForm(request.POST, prefix=str(n), kind=part.visit_type, is_busy=n in busy) for n, part in numbered]


def _asks(
    request: HttpRequest,
    patient_id: UUID,
    asked: _Asked,
    form: ChainForm,
    each: Sequence[EachForm],
    *,
    status: int,
    busy: Mapping[int, booking.PatientBusy] | None = None,
) -> HttpResponse:
    """What is to be said of each visit before they are booked: what of its preparation is there, and that it is meant."""
    slots = form.cleaned_data["chain"]
    lines = [
        {"name": name, "slot": slot, "form": one, "busy": (busy or {}).get(n)}
        for n, ((_, name), slot, one) in enumerate(zip(asked.rows(), slots, each, strict=True), 1)
    ]
    context = {
        "banner": banner_for(request, patient_id),
        "patient_id": patient_id,
        "lines": lines,
        "zone": slots[0].zone,  # all are at one place
        "form": form,
        "is_refused": status != 200,
    }
    return render(request, "scheduling/together_asks.html", context, status=status)


def _clock(visit: Any) -> str:
    here = visit.starts_at.astimezone(ZoneInfo(visit.location.time_zone))
    return f"{here:%-I:%M %p} with {visit.provider}"


def _somebody(request: HttpRequest, asked: _Asked) -> dict[str, Any]:
    """Who may be added: by what is typed, or who shares a phone number. Posted, so that no name is in an address."""
    if "household" in request.POST:
        return {"found": _household(request, asked), "none": "Nobody else has this phone number on file."}
    text = request.POST.get("q", "").strip()
    if not text:
        return {}
    found = search.find(text, user=request.user)
    return {"found": _rows(found.patients, asked), "text": text, "none": "Nobody else was found."}


def _household(request: HttpRequest, asked: _Asked) -> list[tuple[Patient, str]]:
    first = next(iter(asked.patients.values()))
    numbers = [row.value for row in first.contacts.filter(system=ContactSystem.PHONE)[:2]]
    found = {row.pk: row for number in numbers for row in search.by_phone(number, user=request.user)}
    return _rows(found.values(), asked)


def _rows(found: Any, asked: _Asked) -> list[tuple[Patient, str]]:
    return [(patient, listed(patient)) for patient in found if patient.pk not in asked.patients]


def _page(request: HttpRequest, patient_id: UUID, asked: _Asked, *, status: int = 200, **more: Any) -> HttpResponse:
    chains, why = ([], []) if not asked.is_complete else _found(request, asked)
    context = {
        "banner": banner_for(request, patient_id),
        "patient_id": patient_id,
        "asked": asked,
        "rows": asked.rows(),
        "days": _by_day(chains, asked),
        "number": len(chains),
        "reasons": why,
        "may_add": len(asked.forms) < MOST,
        "chosen": ChainForm(user=request.user),
        **more,
    }
    return render(request, "scheduling/together.html", context, status=status)


def _found(request: HttpRequest, asked: _Asked) -> tuple[list[list[Opening]], list[str]]:
    parts = asked.parts()
    like = asked.form.search(asked.forms[0], by=request.user)
    found = together.first(parts, like, now=timezone.now(), one_provider=asked.form.cleaned_data["one_provider"])
    return found.chains, found.reasons


def _by_day(chains: Sequence[Sequence[Opening]], asked: _Asked) -> list[tuple[date, list[tuple[list[Any], str]]]]:
    """Chains by the local day they begin on: what each button says, and what it carries."""
    given = [asked.whose(form) for form in asked.forms]
    said = [
        ([(one, names.called(patient) if patient else "") for one, patient in zip(chain, given, strict=True)], _text(chain))
        for chain in chains
    ]
    return [(day, list(rows)) for day, rows in groupby(said, key=_day)]


def _day(row: tuple[list[Any], str]) -> date:
    return timezone.localtime(row[0][0][0].starts_at).date()


def _text(chain: Sequence[Opening]) -> str:
    return chain_text([Slot(one.provider, one.starts_at) for one in chain])
