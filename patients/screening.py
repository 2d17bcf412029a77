"""What comes from outside is shown to the scanner first; what it knows as malicious is told to the privacy officer."""

from datetime import timedelta
from typing import BinaryIO

from django.utils import timezone

from compliance import cases, scanner
from compliance.audit import events
from compliance.enums import Priority
from compliance.models import Case, User
from compliance.roles import Role
from patients.file_types import UploadRefused
from patients.models import Patient

KIND = "infected-file"
LOOKED_AT_WITHIN = timedelta(hours=24)
INFECTED = "The virus scanner found something harmful in this file. It was not kept, and the privacy officer is told."
AWAY = "The virus scanner does not answer, so no file is taken now. Try again in a few minutes; nothing was kept."


def screen(file: BinaryIO, *, patient: Patient | None, by: User | None) -> None:
    """Refuse a file that is infected, or that a configured scanner cannot be asked about. Raises UploadRefused.

    The refusal is recorded in the running transaction, which therefore must not be undone by it.
    """
    try:
        scanner.look_into(file)
    except scanner.Infected as infected:
        _tell(infected.signature, patient, by)
        raise UploadRefused(INFECTED) from infected
    except scanner.NoAnswer as error:
        events.record("file.not_scanned", patient, by=by, refused=True)
        raise UploadRefused(AWAY) from error


def _tell(signature: str, patient: Patient | None, by: User | None) -> None:
    """An event each time; one piece of work for each person that brings such files, while it stands."""
    events.record("file.infected", patient, by=by, refused=True, body={"signature": signature})
    who = by.name if by else "An import"
    if Case.objects.standing().filter(kind=KIND, about_id=by.pk if by else None).exists():
        return
    now = timezone.now()
    cases.open_case(
        kind=KIND,
        summary=f"{who} brought a file in which the virus scanner found {signature}. It was not kept. Have the computer "
        "that it came from looked at, and find out who sent it.",
        by=None,
        now=now,
        team=Role.PRIVACY_OFFICER,
        priority=Priority.URGENT,
        due_at=now + LOOKED_AT_WITHIN,
        about=by,
    )
