"""The door for somebody invited. Outside every practice; whoever holds the link may open it."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from compliance import door, people
from compliance.access import public
from compliance.models import Invitation
from compliance.people_forms import FirstPasswordForm
from compliance.roles import Role
from compliance.tenancy.urls import practice_url

SPENT = "This invitation was used, has run out, or is not for you. Ask the practice for a new one."


@public
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """A newcomer chooses a password; somebody who has an account signs in first and then accepts."""
    try:
        invited = people.open_invitation(slug=slug, secret=secret, now=timezone.now())
        if people.has_account(invited):
            return _known(request, invited)
        return _newcomer(request, invited)
    except people.InvitationSpent:
        return render(request, "compliance/invitation_spent.html", {"sentence": SPENT}, status=410)


def _known(request: HttpRequest, invited: Invitation) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    if request.user.email != invited.email:
        raise people.InvitationSpent
    if request.method != "POST":
        return _page(request, invited)
    with suppress(people.AlreadyMember):
        people.accept(invited, user=request.user, now=timezone.now(), keep=request.session.session_key)
    request.session.cycle_key()
    return redirect(practice_url(invited.practice, "compliance:admission"))


def _newcomer(request: HttpRequest, invited: Invitation) -> HttpResponse:
    if request.user.is_authenticated:
        raise people.InvitationSpent
    form = FirstPasswordForm(request.POST if request.method == "POST" else None, invitation=invited)
    if not form.is_valid():
        return _page(request, invited, form=form, status=422 if form.is_bound else 200)
    user = people.accept_as_newcomer(invited, password=form.cleaned_data["password"], now=timezone.now())
    door.let_in(request, user)
    return redirect(practice_url(invited.practice, "compliance:admission"))


def _page(
    request: HttpRequest, invited: Invitation, *, form: FirstPasswordForm | None = None, status: int = 200
) -> HttpResponse:
    context = {"invited": invited, "role": Role(invited.role).label, "form": form}
    return render(request, "compliance/invitation.html", context, status=status)
