"""What the domain refused, worded for the person in front of it."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from scheduling import booking, steps, visits
from scheduling.enums import NEXT, Status
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
    visits.RoomTaken: "This room is taken at that time. Choose another.",
    booking.SlotTaken: "This time was just taken.",
}

REOPENED = (Status.FULFILLED, Status.NO_SHOW)


def in_words(refused: Exception, visit: Appointment) -> str:
    """One sentence that says what stands in the way, and what can be done."""
    if isinstance(refused, steps.Stale):
        now = refused.visit
        return (
            f"Somebody changed this visit at {timezone.localtime(now.updated_at):%-I:%M %p}: its status is now "
            f"“{now.get_status_display()}”. Your change was not saved."
        )
    if isinstance(refused, steps.IllegalMove):
        return f"The visit's status is “{visit.get_status_display()}”. {_from_there(Status(visit.status))}"
    if isinstance(refused, visits.TooEarly):
        since = timezone.localtime(refused.since, ZoneInfo(visit.location.time_zone))
        return f"That can be said from {since:%-I:%M %p} on {since:%b %-d}."
    return SENTENCES.get(type(refused)) or str(refused)


def _from_there(status: Status) -> str:
    """What is offered from a status."""
    if status in REOPENED:
        return "It is over. “Take back” changes that, for those who may."
    names = sorted(f"“{one.label}”" for one in NEXT[status])
    if not names:
        return "It stays so."
    return f"From there it can become {' or '.join(filter(None, (', '.join(names[:-1]), names[-1])))}."
