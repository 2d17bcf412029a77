"""The admission area: what is missing before one may work here, and where to mend it. Membership alone opens it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from compliance import admission
from compliance.access import membership_alone, standing_of
from compliance.admission_forms import CertificateForm, SignForm


@membership_alone
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What is missing, the agreement, and the own certificates."""
    return _page(request)


@membership_alone
@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Sign the newest agreement by typing one's name."""
    form = SignForm(request.POST)
    if not form.is_valid():
        return _page(request, sign_form=form, status=422)
    try:
        admission.sign(
            admission.current_agreement(),
            number=form.cleaned_data["number"],
            by=request.user,
            name_typed=form.cleaned_data["name_typed"],
            now=timezone.now(),
        )
    except admission.NewerVersion:
        form.add_error(None, "A newer version was published meanwhile. Read it, then sign.")
        return _page(request, sign_form=form, status=409)
    except admission.SignatureRefused:
        form.add_error("name_typed", f"Type your name as it stands here: {request.user.name}.")
        return _page(request, sign_form=form, status=422)
    messages.success(request, "The agreement is signed.")
    return redirect("compliance:admission")


@membership_alone
@require_POST
def enter_certificate(request: HttpRequest) -> HttpResponse:
    """Enter an own certificate, for an admin to confirm."""
    form = CertificateForm(request.POST)
    if not form.is_valid():
        return _page(request, certificate_form=form, status=422)
    try:
        admission.enter_certificate(by=request.user, **form.cleaned_data)
    except admission.CertificateKnown:
        form.add_error("number", "You entered a certificate of this number before.")
        return _page(request, certificate_form=form, status=422)
    messages.success(request, "The certificate is entered. A practice admin confirms it.")
    return redirect("compliance:admission")


def _page(
    request: HttpRequest,
    *,
    sign_form: SignForm | None = None,
    certificate_form: CertificateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    agreement = admission.current_agreement()
    form = sign_form or certificate_form
    context: dict[str, Any] = {
        "unmet": standing_of(request.user).unmet,
        "agreement": agreement,
        "signature": admission.signature_of(request.user, agreement),
        "certificates": admission.certificates_of(request.user),
        "today": timezone.localdate(),
        "sign_form": sign_form or SignForm(initial={"number": agreement.number}),
        "certificate_form": certificate_form or CertificateForm(),
        "form": form,
    }
    return render(request, "compliance/admission.html", context, status=status)
