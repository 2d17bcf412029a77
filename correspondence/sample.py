"""What a plan sends of a made-up visit, and when: for whoever sets reminders up."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from compliance.models import Practice
from compliance.tenancy import current_practice_id
from correspondence import wording
from correspondence.enums import Channel
from correspondence.models import ReminderPlan, Wording
from correspondence.plans import due_at

TEN = time(10)


@dataclass(frozen=True)
class Sent:
    """One reminder: when, over what, in which words, for that visit of somebody made up."""

    due_at: datetime
    channel: str
    subject: str
    text: str


def of(plan: ReminderPlan, *, now: datetime) -> tuple[datetime, list[Sent]]:
    """A visit at ten on the Monday after next, in the practice's zone, and its reminders, the earliest first.

    In English; where nobody has written it in English, in a language in which it is written.
    """
    today = timezone.localtime(now)
    monday = today.date() + timedelta(days=14 - today.weekday())
    starts_at = datetime.combine(monday, TEN, timezone.get_current_timezone())
    said = {(row.name, row.channel): row for row in _wordings()}
    practice, found = Practice.objects.get(pk=current_practice_id()), []
    for step in plan.steps.order_by("-hours_before", "channel"):
        words = said.get((step.wording_name, step.channel)) or Wording()
        when = timezone.localtime(due_at(starts_at, step.hours_before))
        known = wording.known(practice, starts_at, words.language or wording.ENGLISH)
        said_then = wording.sampled(as_sent(words), known)
        found.append(Sent(when, step.get_channel_display(), wording.sampled(words.subject, known), said_then))
    return starts_at, found


def as_sent(said: Wording) -> str:
    """Its words, by text with how to end them, which is added when it goes out."""
    return wording.with_stop(said.text, said.language) if said.channel == Channel.TEXT else said.text


def words(moment: datetime) -> str:
    """Mon, Nov 30, 10:00 AM."""
    return f"{moment:%a, %b} {moment.day}, {moment:%-I:%M %p}"


def _wordings() -> list[Wording]:
    """English last, so that it is the one that is kept."""
    return sorted(Wording.objects.filter(is_active=True), key=lambda row: row.language == wording.ENGLISH)
