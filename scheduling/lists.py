"""Rows of lists with the names of whom they are about: the same queries for any number of rows."""

from typing import TypeVar

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.lookups import IsNull

from patients.models import Patient
from scheduling.models import Appointment, Transition
from scheduling.models.waiting import Offer, Recall, WaitEntry

Row = TypeVar("Row", Appointment, Offer, Recall, WaitEntry)


def named(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """With each patient's names."""
    return rows.prefetch_related(Prefetch("patient", Patient.objects.with_names()))


def reachable(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """With names, numbers and addresses, and for what they may be used."""
    return rows.prefetch_related(Prefetch("patient", Patient.objects.with_names().prefetch_related("contacts__consents")))


def to_confirm(visits: "QuerySet[Appointment]") -> "QuerySet[Appointment]":
    """With when the last message was left (`message_left_at`): whoever was left none first, then by time."""
    left = Transition.objects.filter(appointment=OuterRef("pk"), what="left message").order_by("-at", "-pk")
    rows = visits.annotate(message_left_at=Subquery(left.values("at")[:1]))
    rows = rows.order_by(IsNull(F("message_left_at"), False), "starts_at", "pk")
    return reachable(rows.select_related("provider", "visit_type", "location"))
