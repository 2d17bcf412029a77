"""Known words about waiting, offers, rebooking and recall, with their tables (workflows.md section 2)."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models


class WaitStatus(models.TextChoices):
    """Where an entry of the wait list stands."""

    WAITING = "waiting", "Waiting"
    OFFERED = "offered", "Offered a time"
    BOOKED = "booked", "Booked"
    REMOVED = "removed", "Taken off"
    AGED_OUT = "aged-out", "Wished too long ago"


class OfferStatus(models.TextChoices):
    """Where an offer of one time stands. Accepted is ours: the time is held, and the staff has still to book it."""

    OFFERED = "offered", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    BOOKED = "booked", "Booked"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Not answered in time"
    WITHDRAWN = "withdrawn", "Withdrawn"


W, O = WaitStatus, OfferStatus  # noqa: E741  # as the tables below are read

WAIT_OPEN = (W.WAITING, W.OFFERED)
WAIT_NEXT: dict[WaitStatus, frozenset[WaitStatus]] = {
    W.WAITING: frozenset({W.OFFERED, W.REMOVED, W.AGED_OUT}),
    W.OFFERED: frozenset({W.BOOKED, W.WAITING, W.REMOVED}),
    W.BOOKED: frozenset(),
    W.REMOVED: frozenset(),
    W.AGED_OUT: frozenset(),
}

OFFER_OUT = (O.OFFERED, O.ACCEPTED)
OFFER_NEXT: dict[OfferStatus, frozenset[OfferStatus]] = {
    O.OFFERED: frozenset({O.ACCEPTED, O.BOOKED, O.DECLINED, O.EXPIRED, O.WITHDRAWN}),
    O.ACCEPTED: frozenset({O.BOOKED, O.DECLINED, O.EXPIRED, O.WITHDRAWN}),
    O.BOOKED: frozenset(),
    O.DECLINED: frozenset(),
    O.EXPIRED: frozenset(),
    O.WITHDRAWN: frozenset(),
}

# What becomes of the entry when its last open offer ends so.
ENTRY_AFTER: dict[OfferStatus, frozenset[WaitStatus]] = {
    O.BOOKED: frozenset({W.BOOKED}),
    O.DECLINED: frozenset({W.WAITING, W.REMOVED}),
    O.EXPIRED: frozenset({W.WAITING}),
    O.WITHDRAWN: frozenset({W.WAITING}),
}


class Band(models.IntegerChoices):
    """How soon somebody has to be seen; the smallest comes first."""

    URGENT = 1, "Urgent"
    SOON = 2, "Soon"
    ROUTINE = 3, "Routine"


class RemovedBecause(models.TextChoices):
    """Why an entry was taken off the list."""

    BOOKED_ELSEWHERE = "elsewhere", "Booked another way"
    NO_LONGER_NEEDED = "not-needed", "No longer needed"
    UNREACHABLE = "unreachable", "Could not be reached"
    DECEASED = "deceased", "Deceased"


class OfferChannel(models.TextChoices):
    """By what an offer is made."""

    EMAIL = "email", "E-mail with a link"
    TEXT = "text", "Text with a link"
    CALL = "call", "Phone call"


class FreedBy(models.TextChoices):
    """How time became free."""

    CANCELLED = "cancelled", "Cancelled"
    MOVED = "moved", "Moved"
    NO_SHOW = "noshow", "Did not come"
    OTHER = "other", "Booking undone"
    OPENED = "opened", "Opened again"


class RecallStatus(models.TextChoices):
    """Where the wish to see a patient again stands."""

    PLANNED = "planned", "Planned"
    DUE = "due", "Due"
    ATTEMPTING = "attempting", "Being reached"
    SCHEDULED = "scheduled", "Booked"
    DECLINED = "declined", "Declined"
    UNREACHABLE = "unreachable", "Not reached"
    CLOSED = "closed", "Closed"


R = RecallStatus

RECALL_OPEN = (R.PLANNED, R.DUE, R.ATTEMPTING)
RECALL_NEXT: dict[RecallStatus, frozenset[RecallStatus]] = {
    R.PLANNED: frozenset({R.DUE, R.SCHEDULED, R.CLOSED}),
    R.DUE: frozenset({R.ATTEMPTING, R.SCHEDULED, R.DECLINED, R.UNREACHABLE, R.CLOSED}),
    R.ATTEMPTING: frozenset({R.ATTEMPTING, R.SCHEDULED, R.DECLINED, R.UNREACHABLE, R.CLOSED}),
    R.SCHEDULED: frozenset(),
    R.DECLINED: frozenset(),
    R.UNREACHABLE: frozenset(),
    R.CLOSED: frozenset(),
}


class Method(models.TextChoices):
    """How somebody was tried."""

    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"
    TEXT = "text", "Text"
    LETTER = "letter", "Letter"


@dataclass(frozen=True)
class Outcome:
    """What the result of an attempt means: whether she was reached, and after how long to try again."""

    patient_reached: bool
    again_in: timedelta | None

    @property
    def attempt_again(self) -> bool:
        """Whether there is another try."""
        return self.again_in is not None


class AttemptResult(models.TextChoices):
    """How an attempt ended."""

    NO_ANSWER = "no-answer", "No answer"
    LEFT_MESSAGE = "left-message", "Left a message"
    SENT = "sent", "Sent"
    CALLS_BACK = "calls-back", "Reached: calls back"
    DECLINED = "declined", "Reached: does not want to come"
    WRONG_NUMBER = "wrong-number", "Wrong number or address"


OUTCOMES: dict[AttemptResult, Outcome] = {
    AttemptResult.NO_ANSWER: Outcome(False, timedelta(days=1)),
    AttemptResult.LEFT_MESSAGE: Outcome(False, timedelta(days=3)),
    AttemptResult.SENT: Outcome(False, timedelta(days=7)),
    AttemptResult.CALLS_BACK: Outcome(True, timedelta(days=7)),
    AttemptResult.DECLINED: Outcome(True, None),
    AttemptResult.WRONG_NUMBER: Outcome(False, None),
}
MOST_ATTEMPTS = 5  # after so many without an answer nobody is tried again by itself
