"""The one writer of drafts: what stood in an open form when the session ended, kept sealed for a day."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.urls import Resolver404, resolve

from compliance.access import standing_of
from compliance.models import Case, Draft, Practice, PracticeModel, User
from compliance.models.base import chart_of
from compliance.tenancy import acting_in, current_practice_id
from compliance.tenancy.urls import split

LASTS = timedelta(hours=24)
LONGEST = 40_000
NEVER_KEPT = ("csrf", "password", "code", "secret", "version")
ROWS: dict[str, type[PracticeModel]] = {"case_id": Case}


def keep(user: User, *, page: str, fields: dict[str, list[str]], now: datetime) -> bool:
    """Keep the fields of one page, in place of an older draft of it. Answers whether there was anything to keep."""
    wanted = {name: values for name, values in fields.items() if _may_be_kept(name) and any(values)}
    body = json.dumps(wanted)
    if not wanted or len(body) > LONGEST or not 0 < len(page) <= 300 or "\x00" in page:
        return False
    with transaction.atomic():
        mine = Draft.objects.select_for_update().filter(user=user, page=page).defer("body").first()
        draft = mine or Draft(user=user, page=page)
        draft.body, draft.patient = body, _whose(page, fields)
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


def about(**rows: type[PracticeModel]) -> None:
    """Say which row a part of an address names, as `visit_id=Appointment`: a draft of that page is about its patient."""
    ROWS.update(rows)


def _whose(page: str, fields: dict[str, list[str]]) -> UUID | None:
    """Whose chart a page is of, by the row that its address names, or by the patient whom its form names."""
    for name, pk in _named(page, fields):
        if model := ROWS.get(name):
            rows = model.objects.filter(practice_id=current_practice_id(), pk=pk)  # type: ignore[attr-defined]
            if patient := rows.values_list(chart_of(model), flat=True).first():
                return patient
    return None


def _named(page: str, fields: dict[str, list[str]]) -> Iterator[tuple[str, Any]]:
    with suppress(Resolver404):
        yield from resolve(page.partition("?")[0]).kwargs.items()
    with suppress(KeyError, IndexError, ValueError):
        yield "patient_id", UUID(fields["patient"][0])


def _may_be_kept(name: str) -> bool:
    return not any(part in name.casefold() for part in NEVER_KEPT)
