"""The people of a practice: who belongs to it and what each lacks; inviting, confirming training, ending."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from compliance import admission, invitation_mail, people, reauthentication, roster
from compliance.access import requires
from compliance.models import Certificate, Membership
from compliance.people_forms import InviteForm
from compliance.reauthentication import confirmed
from compliance.roles import Role


@requires("compliance.view_people")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Members, certificates to confirm, open invitations."""
    return page(request)


@requires("compliance.change_people")
@require_POST
@confirmed("compliance:people")
def invite(request: HttpRequest) -> HttpResponse:
    """Invite one person to one role, by e-mail. What the page says is the same for whoever has an account."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return page(request, form=form, status=422)
    said = form.cleaned_data
    try:
        invitation_mail.invite(
            practice=request.practice,
            email=said["email"],
            name=said["name"],
            role=Role(said["role"]),
            by=request.user,
            now=timezone.now(),
            url_of=lambda secret: invitation_mail.link(request, secret),
            told=_told(request, said["email"]),
        )
    except people.OwnRole:
        form.add_error("email", "This is your own e-mail. Another practice admin changes what you may do.")
        return page(request, form=form, status=422)
    return redirect("compliance:people")


@requires("compliance.confirm_training")
@require_POST
def confirm_certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Confirm somebody else's certificate."""
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user).select_related("user"), pk=certificate_id)
    try:
        admission.confirm(certificate, by=request.user, now=timezone.now())
    except admission.OwnCertificate:
        return page(request, alert="Nobody confirms her own training: another practice admin does.", status=422)
    except admission.ConfirmedAlready:
        return page(request, alert="Somebody confirmed this certificate before you.", status=409)
    messages.success(request, f"The training of {certificate.user.name} is confirmed.")
    return redirect("compliance:people")


@requires("compliance.change_people")
@require_POST
@confirmed("compliance:people")
def end_membership(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """End a membership, and with it every session of the person."""
    membership = get_object_or_404(Membership.objects.visible_to(request.user).select_related("user"), pk=membership_id)
    try:
        left = people.end(membership, by=request.user, now=timezone.now())
    except people.OwnRole:
        return page(request, alert="Nobody ends her own membership: another practice admin does.", status=422)
    except people.LastAdmin:
        sentence = "This is the last practice admin. Invite another one first, then end this membership."
        return page(request, alert=sentence, status=422)
    except people.EndedAlready:
        return page(request, alert="This membership ended before.", status=409)
    role = Role(membership.role).label
    messages.success(request, f"{membership.user.name} is no longer {role} here, and is signed out everywhere.")
    if left:
        messages.info(request, str(left))
    return redirect("compliance:people")


def _told(request: HttpRequest, email: str) -> invitation_mail.Told:
    """Says on the next page whether the mail left."""

    def say(has_left: bool) -> None:
        if has_left:
            messages.success(request, f"The invitation is on its way to {email}. It can be used for 72 hours.")
        else:
            sentence = f"The mail server did not take the mail to {email}. Send the invitation again in a few minutes."
            messages.error(request, sentence)

    return say


def page(request: HttpRequest, *, form: InviteForm | None = None, alert: str = "", status: int = 200) -> HttpResponse:
    """The page, with a form that failed or a sentence that says what was refused."""
    now = timezone.now()
    is_proven = reauthentication.recently(request)
    context = {
        "members": roster.members(request.user, now=now),
        "certificates": roster.certificates_to_confirm(request.user),
        "resets": roster.open_resets(request.user, now=now),
        "invitations": roster.open_invitations(request.user, now=now),
        "form": form or InviteForm(),
        "alert": alert,
        "may_change": request.user.may("compliance.change_people"),
        "confirm_at": "" if is_proven else reauthentication.asked_at(request, back=reverse("compliance:people")),
        "may_reset": request.user.may("compliance.ask_factor_reset"),
        "may_confirm": request.user.may("compliance.confirm_training"),
    }
    return render(request, "compliance/people.html", context, status=status)
