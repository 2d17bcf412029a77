"""Known words of the floor. Member: our word; value: FHIR's code where it has one."""

from django.db import models


class CaseStatus(models.TextChoices):
    """FHIR R4 Task.status, of which the pages say New, Open, Waiting, Done."""

    REQUESTED = "requested", "New"
    IN_PROGRESS = "in-progress", "Open"
    ON_HOLD = "on-hold", "Waiting"
    COMPLETED = "completed", "Done"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"


CASE_STANDING = (CaseStatus.REQUESTED, CaseStatus.IN_PROGRESS, CaseStatus.ON_HOLD)
CASE_FINAL = (CaseStatus.COMPLETED, CaseStatus.CANCELLED, CaseStatus.FAILED)

CASE_NEXT: dict[CaseStatus, frozenset[CaseStatus]] = {
    **{status: frozenset(CaseStatus) - {status} for status in CASE_STANDING},
    **{status: frozenset({CaseStatus.IN_PROGRESS}) for status in CASE_FINAL},  # reopened, with a reason
}


class Priority(models.TextChoices):
    """FHIR R4 request-priority."""

    ROUTINE = "routine", "Routine"
    URGENT = "urgent", "Urgent"
    ASAP = "asap", "As soon as possible"
    STAT = "stat", "At once"


class WaitingOn(models.TextChoices):
    """Whose turn it is while a case waits."""

    PATIENT = "patient", "Patient"
    PROVIDER = "provider", "Provider"
    PAYER = "payer", "Payer"
    OTHER = "other", "Somebody else"


CASE_KINDS = {
    "message": "Message",
    "callback": "Call back",
    "refill": "Refill",
    "rebook": "Rebook",
    "task": "Task",
    "undelivered": "Reminder not delivered",
    "text-message": "Text message from a patient",
    "audit-damage": "Audit trail damaged",
    "check-wall": "Hole in the wall between practices",
    "check-partitions": "Audit trail runs out of room",
    "check-keys": "Key is old",
    "check-access": "Review of who has access",
    "check-unused": "Account without sign-in",
    "check-failed": "Audit job failed",
    "check-late": "Audit job did not run",
    "broken-glass": "Review of an opened chart",
    "incident": "Something went wrong",
    "sanction": "Sanction",
    "handed-over": "What a leaver left",
    **{f"lapse-{days}": "Training runs out" for days in (60, 30, 14, 7, 1)},
    "interpreter": "Interpreter",
    "wait-match": "Time for the wait list",
    "wait-call": "Offer to make by phone",
    "wait-confirm": "Accepted offer to book",
    "recall": "Recall",
    "deceased": "Visits of somebody who has died",
    "not-in-use": "Visits of a record that is not in use",
    "cut-over": "Visits that could not be brought over",
}


OVERSIGHT = frozenset({"broken-glass", "incident", "audit-damage", "sanction", "check-wall"})  # worked by who was given it


def kind_of_case(kind: str) -> str:
    """The words for a kind of case, one list for every page."""
    return CASE_KINDS.get(kind, kind.replace("-", " ").capitalize())
