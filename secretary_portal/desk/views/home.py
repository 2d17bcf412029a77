"""Where one begins, and what one sets for oneself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from compliance import people
from compliance.access import anywhere, signed_in, standing_of
from compliance.tenancy.urls import practice_url
from secretary_portal.desk import ways, work
from secretary_portal.desk.forms import AS_THE_COMPUTER, SettingsForm
from secretary_portal.desk.keys import table

SET_BY_ONESELF = ("theme", "time_zone", "single_keys")


@anywhere
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Inside a practice: the start page of one's role. Outside: one's practices, or straight in when there is one."""
    if request.practice is not None:  # type: ignore[attr-defined]
        if standing_of(request.user).unmet:  # type: ignore[arg-type]
            return redirect("compliance:admission")
        return redirect(ways.main(request)[0].url)
    now = timezone.now()
    practices = work.practices_of(request.user, now=now)  # type: ignore[arg-type]
    if len(practices) == 1:
        return redirect(practice_url(practices[0], "desk:home"))
    return render(request, "desk/home.html", {"practices": practices, "now": now})


@signed_in
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Colors, own time zone, single keys."""
    initial = {name: getattr(request.user, name) for name in SET_BY_ONESELF}
    initial["theme"] = initial["theme"] or AS_THE_COMPUTER
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        people.set_preferences(request.user, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, "Settings saved.")
        return redirect("desk:settings")
    return render(request, "desk/settings.html", {"form": form}, status=422 if form.is_bound else 200)


@signed_in
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every key and what it does."""
    return render(request, "desk/keys.html", {"keys": table()})
