"""My work: what is open in all my practices, by time left."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.access import signed_in
from secretary_portal.desk import work

WHOSE = {"all": "Mine and my teams'", "mine": "Mine", "team": "Not yet taken"}


@signed_in
@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """`?whose=` all, mine or team; `?at=` a practice's slug. Whatever else stands there is all."""
    whose = request.GET.get("whose", "all")
    whose = whose if whose in WHOSE else "all"
    now = timezone.now()
    at = request.GET.get("at", "")
    known = {practice.slug for practice in work.practices_of(request.user, now=now)} if at else ()
    found = work.open_work(request.user, now=now, whose=whose, at=at if at in known else "")
    context = {"work": found, "whose": whose, "choices": WHOSE, "at": at if at in known else ""}
    return render(request, "desk/my_work.html", context)
