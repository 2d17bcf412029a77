"""The one writer of drafts: what stood in an open form when the session ended, kept sealed for a day."""

import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError

from compliance.access import standing_of
from compliance.models import Draft, Practice, User
from compliance.tenancy import acting_in
from compliance.tenancy.urls import split

LASTS = timedelta(hours=24)
LONGEST = 40_000
NEVER_KEPT = ("csrf", "password", "code", "secret", "version")


def keep(user: User, *, page: str, fields: dict[str, list[str]], now: datetime) -> bool:
    """Keep the fields of one page, in place of an older draft of it. Answers whether there was anything to keep."""
    wanted = {name: values for name, values in fields.items() if _may_be_kept(name) and any(values)}
    body = json.dumps(wanted)
    if not wanted or len(body) > LONGEST or not 0 < len(page) <= 300 or "\x00" in page:
        return False
    with transaction.atomic():
        mine = Draft.objects.select_for_update().filter(user=user, page=page).defer("body").first()
        draft = mine or Draft(user=user, page=page)
        draft.body = body
        draft.save()
    return True


def keep_posted(request: HttpRequest, *, now: datetime) -> None:
    """Keep what a form sent when its session had ended already, for the page that it stood on."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    found, user = split(came_from.path), request.user
    if found is None or request.method != "POST" or came_from.netloc != request.get_host():
        return
    practice = Practice.objects.filter(slug=found[0]).first()
    if practice is None or split(request.path_info) is None:
        return
    try:
        fields = fields_of(request.POST)
    except (RequestDataTooBig, SuspiciousOperation, MultiPartParserError):
        return
    with acting_in(practice.pk, user.pk):  # type: ignore[arg-type]  # signed in
        if standing_of(user).may("compliance.keep_draft"):  # type: ignore[arg-type]
            keep(user, page=found[1], fields=fields, now=now)  # type: ignore[arg-type]


def fields_of(posted: QueryDict) -> dict[str, list[str]]:
    """What was typed, by the names of the fields."""
    return {name: [text.replace("\x00", "") for text in posted.getlist(name)] for name in posted}


def fresh(user: User, *, now: datetime) -> list[Draft]:
    """A person's drafts of the last day, the newest first; not opened yet."""
    return list(Draft.objects.visible_to(user).filter(updated_at__gt=now - LASTS).order_by("-updated_at"))


def drop_old(now: datetime) -> int:
    """Delete what is older than a day, whoever typed it; answers how many. An hourly audit job does it (checks.py)."""
    return Draft.objects.filter(updated_at__lte=now - LASTS).delete()[0]


def opened(draft: Draft) -> dict[str, list[str]]:
    """The fields of a draft."""
    return json.loads(draft.body)


def _may_be_kept(name: str) -> bool:
    return not any(part in name.casefold() for part in NEVER_KEPT)
