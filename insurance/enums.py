"""Known words about coverage. Values are FHIR R4's codes where it has them."""

from django.db import models


class CoverageStatus(models.TextChoices):
    """FHIR R4 fm-status, of which we keep these."""

    ACTIVE = "active", "Active"
    CANCELLED = "cancelled", "Ended"
    IN_ERROR = "entered-in-error", "Entered in error"


class SubscriberRelationship(models.TextChoices):
    """FHIR R4 subscriber-relationship: what the patient is to the subscriber."""

    SELF = "self", "Is the subscriber"
    SPOUSE = "spouse", "Spouse"
    CHILD = "child", "Child"
    PARENT = "parent", "Parent"
    COMMON = "common", "Common-law spouse"
    OTHER = "other", "Other"


class CheckState(models.TextChoices):
    """Where an eligibility check stands (workflows.md section 5). By hand: complete, then stale."""

    NEEDED = "needed", "Needed"
    IN_PROGRESS = "in-progress", "In progress"
    COMPLETE = "complete", "Checked"
    ERROR = "error", "Failed"
    REVIEWED = "reviewed", "Reviewed"
    STALE = "stale", "Out of date"


class Outcome(models.TextChoices):
    """FHIR R4 remittance-outcome."""

    QUEUED = "queued", "Queued"
    COMPLETE = "complete", "Complete"
    ERROR = "error", "Error"
    PARTIAL = "partial", "Partial"


class Method(models.TextChoices):
    """How eligibility was asked."""

    PHONE = "phone", "Phoned the payer"
    PORTAL = "portal", "Payer's website"
    EDI = "edi", "Electronic (270/271)"


class Network(models.TextChoices):
    """Whether the practice is in the plan's network."""

    UNKNOWN = "", "Not known"
    IN = "in", "In network"
    OUT = "out", "Out of network"
