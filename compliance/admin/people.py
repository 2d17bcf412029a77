"""Who works here: memberships, invitations, certificates, and the agreement that everybody signs."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from compliance import admission, invitation_mail, people
from compliance.admin_forms import Deed, PracticeForm, Refused
from compliance.models import Agreement, Certificate, Invitation, Membership, User
from compliance.practice_admin import PracticeAdmin
from compliance.reauthentication import Confirmed
from compliance.roles import Role

CHANGE_PEOPLE = "compliance.change_people"
REASON_LONGEST = 1500
SANCTION = "Sanction: end every role of hers here"


@admin.register(Agreement)
class AgreementAdmin(PracticeAdmin):
    """What everybody signs before she works here."""

    group, place, heading, one = "People and roles", 40, "Agreement", "version of the agreement"
    add_words = "Publish a new version"
    about = "The confidentiality agreement that everybody signs. A new version has to be signed by all, also by you."
    changed_by = "compliance.publish_agreement"
    can_change = can_delete = False
    fields = ("text",)
    list_display = ("version_number", "published_at")
    ordering = ("-number",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The newest version, to be changed into the next."""
        return {"text": admission.current_agreement().text}

    @admin.display(description="Version")
    def version_number(self, row: Agreement) -> str:
        """Versions are numbered."""
        return f"Version {row.number}"

    def add_row(self, row: Agreement, form: Any, *, by: Any) -> None:
        """Published at once."""
        admission.publish_agreement(form.cleaned_data["text"], now=timezone.now(), by=by)

    def said_after_adding(self, row: Agreement) -> str:
        """What it means for everybody."""
        return "Published. Everybody who works here signs it before going on."


def _end(membership: Membership, request: HttpRequest) -> str:
    try:
        left = people.end(membership, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except people.OwnRole as own:
        raise Refused(None, "You cannot end your own membership. Ask another practice admin.") from own
    except people.EndedAlready as ended:
        raise Refused(None, "This membership has ended already.") from ended
    except people.LastAdmin as last:
        raise Refused(None, "Nobody would be left to administer the practice. Invite another admin first.") from last
    role = Role(membership.role).label.lower()
    said = f"{membership.user.name} no longer works here as {role}, and is signed out everywhere."
    return f"{said} {left}" if left else said


def _sanction(membership: Membership, request: HttpRequest) -> str:
    reason = request.POST.get("said", "").replace("\x00", "").strip()
    if not 0 < len(reason) <= REASON_LONGEST:
        raise Refused(None, f"Write the reason, in up to {REASON_LONGEST:,} characters. Nothing was changed.")
    try:
        left = people.sanction(membership.user, reason=reason, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except people.OwnRole as own:
        raise Refused(None, "Nobody sanctions herself.") from own
    except people.EndedAlready as ended:
        raise Refused(None, "She no longer works here.") from ended
    except people.LastAdmin as last:
        raise Refused(None, "Nobody would be left to administer the practice. Invite another admin first.") from last
    said = f"{membership.user.name} has no role here, and is signed out everywhere. The privacy officer has the reason."
    return f"{said} {left}" if left else said


@admin.register(Membership)
class MembershipAdmin(Confirmed, PracticeAdmin):
    """Who works here, as what."""

    group, place, heading, one = "People and roles", 10, "People", "membership"
    add_words = "Invite somebody"
    about = "Who works here, in which role, and since when. A role is never changed: end it, and invite to another."
    changed_by = CHANGE_PEOPLE
    can_change = can_delete = False
    fields = ("user", "role", "starts_at", "ends_at", "approved_by", "approved_as")
    list_display = ("person", "role", "email", "starts_at", "ends_at")
    list_select_related = ("user",)
    ordering = (models.F("ends_at").desc(nulls_first=True), "user__name")
    deeds = (
        Deed("end", "End this membership", _end, lambda row: row.ends_at is None, is_grave=True),
        Deed("sanction", SANCTION, _sanction, lambda row: row.ends_at is None, is_grave=True, asks="Reason for a sanction"),
    )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """One joins by an invitation."""
        return redirect("admin:compliance_invitation_add")

    @admin.display(description="Name")
    def person(self, row: Membership) -> str:
        """The person's name."""
        return row.user.name

    @admin.display(description="E-mail")
    def email(self, row: Membership) -> str:
        """The person's address."""
        return row.user.email

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Named after the person."""
        answer = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        answer.context_data["title"] = f"{obj.user.name}, {obj.get_role_display().lower()}" if obj else "Invite"
        return answer


def _told(request: HttpRequest, email: str, sent: str) -> invitation_mail.Told:
    """Says on the next page whether the mail left."""

    def say(has_left: bool) -> None:
        if has_left:
            messages.success(request, sent)
        else:
            sentence = f"The mail server did not take the mail to {email}. Send the invitation again in a minute."
            messages.error(request, sentence)

    return say


def _send_again(invitation: Invitation, request: HttpRequest) -> str:
    sent = f"Sent again to {invitation.email}. The link works for 72 hours; the old one no longer does."
    try:
        invitation_mail.send_again(
            invitation,
            practice=request.practice,  # type: ignore[attr-defined]
            by=request.user,  # type: ignore[arg-type]
            now=timezone.now(),
            url_of=lambda secret: invitation_mail.link(request, secret),
            told=_told(request, invitation.email, sent),
        )
    except people.InvitationSpent as spent:
        raise Refused(None, "This invitation was answered meanwhile.") from spent
    return ""


class InvitationForm(PracticeForm):
    """Whom to invite, and to what."""

    class Meta:
        help_texts = {"email": "A link is sent there. It works once, for 72 hours."}

    def clean(self) -> dict[str, Any]:
        """Nobody gives herself a role, and nobody needs one twice."""
        cleaned = super().clean()
        email = User.objects.normalise(cleaned.get("email", ""))
        if email == self.request.user.email:  # type: ignore[union-attr]
            self.add_error("email", "Nobody gives herself a role. Ask another practice admin to invite you.")
        held = Membership.objects.visible_to(self.request.user).in_force(timezone.now())
        if held.filter(user__email=email, role=cleaned.get("role", "")).exists():
            self.add_error("role", "This person has that role here already.")
        return cleaned


@admin.register(Invitation)
class InvitationAdmin(Confirmed, PracticeAdmin):
    """Who was invited and has not come yet."""

    group, place, heading, one = "People and roles", 20, "Invitations", "invitation"
    add_words = "Invite somebody"
    about = "Invite everybody who is to work here. Nobody can sign in without an invitation."
    empty = "Nobody was invited yet."
    form = InvitationForm
    changed_by = CHANGE_PEOPLE
    can_change = can_delete = False
    fields = ("email", "name", "role")
    list_display = ("name", "email", "role", "standing")
    ordering = ("-created_at",)
    deeds = (Deed("send-again", "Send again", _send_again, lambda row: row.accepted_at is None),)

    @admin.display(description="Standing")
    def standing(self, row: Invitation) -> str:
        """Answered, run out, not sent, or waiting."""
        if row.accepted_at:
            return "Answered"
        if row.expires_at <= timezone.now():
            return "Run out"
        return "Waiting" if row.link_left_at else "Not sent: send it again"

    def add_row(self, row: Invitation, form: Any, *, by: Any) -> None:
        """Invite, and send the link."""
        request = form.request
        invitation_mail.invite(
            practice=request.practice,
            email=row.email,
            name=row.name,
            role=Role(row.role),
            by=by,
            now=timezone.now(),
            url_of=lambda secret: invitation_mail.link(request, secret),
            told=_told(request, row.email, f"An invitation was sent to {row.email}."),
        )

    def said_after_adding(self, row: Invitation) -> str:
        """Nothing yet: it is said when the mail was tried."""
        return ""


def _confirm(certificate: Certificate, request: HttpRequest) -> str:
    try:
        admission.confirm(certificate, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except admission.OwnCertificate as own:
        raise Refused(None, "Your own certificate is confirmed by another practice admin.") from own
    except admission.ConfirmedAlready as confirmed:
        raise Refused(None, "Somebody confirmed it meanwhile.") from confirmed
    return f"Confirmed. {certificate.user.name} may work as soon as the agreement is signed too."


@admin.register(Certificate)
class CertificateAdmin(PracticeAdmin):
    """HIPAA training that people entered; it counts once somebody looked it up."""

    group, place, heading, one = "People and roles", 30, "Training certificates", "certificate"
    about = "HIPAA training. Look each certificate up with whoever issued it, then confirm it."
    empty = "Nobody has entered a certificate yet."
    changed_by = "compliance.confirm_training"
    can_add = can_change = can_delete = False
    fields = ("user", "course", "number", "completed_on", "expires_on", "confirmed_by", "confirmed_as", "confirmed_at")
    list_display = ("person", "course", "expires_on", "standing")
    list_select_related = ("user",)
    ordering = (models.F("confirmed_at").desc(nulls_first=True), "user__name")
    deeds = (Deed("confirm", "Confirm", _confirm, lambda row: row.confirmed_at is None),)

    @admin.display(description="Name")
    def person(self, row: Certificate) -> str:
        """The person's name."""
        return row.user.name

    @admin.display(description="Standing")
    def standing(self, row: Certificate) -> str:
        """Confirmed, run out, or waiting for somebody."""
        if row.expires_on < timezone.localdate():
            return "Run out"
        return "Confirmed" if row.confirmed_at else "Waits to be confirmed"
