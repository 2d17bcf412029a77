"""The models of the floor, by subject."""

from .admission import Agreement, Certificate, Signature
from .audit import AuditEvent, AuditPatient, FieldChange
from .base import PracticeModel, PracticeQuerySet
from .cases import Case, CaseTransition
from .door import DoorCount, Session
from .drafts import Draft
from .factor import FactorReset
from .jobs import Job
from .keys import DataKey
from .people import Invitation, Membership, User
from .practice import Location, OfficeHours, Practice

__all__ = [
    "Agreement",
    "AuditEvent",
    "AuditPatient",
    "Case",
    "CaseTransition",
    "Certificate",
    "DataKey",
    "DoorCount",
    "Draft",
    "FactorReset",
    "FieldChange",
    "Invitation",
    "Job",
    "Location",
    "Membership",
    "OfficeHours",
    "Practice",
    "PracticeModel",
    "PracticeQuerySet",
    "Session",
    "Signature",
    "User",
]
