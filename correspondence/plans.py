"""Which reminders a visit is to get, and when: the practice's plans laid over its visits. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from correspondence.models import Message, ReminderPlan, ReminderStep
from scheduling.models import Appointment


@dataclass(frozen=True)
class Plans:
    """The steps in use, by kind of visit; `others` are for every visit whose kind has no plan of its own."""

    by_visit_type: dict[UUID, list[ReminderStep]]
    others: list[ReminderStep]

    def steps_for(self, visit_type: UUID) -> list[ReminderStep]:
        """The steps of one kind of visit, the earliest first."""
        return self.by_visit_type.get(visit_type, self.others)

    @property
    def horizon(self) -> timedelta:
        """How long before a visit its earliest step lies."""
        hours = [step.hours_before for steps in (*self.by_visit_type.values(), self.others) for step in steps]
        return timedelta(hours=max(hours, default=0))


def in_use() -> Plans:
    """The plans of the practice being acted in: two queries."""
    by_visit_type: dict[UUID, list[ReminderStep]] = {}
    others: list[ReminderStep] = []
    for plan in ReminderPlan.objects.filter(is_active=True).prefetch_related("steps"):
        steps = sorted(plan.steps.all(), key=lambda step: -step.hours_before)
        if plan.visit_type_id:
            by_visit_type[plan.visit_type_id] = steps
        else:
            others = steps
    return Plans(by_visit_type, others)


def promised(visits: Iterable[Appointment], plans: Plans, *, until: datetime) -> list[Message]:
    """An unsaved message for each (visit, step, channel) that falls due before `until`."""
    return [
        _message(visit, step)
        for visit in visits
        for step in plans.steps_for(visit.visit_type_id)
        if due_at(visit.starts_at, step.hours_before) < until
    ]


def due_at(starts_at: datetime, hours_before: int) -> datetime:
    """So many real hours before, whatever the clocks did meanwhile."""
    return starts_at.astimezone(UTC) - timedelta(hours=hours_before)


def expires_at(starts_at: datetime, hours_before: int) -> datetime:
    """A step may come late by half its hours: then the next one is near, or the visit."""
    return starts_at.astimezone(UTC) - timedelta(hours=hours_before) / 2


def key_of(visit: Appointment, channel: str, what: str) -> str:
    """One purpose of one visit at one time: a visit that got another time gets new messages."""
    return f"visit:{visit.pk}:{visit.starts_at:%Y%m%dT%H%M%S%z}:{what}:{channel}"


def _message(visit: Appointment, step: ReminderStep) -> Message:
    due = due_at(visit.starts_at, step.hours_before)
    return Message(
        patient_id=visit.patient_id,
        appointment=visit,
        visit_starts_at=visit.starts_at,
        step_hours=step.hours_before,
        channel=step.channel,
        wording_name=step.wording_name,
        key=key_of(visit, step.channel, f"{step.hours_before}h"),
        due_at=due,
        not_before=due,
        expires_at=expires_at(visit.starts_at, step.hours_before),
    )
