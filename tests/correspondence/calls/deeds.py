"""What is done to a call, and what its log then says."""

from datetime import timedelta

from correspondence import calls
from tests.factories import scheduling
from tests.factories.calls import NOW

FREE = NOW + timedelta(hours=2, minutes=19)  # 1 PM


def whats(call):
    return list(call.steps.order_by("at", "pk").values_list("what", flat=True))


def book(call, seen, who=None, starts_at=FREE):
    who = who or scheduling.provider("Dr. Okafor")
    kind = scheduling.visit_type("Annual physical")
    return calls.book(call, provider=who, starts_at=starts_at, visit_type=kind, mode="office", **seen(call))
