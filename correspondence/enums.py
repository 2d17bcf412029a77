"""Known words about calls and messages."""

from django.db import models


class CallStatus(models.TextChoices):
    """Where a call stands (workflows.md section 3)."""

    OPEN = "open", "Open"
    IDENTIFIED = "identified", "Identified"
    UNIDENTIFIED = "unidentified", "Not identified"
    RESOLVED = "resolved", "Resolved"
    MESSAGE_TAKEN = "message-taken", "Message taken"
    TRANSFERRED = "transferred", "Transferred"
    ESCALATED = "escalated-emergency", "Emergency"
    CALLBACK = "callback-scheduled", "Call back"
    ABANDONED = "abandoned", "Abandoned or wrong number"
    CLOSED = "closed", "Closed"


C = CallStatus
OUTCOMES = frozenset({C.RESOLVED, C.MESSAGE_TAKEN, C.TRANSFERRED, C.ESCALATED, C.CALLBACK, C.ABANDONED})

CALL_NEXT: dict[CallStatus, frozenset[CallStatus]] = {
    C.OPEN: frozenset({C.IDENTIFIED, C.UNIDENTIFIED}),
    C.IDENTIFIED: OUTCOMES,
    C.UNIDENTIFIED: OUTCOMES | {C.IDENTIFIED},
    **{outcome: frozenset({C.CLOSED}) for outcome in OUTCOMES},
    C.CLOSED: frozenset(),
}


class Direction(models.TextChoices):
    """Who called whom."""

    IN = "inbound", "They called"
    OUT = "outbound", "We called"


class Relationship(models.TextChoices):
    """Who the caller is to the patient."""

    SELF = "self", "The patient"
    PARENT = "parent", "Parent"
    CHILD = "child", "Child"
    SPOUSE = "spouse", "Spouse or partner"
    CAREGIVER = "caregiver", "Caregiver"
    FACILITY = "facility", "Facility or pharmacy"
    OTHER = "other", "Somebody else"


class Authority(models.TextChoices):
    """By what right a caller who is not the patient hears anything (45 CFR 164.502(g), 164.510(b))."""

    NONE = "", "None: take a message only"
    MINORS_PARENT = "minors-parent", "Parent of a minor"
    POWER_OF_ATTORNEY = "poa", "Power of attorney"
    REPRESENTATIVE = "representative", "Personal representative"
    SIGNED_CONSENT = "consent", "Signed consent on file"
    INVOLVED_IN_CARE = "involved", "Involved in care, in my judgment"


class CallReason(models.TextChoices):
    """What a call was about."""

    BOOK = "book", "Book a visit"
    CHANGE = "change", "Move or cancel a visit"
    CONFIRM = "confirm", "Confirm a visit"
    MEDICATION = "medication", "Prescription or refill"
    RESULT = "result", "Test result"
    CLINICAL = "clinical", "Clinical question"
    BILLING = "billing", "Bill or insurance"
    RECORDS = "records", "Records"
    OTHER = "other", "Something else"


class RedFlagAnswer(models.TextChoices):
    """What was done about a red flag; without one the call cannot be closed."""

    NONE = "", "—"
    TOLD_AGREED = "911-agreed", "Told to call 911, agreed"
    TOLD_REFUSED = "911-refused", "Told to call 911, refused"
    TRANSFERRED = "warm-transfer", "Warm transfer to a person"
    PROVIDER_REACHED = "provider-reached", "Provider reached"


class Channel(models.TextChoices):
    """By what a message goes out."""

    EMAIL = "email", "E-mail"
    TEXT = "text", "Text"


class MessageState(models.TextChoices):
    """Where a message stands."""

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Not sent"
    DROPPED = "dropped", "Dropped"


class SkipReason(models.TextChoices):
    """Why a message was not sent; it is always said."""

    NONE = "", "—"
    NO_CONTACT = "no-contact", "No address for this channel"
    NO_CONSENT = "no-consent", "No consent for this channel"
    DO_NOT_CONTACT = "do-not-contact", "Do not contact"
    DECEASED = "deceased", "Deceased"
    NOT_IN_USE = "not-in-use", "The record is not in use"
    NO_WORDING = "no-wording", "No wording for it"
    TOO_LATE = "too-late", "It was too late"
    VISIT_CHANGED = "visit-changed", "The visit was moved or cancelled"
    DISPLACED = "displaced", "The visit is to be moved: nobody is seen at that time"
    OFFER_OVER = "offer-over", "The offer was answered or withdrawn"
    NO_CHANNEL = "no-channel", "This portal has no such channel"
    QUIET_HOURS = "quiet-hours", "It was night: texts go out from 8 AM to 9 PM"
    ENOUGH_TEXTS = "enough-texts", "This number had a text that day, or three that week"
    TOO_LONG = "too-long", "Its words are too long for a text"


class Heard(models.TextChoices):
    """As what a text that came in was heard."""

    STOP = "stop", "No more texts"
    WORDS = "words", "Words for a person"
