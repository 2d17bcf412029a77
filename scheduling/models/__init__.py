"""Time and who gives it."""

from .appointment import Appointment, Transition
from .feeds import Feed, OutsideCalendar
from .occupation import Occupation
from .providers import Closure, Provider, Resource, VisitType, WorkingHours
from .series import Occurrence, Series
from .working import DayException, HoursPart

__all__ = [
    "Appointment",
    "Closure",
    "DayException",
    "Feed",
    "HoursPart",
    "Occupation",
    "Occurrence",
    "OutsideCalendar",
    "Provider",
    "Resource",
    "Series",
    "Transition",
    "VisitType",
    "WorkingHours",
]
