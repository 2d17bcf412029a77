"""Time and who gives it."""

from .appointment import Appointment, Transition
from .occupation import Occupation
from .providers import Closure, Provider, Resource, VisitType, WorkingHours

__all__ = [
    "Appointment",
    "Closure",
    "Occupation",
    "Provider",
    "Resource",
    "Transition",
    "VisitType",
    "WorkingHours",
]
