"""Lost second factors, on the page of a practice's people."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from compliance import factor_reset
from compliance.access import requires
from compliance.models import FactorReset, Membership
from compliance.reauthentication import confirmed
from compliance.views.people import page

PEOPLE = "compliance:people"
OWN = "Nobody resets her own second factor: two other people do."


@requires("compliance.ask_factor_reset")
@require_POST
@confirmed(PEOPLE)
def ask(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Ask for the reset of a member's factor; a second person approves."""
    held = get_object_or_404(Membership.objects.visible_to(request.user).select_related("user"), pk=membership_id)
    try:
        reset = factor_reset.ask(held.user, by=request.user, now=timezone.now())
    except factor_reset.OwnFactor:
        return page(request, alert=OWN, status=422)
    except factor_reset.NothingToReset:
        return page(request, alert="This person has no second factor that could be reset.", status=409)
    except factor_reset.AskedAlready:
        return page(request, alert="A reset was asked for already.", status=409)
    except factor_reset.MailNotSent:
        return page(request, alert="The mail server could not be reached. Nothing was changed; try again.", status=409)
    wait = " Other practices of hers may stop it for 24 hours; approve it after that." if reset.waits_until else ""
    messages.success(request, f"Now a second person approves: another practice admin or the privacy officer.{wait}")
    return redirect(PEOPLE)


@requires("compliance.settle_factor_reset")
@require_POST
@confirmed(PEOPLE)
def approve(request: HttpRequest, reset_id: UUID) -> HttpResponse:
    """Be the second person."""
    reset = get_object_or_404(FactorReset.objects.visible_to(request.user).select_related("user"), pk=reset_id)
    try:
        factor_reset.approve(reset, by=request.user, now=timezone.now())
    except factor_reset.OwnFactor:
        return page(request, alert=OWN, status=422)
    except factor_reset.SamePerson:
        return page(request, alert="You asked for it; a second person approves.", status=422)
    except factor_reset.StillWaits as waits:
        until = timezone.localtime(waits.until)
        return page(request, alert=f"Other practices may stop it until {until:%b %-d, %-I:%M %p}.", status=409)
    except factor_reset.Settled:
        return page(request, alert="This was settled before, or whoever asked no longer may.", status=409)
    messages.success(request, f"{reset.user.name} is signed out everywhere, and sets up a new factor at the next sign-in.")
    return redirect(PEOPLE)


@requires("compliance.settle_factor_reset")
@require_POST
def stop(request: HttpRequest, reset_id: UUID) -> HttpResponse:
    """Stop a reset that seems wrong; it takes no power away, so it asks for nothing more."""
    reset = get_object_or_404(FactorReset.objects.visible_to(request.user).select_related("user"), pk=reset_id)
    try:
        factor_reset.stop(reset, by=request.user, now=timezone.now())
    except factor_reset.Settled:
        return page(request, alert="This was settled before.", status=409)
    messages.success(request, f"Stopped. The second factor of {reset.user.name} stays as it is.")
    return redirect(PEOPLE)
