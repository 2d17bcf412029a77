"""Time and who gives it."""

from .appointment import Appointment, Transition
from .feeds import Feed, OutsideCalendar
from .occupation import Occupation
from .providers import Closure, Provider, Resource, VisitType, WorkingHours

__all__ = [
    "Appointment",
    "Closure",
    "Feed",
    "Occupation",
    "OutsideCalendar",
    "Provider",
    "Resource",
    "Transition",
    "VisitType",
    "WorkingHours",
]
