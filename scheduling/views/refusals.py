"""What the domain refused, worded for the person in front of it."""

from django.utils import timezone

from scheduling import booking, steps, visits
from scheduling.models import Appointment

CANNOT = (
    steps.IllegalMove,
    steps.Stale,
    visits.NotToday,
    visits.TooEarly,
    visits.NotArrived,
    visits.WasReminded,
    visits.DidNotCome,
    visits.ReasonMissing,
    visits.TooLate,
    booking.SlotTaken,
    booking.OutsideHours,
    booking.NotSchedulable,
    booking.PatientBusy,
)

SENTENCES = {
    visits.NotToday: "A patient can arrive only on the day of the visit.",
    visits.NotArrived: "The patient has not arrived yet. Say so first.",
    visits.WasReminded: "A message about this visit was sent, so it cannot be an error. Cancel it instead.",
    visits.DidNotCome: "The visit has begun, so the patient can no longer call it off. Use “Did not come” instead.",
    visits.ReasonMissing: "Say why.",
    visits.TooLate: "That can be undone for 20 seconds, by whoever did it.",
    booking.SlotTaken: "This time was just taken.",
}


def in_words(refused: Exception, visit: Appointment) -> str:
    """One sentence that says what stands in the way, and what can be done."""
    if isinstance(refused, steps.Stale):
        now = refused.visit
        return (
            f"Somebody changed this visit at {timezone.localtime(now.updated_at):%-I:%M %p}: it is now "
            f"{now.get_status_display().lower()}. Your change was not saved."
        )
    if isinstance(refused, steps.IllegalMove):
        return f"The visit is {visit.get_status_display().lower()}. From there it can become: {refused}."
    if isinstance(refused, visits.TooEarly):
        since = timezone.localtime(refused.since)
        return f"That can be said from {since:%-I:%M %p} on {since:%b %-d}."
    return SENTENCES.get(type(refused)) or str(refused)
