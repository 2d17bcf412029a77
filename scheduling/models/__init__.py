"""Time and who gives it."""

from .appointment import Appointment, Transition
from .occupation import Occupation
from .providers import Closure, Provider, Resource, VisitType, WorkingHours
from .working import DayException, HoursPart

__all__ = [
    "Appointment",
    "Closure",
    "DayException",
    "HoursPart",
    "Occupation",
    "Provider",
    "Resource",
    "Transition",
    "VisitType",
    "WorkingHours",
]
