"""Time and who gives it."""

from .appointment import Appointment, Transition
from .kinds import DailyLimit, Need
from .occupation import Occupation
from .providers import Closure, Provider, Resource, VisitType, WorkingHours

__all__ = [
    "Appointment",
    "Closure",
    "DailyLimit",
    "Need",
    "Occupation",
    "Provider",
    "Resource",
    "Transition",
    "VisitType",
    "WorkingHours",
]
