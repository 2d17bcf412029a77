"""Time and who gives it."""

from .appointment import Appointment, Transition
from .occupation import Occupation
from .providers import Closure, Provider, Resource, VisitType, WorkingHours
from .waiting import (
    FreedTime,
    Offer,
    OfferLink,
    Rebooking,
    Recall,
    RecallStep,
    WaitEntry,
    WaitStep,
)

__all__ = [
    "Appointment",
    "Closure",
    "FreedTime",
    "Occupation",
    "Offer",
    "OfferLink",
    "Provider",
    "Rebooking",
    "Recall",
    "RecallStep",
    "Resource",
    "Transition",
    "VisitType",
    "WaitEntry",
    "WaitStep",
    "WorkingHours",
]
