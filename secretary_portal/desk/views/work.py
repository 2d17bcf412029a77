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
    """`?whose=` all, mine or team; anything else is all."""
    whose = request.GET.get("whose", "all")
    whose = whose if whose in WHOSE else "all"
    desks = work.open_work(request.user, now=timezone.now(), whose=whose)
    pieces = work.by_time_left(desks)
    total = sum(desk.total for desk in desks)
    context = {"pieces": pieces, "total": total, "whose": whose, "choices": WHOSE, "desks": desks}
    return render(request, "desk/my_work.html", context)
