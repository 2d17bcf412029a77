"""The models of the floor, by subject."""

from .admission import Agreement, Certificate, Signature
from .audit import AuditEvent, AuditPatient, FieldChange
from .base import PracticeModel, PracticeQuerySet
from .bulk import Export, ExportPiece
from .cases import Case, CaseTransition
from .charts import Barred, BrokenGlass, ChartGrant, ChartRestriction, GlassReason, Relation
from .door import DoorCount, Session
from .drafts import Draft
from .factor import FactorReset
from .jobs import Job
from .keys import DataKey
from .people import Invitation, Membership, User
from .practice import Location, OfficeHours, Practice
from .reviews import AccessReview

__all__ = [
    "AccessReview",
    "Agreement",
    "AuditEvent",
    "AuditPatient",
    "Barred",
    "BrokenGlass",
    "Case",
    "CaseTransition",
    "Certificate",
    "ChartGrant",
    "ChartRestriction",
    "DataKey",
    "DoorCount",
    "Draft",
    "Export",
    "ExportPiece",
    "FactorReset",
    "FieldChange",
    "GlassReason",
    "Invitation",
    "Job",
    "Location",
    "Membership",
    "OfficeHours",
    "Practice",
    "PracticeModel",
    "PracticeQuerySet",
    "Relation",
    "Session",
    "Signature",
    "User",
]
