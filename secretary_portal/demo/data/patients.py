"""Whom a practice knows: a few patients with a story, and a hundred and fifty as files of real practices hold them."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from compliance.models import Practice, User
from patients import consent, importing, making, registration
from patients.details import Contact, Details, Name, Place
from patients.enums import ContactSystem, ContactUse, NameUse, Purpose
from patients.models import ContactPoint, Patient
from secretary_portal.demo.data.practices import Plan
from secretary_portal.demo.doors import PEOPLE

CHILDREN, GROWN = 35, 115
OF_AGE = 18
MANY = 3_000  # more than are needed: those who live far away are left out
ALL_BY_PHONE = frozenset({Purpose.CALL, Purpose.VOICEMAIL, Purpose.TEXT})


def load(practice: Practice, plan: Plan, *, now: datetime) -> None:
    """All of them, once."""
    if Patient.objects.exists():
        return
    secretary = User.objects.get(email=PEOPLE["secretary"])
    for details in stories(plan, now.date()):
        registration.register(details, by=secretary, now=now - timedelta(days=40))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "patients.ndjson"
        lines = (json.dumps(one, ensure_ascii=False) for one in neighbours(plan, now.date()))
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        importing.run(practice, file)
    for contact in ContactPoint.objects.filter(system=ContactSystem.EMAIL, consents__isnull=True).select_related("patient"):
        consent.give(contact, Purpose.EMAIL, by=secretary, now=now - timedelta(days=30), source="intake form")


def neighbours(plan: Plan, today: date) -> Iterator[dict[str, Any]]:
    """Invented patients who live near: enough children for a pediatrician's days, and the rest grown up."""
    near: list[dict[str, Any]] = []
    seed = sum(map(ord, plan.slug))
    for one in making.made(MANY, seed=seed):
        if one["address"][0]["state"] in plan.states:
            near.append(one)
    children = [one for one in near if _is_child(one, today)]
    grown = [one for one in near if not _is_child(one, today)]
    yield from islice(children, CHILDREN)
    yield from islice(grown, GROWN)


def _is_child(one: dict[str, Any], today: date) -> bool:
    return today.year - date.fromisoformat(one["birthDate"]).year < OF_AGE


def stories(plan: Plan, today: date) -> list[Details]:
    """Those whom the tour meets: who calls, her child, who needs an interpreter, who wants no messages, who died."""
    area, (_line, city, postal) = plan.phone[2:5], plan.address
    mother, child, interpreted, caller, left_alone, died = (Name(family, given) for family, given, _ in plan.stories)
    place = Place(line1="47 Larkspur Lane", city=city, state=plan.state, postal_code=postal)
    at_home = Details(addresses=(place,), language="en", contacts=(_phone(area, "0123"),))
    called = Name(given=(mother.given or "")[:4], use=NameUse.USUAL)
    told = [
        replace(_born(at_home, 1985, 3, 27), names=(mother, called), contacts=_reached(area, "0123", "mother")),
        replace(_born(at_home, today.year - 7, 5, 14), names=(child,), note="His mother calls for him."),
        replace(
            _born(at_home, 1958, 9, 2),
            names=(interpreted,),
            language="vi" if interpreted.family == "Nguyễn" else "ru",
            interpreter_needed=True,
            contacts=(_phone(area, "0147"),),
        ),
        replace(_born(at_home, 1972, 11, 30), names=(caller,), language="es", contacts=_reached(area, "0158", "caller")),
        replace(
            _born(at_home, 1949, 1, 8),
            names=(left_alone,),
            do_not_contact=True,
            contacts=_reached(area, "0162", "letters"),
            note="Writes letters. Wants neither calls nor mail.",
        ),
        replace(
            _born(at_home, 1938, 6, 19), names=(died,), is_deceased=True, deceased_on=today - timedelta(days=60), contacts=()
        ),
    ]
    return [replace(details, sex=sex) for details, (*_, sex) in zip(told, plan.stories, strict=True)]


def _born(at_home: Details, year: int, month: int, day: int) -> Details:
    return replace(at_home, birth_date=date(year, month, day))


def _reached(area: str, end: str, name: str) -> tuple[Contact, ...]:
    return _phone(area, end), _mail(f"{name}.{area}@mail.example")


def _phone(area: str, end: str) -> Contact:
    return Contact(f"+1{area}555{end}", use=ContactUse.MOBILE, consents=ALL_BY_PHONE)


def _mail(address: str) -> Contact:
    return Contact(address, system=ContactSystem.EMAIL, rank=2, consents=frozenset({Purpose.EMAIL}))
