"""The page of an offer's link. Outside every practice and session; whoever holds the link may open it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from compliance.access import public
from compliance.edges import client_address
from compliance.models import Practice
from patients.days import DayUnread
from scheduling.enums_waiting import WAIT_OPEN, OfferStatus
from scheduling.models import Offer
from scheduling.taking import SlotTaken
from scheduling.waitlist import answering, offers

GONE = {
    OfferStatus.ACCEPTED: "This offer was accepted already. The office will call or write to confirm it.",
    OfferStatus.BOOKED: "This offer was accepted, and the visit is booked.",
    OfferStatus.DECLINED: "This offer was declined already.",
    OfferStatus.EXPIRED: "This offer ran out before it was answered.",
    OfferStatus.WITHDRAWN: "This time is gone: somebody else was faster, or the office needs it itself.",
}
STAYS = "You are still on the list."
THROTTLED = "This was tried too often. Wait an hour, or call the office."
NO_LINK = "This link leads nowhere: it is incomplete, or was never sent. Open it from the message again, or call the office."
NOT_HERS = "This is not the date of birth of whoever this was sent to. Enter it again, or call the office."
DAY = "Enter the date of birth, like 03/27/1985."
FORGOTTEN = "It took a while. Enter the date of birth again."


@public
@never_cache
@sensitive_post_parameters("birth_date", "proof")
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Who sent it; after the date of birth what is offered; and then the answer."""
    try:
        with answering.opened(slug=slug, secret=secret, address=client_address(request)) as (practice, row):
            return _answered(request, practice, row)
    except answering.NoSuchLink as none:
        sentence, status = (THROTTLED, 429) if none.is_throttled else (NO_LINK, 410)
        return render(request, "scheduling/offer.html", {"sentence": sentence}, status=status)


def _answered(request: HttpRequest, practice: Practice, row: Offer) -> HttpResponse:
    now, status = timezone.now(), OfferStatus(row.status)
    if status != OfferStatus.OFFERED or row.expires_at <= now:
        gone = status if status != OfferStatus.OFFERED else OfferStatus.EXPIRED
        return _page(request, practice, sentence=_gone(row, gone), status=410)
    if request.method != "POST":
        return _page(request, practice)
    if "answer" in request.POST:
        return _answer(request, practice, row)
    try:
        proof = answering.prove(row, request.POST.get("birth_date", ""), practice=practice, now=now)
    except DayUnread:
        return _page(request, practice, problem=DAY, status=422)
    except answering.NotHer:
        return _page(request, practice, problem=NOT_HERS, status=422)
    except answering.TooManyTries:
        return _page(request, practice, sentence=THROTTLED, status=429)
    return _page(request, practice, offer=row, proof=proof)


def _answer(request: HttpRequest, practice: Practice, row: Offer) -> HttpResponse:
    if not answering.is_proven(row, request.POST.get("proof", "")):
        return _page(request, practice, problem=FORGOTTEN, status=422)
    said, now = request.POST["answer"], timezone.now()
    try:
        if said == "yes":
            offers.accept(row, by=None, now=now)
            return _page(request, practice, sentence="Thank you. The time is held for you, and the office will confirm it.")
        offers.decline(row, by=None, now=now, keeps_waiting=said != "off")
    except SlotTaken:
        return _page(request, practice, sentence=_gone(row, OfferStatus.WITHDRAWN), status=409)
    except offers.NotOffered as gone:
        return _page(request, practice, sentence=_gone(row, gone.status), status=409)
    stays = "You are taken off the list." if said == "off" else "You stay on the list."
    return _page(request, practice, sentence=f"Thank you for telling us. {stays}")


def _gone(row: Offer, status: OfferStatus) -> str:
    """What became of it, and whether she waits on."""
    row.entry.refresh_from_db(fields=["status"])
    waits = row.entry.status in WAIT_OPEN and status in (OfferStatus.EXPIRED, OfferStatus.WITHDRAWN)
    return f"{GONE[status]} {STAYS}" if waits else GONE[status]


def _page(request: HttpRequest, practice: Practice, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "scheduling/offer.html", {"from_practice": practice, **more}, status=status)
