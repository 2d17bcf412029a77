"""What a practice admin sets up on the floor: the practice, its places and hours, its people and their agreement."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from compliance import admission, people, practices
from compliance.admin_forms import PracticeForm, Refused, SomeWeekdays, sentences, zone_field
from compliance.models import Agreement, Certificate, Invitation, Location, Membership, OfficeHours, Practice, User
from compliance.practice_admin import Deed, PracticeAdmin
from compliance.roles import Role
from compliance.tenancy.urls import plain_url

CHANGE_PRACTICE, CHANGE_PEOPLE = "compliance.change_practice", "compliance.change_people"


class SettingsForm(PracticeForm):
    """The practice's one row. It has no version: the values shown stand for one."""

    time_zone = zone_field()

    class Meta:
        labels = {
            "idle_minutes": "Sign out after minutes without doing anything",
            "hold_minutes": "Hold a time for minutes while on the phone",
            "no_show_grace_minutes": "A patient has not come after minutes",
            "waiting_limit_minutes": "Waiting is long after minutes",
            "eligibility_days": "An insurance check holds for days",
        }
        help_texts = {"idle_minutes": "Between 5 and 15."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = zone_field(self.instance.time_zone)

    def edition(self) -> int:
        """A number made of the settings as they stand."""
        if not hasattr(self, "_edition"):
            self._edition = practices.edition(self.instance)
        return self._edition


@admin.register(Practice)
class PracticeSettingsAdmin(PracticeAdmin):
    """The settings of the practice of the URL, and of no other."""

    group, place, heading, one = "Places and hours", 10, "Practice settings", "practice settings"
    about = "Name, phone number, time zone, and the limits that everybody works by."
    form = SettingsForm
    changed_by = CHANGE_PRACTICE
    can_add = can_delete = False
    fields = practices.SETTINGS
    ordering = ("name",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for every row of a practice."""
        return request.user.may("compliance.view_practice")  # type: ignore[union-attr]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """The practice acted in; the table itself has no wall."""
        return Practice.objects.filter(pk=request.practice.pk)  # type: ignore[attr-defined]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one row: straight to it."""
        return redirect(self.address("change", request.practice.pk))  # type: ignore[attr-defined]

    def change_row(self, row: Practice, form: Any, *, by: Any) -> None:
        """Keeps old and new."""
        practices.change_settings(row, form.values(), version=form.cleaned_data["version"], by=by)


class LocationForm(PracticeForm):
    """A place; its zone is chosen from a list."""

    time_zone = zone_field()

    class Meta:
        help_texts = {"is_active": "Untick when the practice has left it: what happened there stays."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            self.fields["time_zone"] = zone_field(self.instance.time_zone)


@admin.register(Location)
class LocationAdmin(PracticeAdmin):
    """Where the practice sees patients."""

    group, place, heading, one = "Places and hours", 20, "Locations", "location"
    about = "Where patients are seen. Times are shown in the zone of the place."
    form = LocationForm
    changed_by = CHANGE_PRACTICE
    writer = practices
    fields = ("name", "line1", "line2", "city", "state", "postal_code", "phone", "time_zone", "is_active")
    list_display = ("name", "city", "state", "time_zone", "in_use")
    ordering = ("name",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where the practice is."""
        return {"time_zone": request.practice.time_zone, "state": request.practice.state}  # type: ignore[attr-defined]

    @admin.display(description="In use")
    def in_use(self, row: Location) -> str:
        """In words."""
        return "Yes" if row.is_active else "No"

    def change_row(self, row: Location, form: Any, *, by: Any) -> None:
        """One place stays."""
        try:
            super().change_row(row, form, by=by)
        except practices.LastLocation as last:
            raise Refused("is_active", "This is the only location in use. Add another first.") from last

    def delete_model(self, request: HttpRequest, obj: Location) -> None:
        """One place stays."""
        try:
            super().delete_model(request, obj)
        except practices.LastLocation as last:
            raise Refused(None, "This is the only location in use. Add another first.") from last


class OfficeHoursForm(PracticeForm):
    """One stretch of a weekday; new ones for several weekdays at once."""

    weekdays = SomeWeekdays()
    words = sentences(("office_hours_last", "closes", "Closing time must be after opening time."))

    class Meta:
        labels = {"weekday": "Day"}
        help_texts = {"opens": "For a lunch break, enter the morning and the afternoon apart."}


@admin.register(OfficeHours)
class OfficeHoursAdmin(PracticeAdmin):
    """When the practice works, for its deadlines."""

    group, place, heading, one = "Places and hours", 30, "Office hours", "office hours"
    about = "When the practice can be reached. Deadlines count these hours only."
    empty = "No office hours yet. Deadlines need them."
    form = OfficeHoursForm
    changed_by = CHANGE_PRACTICE
    writer = practices
    list_display = ("weekday", "hours")
    ordering = ("weekday", "opens")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Several days for new hours, the one day of old ones."""
        return ("weekday" if obj else "weekdays", "opens", "closes")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Without the field that is not asked."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj:
            form.base_fields.pop("weekdays", None)
        return form

    @admin.display(description="Hours")
    def hours(self, row: OfficeHours) -> str:
        """9:00 AM – 5:00 PM."""
        return f"{row.opens:%-I:%M %p} – {row.closes:%-I:%M %p}"

    def add_row(self, row: OfficeHours, form: Any, *, by: Any) -> None:
        """One row for each day."""
        for day in form.cleaned_data["weekdays"]:
            try:
                practices.add(OfficeHours(weekday=day, opens=row.opens, closes=row.closes), by=by)
            except practices.HoursOverlap as overlap:
                raise Refused("weekdays", f"It is open already: {overlap.other}.") from overlap

    def change_row(self, row: OfficeHours, form: Any, *, by: Any) -> None:
        """Says when it is open already."""
        try:
            super().change_row(row, form, by=by)
        except practices.HoursOverlap as overlap:
            raise Refused("opens", f"It is open already: {overlap.other}.") from overlap


@admin.register(Agreement)
class AgreementAdmin(PracticeAdmin):
    """What everybody signs before she works here."""

    group, place, heading, one = "People and roles", 40, "Agreement", "version of the agreement"
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
        people.end(membership, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except people.OwnRole as own:
        raise Refused(None, "You cannot end your own membership. Ask another practice admin.") from own
    except people.LastAdmin as last:
        raise Refused(None, "Nobody would be left to administer the practice. Invite another admin first.") from last
    return f"{membership.user.name} no longer works here as {Role(membership.role).label.lower()}."


@admin.register(Membership)
class MembershipAdmin(PracticeAdmin):
    """Who works here, as what."""

    group, place, heading, one = "People and roles", 10, "People", "membership"
    about = "Who works here, in which role, and since when. A role is never changed: end it, and invite to another."
    changed_by = CHANGE_PEOPLE
    can_change = can_delete = False
    fields = ("user", "role", "starts_at", "ends_at", "approved_by", "approved_as")
    list_display = ("person", "role", "email", "starts_at", "ends_at")
    list_select_related = ("user",)
    ordering = (models.F("ends_at").desc(nulls_first=True), "user__name")
    deeds = (Deed("end", "End this membership", _end, lambda row: row.ends_at is None, is_grave=True),)

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


def _send(invitation: Invitation, secret: str, request: HttpRequest) -> None:
    address = plain_url("compliance:invitation", request.practice.slug, secret)  # type: ignore[attr-defined]
    url = request.build_absolute_uri(address)
    practice = request.practice  # type: ignore[attr-defined]
    people.send_invitation(practice=practice, email=invitation.email, name=invitation.name, url=url)


def _send_again(invitation: Invitation, request: HttpRequest) -> str:
    try:
        secret = people.renew(invitation, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except people.InvitationSpent as spent:
        raise Refused(None, "This invitation was answered meanwhile.") from spent
    _send(invitation, secret, request)
    return f"Sent again to {invitation.email}. The link works for 72 hours; the old one no longer does."


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
class InvitationAdmin(PracticeAdmin):
    """Who was invited and has not come yet."""

    group, place, heading, one = "People and roles", 20, "Invitations", "invitation"
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
        """Answered, waiting, or run out."""
        if row.accepted_at:
            return "Answered"
        return "Waiting" if row.expires_at > timezone.now() else "Run out"

    def add_row(self, row: Invitation, form: Any, *, by: Any) -> None:
        """Invite, and send the link."""
        role = Role(row.role)
        secret = people.invite(email=row.email, name=row.name, role=role, by=by, now=timezone.now())
        _send(row, secret, form.request)

    def said_after_adding(self, row: Invitation) -> str:
        """Where the link went."""
        return f"An invitation was sent to {row.email}."


def _confirm(certificate: Certificate, request: HttpRequest) -> str:
    try:
        admission.confirm(certificate, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except admission.SignatureRefused as refused:
        raise Refused(None, "Your own certificate is confirmed by another practice admin.") from refused
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


