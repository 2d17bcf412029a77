"""Time and who gives it."""

from .appointment import Appointment, Transition
from .occupation import Occupation
from .providers import Closure, Provider, Resource, VisitType, WorkingHours
from .series import Occurrence, Series

__all__ = [
    "Appointment",
    "Closure",
    "Occupation",
    "Occurrence",
    "Provider",
    "Resource",
    "Series",
    "Transition",
    "VisitType",
    "WorkingHours",
]
