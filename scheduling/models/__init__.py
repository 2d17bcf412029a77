"""Time and who gives it."""

from .appointment import Appointment, Transition
from .cutover import Brought, CutOver, CutOverFile
from .feeds import Feed, OutsideCalendar
from .kinds import DailyLimit, Need
from .occupation import Occupation
from .providers import Closure, Provider, Resource, VisitType, WorkingHours
from .series import Occurrence, Series
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
from .working import DayException, HoursPart

__all__ = [
    "Appointment",
    "Brought",
    "Closure",
    "CutOver",
    "CutOverFile",
    "DailyLimit",
    "DayException",
    "Feed",
    "FreedTime",
    "HoursPart",
    "Need",
    "Occupation",
    "Occurrence",
    "Offer",
    "OfferLink",
    "OutsideCalendar",
    "Provider",
    "Rebooking",
    "Recall",
    "RecallStep",
    "Resource",
    "Series",
    "Transition",
    "VisitType",
    "WaitEntry",
    "WaitStep",
    "WorkingHours",
]
