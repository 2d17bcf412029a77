"""Go somewhere, find a patient, do something: what the command palette answers."""

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.urls import reverse

from compliance.models import User
from compliance.tenancy.urls import practice_url
from patients import names, search
from secretary_portal.desk import ways, work

PATIENTS_SHOWN = 8


@dataclass(frozen=True)
class Answer:
    """One line of the palette: a link, in words."""

    label: str
    icon: str
    url: str
    detail: str = ""


def answers(text: str, *, request: HttpRequest, now: object) -> dict[str, list[Answer]]:
    """Groups of links that the words of `text` begin; everything that one can go to for an empty text."""
    groups = {
        "Patients": _patients(text, request),
        "Do": _fitting(text, _of(ways.open_to(request, ways.DEEDS))),
        "Go to": _fitting(text, _of(ways.open_to(request, ways.MAIN + ways.ACCOUNT))),
        "Practices": _fitting(text, _practices(request, now)),
    }
    return {group: found for group, found in groups.items() if found}


def _of(places: list[ways.Place]) -> list[tuple[Answer, str]]:
    keyed = [(place, f"g {place.key}" if place.key else "") for place in places]
    return [(Answer(place.label, place.icon, place.url, key), f"{place.label} {place.also}") for place, key in keyed]


def _practices(request: HttpRequest, now: object) -> list[tuple[Answer, str]]:
    rows = work.practices_of(request.user, now=now)  # type: ignore[arg-type]
    return [(Answer(row.name, "building-2", practice_url(row, "desk:home")), row.name) for row in rows]


def _fitting(text: str, offered: list[tuple[Answer, str]]) -> list[Answer]:
    asked = text.casefold().split()
    return [answer for answer, words in offered if all(_begins(part, words) for part in asked)]


def _begins(part: str, words: str) -> bool:
    return any(word.startswith(part) for word in words.casefold().split())


def _patients(text: str, request: HttpRequest) -> list[Answer]:
    if request.practice is None or len(text) < 2 or not request.user.may("patients.find_patient"):  # type: ignore[attr-defined, union-attr]
        return []
    found = search.find(text, user=cast(User, request.user), limit=PATIENTS_SHOWN)
    chart = "patients:patient"
    return [
        Answer(names.listed(one), "user", reverse(chart, args=[one.pk]), names.told_apart(one)) for one in found.patients
    ]
