"""Who pays."""

from datetime import datetime

from compliance.models import Practice
from insurance.models import Payer
from secretary_portal.demo.data.practices import Plan


def load(practice: Practice, plan: Plan, *, now: datetime) -> None:
    """The payers that the practice deals with."""
    there = set(Payer.objects.values_list("name", flat=True))
    for number, name in enumerate(plan.payers):
        if name not in there:
            Payer.objects.create(name=name, phone=f"+1800555{4000 + number}")
