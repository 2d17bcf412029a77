"""Where the gateway brings the texts that came in. Outside every practice and session: the signature is the whole proof."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from compliance.access import public
from correspondence import receiving, signatures

MOST = 16 * 1024  # bytes


@public
@csrf_exempt
@require_POST
def received(request: HttpRequest) -> HttpResponse:
    """204 when it is obeyed and kept, also for a repeat, and for a number that nobody has: the answer tells of nobody."""
    secret, now = settings.TEXT_WEBHOOK_SECRET, timezone.now()
    if not secret:
        raise Http404
    if _length(request) > MOST:
        return HttpResponse(status=413)
    try:
        signatures.verify(request.headers.get(signatures.HEADER, ""), request.body, secret=secret, now=now)
        inbound = receiving.read(request.body)
    except signatures.Unsigned:
        return HttpResponse(status=401)
    except receiving.Unreadable:
        return HttpResponse(status=422)
    receiving.take(inbound, now=now)
    return HttpResponse(status=204)


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() else 0
