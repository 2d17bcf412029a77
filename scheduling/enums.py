"""Known words about visits. Member: our word; value: FHIR R4's code, our own where FHIR has none."""

from django.db import models


class Status(models.TextChoices):
    """Where a visit stands (workflows.md section 1)."""

    REQUESTED = "proposed", "Requested"
    TENTATIVE = "pending", "Tentative"
    BOOKED = "booked", "Scheduled"
    CONFIRMED = "confirmed", "Confirmed"
    ARRIVED = "arrived", "Arrived"
    CHECKED_IN = "checked-in", "Checked in"
    ROOMED = "roomed", "In room"
    FULFILLED = "fulfilled", "Completed"
    NO_SHOW = "noshow", "Did not come"
    CANCELLED = "cancelled", "Cancelled"
    RESCHEDULED = "rescheduled", "Moved"
    LEFT = "lwbs", "Left without being seen"
    IN_ERROR = "entered-in-error", "Entered in error"
    WAITLISTED = "waitlist", "On the wait list"


S = Status

# The table of workflows.md section 1; a test holds the two equal. Every state may also go to entered-in-error.
NEXT: dict[Status, frozenset[Status]] = {
    S.REQUESTED: frozenset({S.BOOKED, S.CANCELLED, S.WAITLISTED}),
    S.TENTATIVE: frozenset({S.BOOKED, S.CANCELLED}),
    S.BOOKED: frozenset({S.CONFIRMED, S.ARRIVED, S.FULFILLED, S.CANCELLED, S.NO_SHOW, S.RESCHEDULED}),
    S.CONFIRMED: frozenset({S.ARRIVED, S.FULFILLED, S.CANCELLED, S.NO_SHOW, S.RESCHEDULED}),
    S.ARRIVED: frozenset({S.CHECKED_IN, S.ROOMED, S.LEFT}),
    S.CHECKED_IN: frozenset({S.ROOMED, S.FULFILLED, S.LEFT}),
    S.ROOMED: frozenset({S.FULFILLED, S.LEFT}),
    S.FULFILLED: frozenset({S.CHECKED_IN}),
    S.NO_SHOW: frozenset({S.ARRIVED}),
    S.CANCELLED: frozenset(),
    S.RESCHEDULED: frozenset(),
    S.LEFT: frozenset(),
    S.IN_ERROR: frozenset(),
    S.WAITLISTED: frozenset({S.BOOKED, S.CANCELLED}),
}

TAKES_TIME = (S.TENTATIVE, S.BOOKED, S.CONFIRMED, S.ARRIVED, S.CHECKED_IN, S.ROOMED, S.FULFILLED)
UPCOMING = (S.BOOKED, S.CONFIRMED)
IN_HOUSE = (S.ARRIVED, S.CHECKED_IN, S.ROOMED)
OVER = (S.FULFILLED, S.NO_SHOW, S.LEFT)
GONE = (S.CANCELLED, S.RESCHEDULED, S.IN_ERROR)
ENDED_BY_SOMEBODY = (S.CANCELLED,)

# How a status looks wherever it is shown: (stylesheet class, icon). Never colour alone.
LOOKS: dict[Status, tuple[str, str]] = {
    S.REQUESTED: ("scheduled", "calendar-plus"),
    S.TENTATIVE: ("scheduled", "calendar-clock"),
    S.BOOKED: ("scheduled", "calendar"),
    S.CONFIRMED: ("confirmed", "calendar-check"),
    S.ARRIVED: ("arrived", "user-check"),
    S.CHECKED_IN: ("arrived", "clipboard-check"),
    S.ROOMED: ("roomed", "door-open"),
    S.FULFILLED: ("done", "check"),
    S.NO_SHOW: ("noshow", "user-x"),
    S.CANCELLED: ("cancelled", "ban"),
    S.RESCHEDULED: ("cancelled", "calendar-x"),
    S.LEFT: ("noshow", "log-out"),
    S.IN_ERROR: ("cancelled", "eraser"),
    S.WAITLISTED: ("scheduled", "hourglass"),
}


class Mode(models.TextChoices):
    """How a visit takes place."""

    OFFICE = "office", "In the office"
    VIDEO = "video", "Video"
    PHONE = "phone", "Phone"


class CancelReason(models.TextChoices):
    """Why a visit was cancelled (FHIR R4 appointment-cancellation-reason, by its leading parts)."""

    PATIENT = "pat", "Patient's wish"
    PATIENT_BETTER = "pat-fb", "Patient feels better"
    PATIENT_MOVED = "pat-mt", "Patient moved away"
    PATIENT_TRANSPORT = "pat-lt", "No transport"
    PROVIDER = "prov", "Provider not available"
    MADE_IN_ERROR = "oth-err", "Booked by mistake"
    WEATHER = "oth-weather", "Weather"
    FINANCIAL = "oth-finc", "Cost"
    OTHER = "other", "Other"


class Initiator(models.TextChoices):
    """Who wanted a visit cancelled."""

    PATIENT = "patient", "Patient"
    PROVIDER = "provider", "Provider"
    PRACTICE = "practice", "Practice"


class ToldBy(models.TextChoices):
    """Who told the patient."""

    SHE_CALLED = "patient", "The patient told us"
    CALLED = "called", "We called"
    MESSAGE = "message", "A message was sent"
    NOT_YET = "not-yet", "Nobody yet"


class Source(models.TextChoices):
    """Where a booking came from."""

    PHONE = "phone", "Phone"
    DESK = "desk", "At the desk"
    PORTAL = "portal", "Portal"
    FAX = "fax", "Fax"
    IMPORT = "import", "Import"
    WALK_IN = "walk-in", "Walk-in"


CAME = {
    Source.PHONE: "on the phone",
    Source.DESK: "at the desk",
    Source.PORTAL: "in the portal",
    Source.FAX: "from a fax",
    Source.IMPORT: "from an import",
    Source.WALK_IN: "as a walk-in",
}  # "Booked …"


class ResourceKind(models.TextChoices):
    """What can be taken."""

    PROVIDER = "provider", "Provider"
    ROOM = "room", "Room"
    EQUIPMENT = "equipment", "Equipment"


class ConfirmedVia(models.TextChoices):
    """How a patient confirmed."""

    CALL = "call", "By phone"
    TEXT = "text", "By text"
    EMAIL = "email", "By e-mail"
    DESK = "desk", "At the desk"


class PartKind(models.TextChoices):
    """What a part of working hours is."""

    BREAK = "break", "Break"
    KEPT = "kept", "Kept for some kinds of visit"


class DayKind(models.TextChoices):
    """How one day differs from the template."""

    EXTRA = "extra", "Works extra"
    OTHER = "other", "Other hours"
    OFF = "off", "Does not work"


class Frequency(models.TextChoices):
    """How a series goes on."""

    DAILY = "daily", "By days"
    WEEKLY = "weekly", "By weeks, on weekdays"
    MONTHLY_DATE = "monthly-date", "By months, on the same date"
    MONTHLY_WEEKDAY = "monthly-weekday", "By months, on the same weekday"


class Skipped(models.TextChoices):
    """Why a date of a series has no visit."""

    PAST = "past", "Past"
    CLOSED = "closed", "Closed"
    TAKEN = "taken", "Taken"
    BUSY = "busy", "The patient is busy"
    UNFIT = "unfit", "Cannot be booked"
    CHOSEN = "chosen", "Left out"


class Scope(models.TextChoices):
    """How much of a series an act is about."""

    THIS = "this", "Only this visit"
    FOLLOWING = "following", "This and all that follow"
    ALL = "all", "All that are still to come"
