"""When a text may go out: by day, and not too many to one number. Kept for every text, although the patient agreed to it.

47 CFR 64.1200(a)(9)(iv) allows exempted healthcare texts one a day and three a week, (c)(1) calls from 8 AM to 9 PM where
the recipient is. Where she is the portal does not know: the zone of the visit's place stands for hers.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from correspondence.enums import Channel, MessageState
from correspondence.models import Message
from patients import numbers

MORNING, NIGHT = time(8), time(21)
A_DAY, A_WEEK = 1, 3
WEEK = timedelta(days=7)


def by_day(moment: datetime, *, zone: ZoneInfo) -> datetime:
    """The moment itself by day, else the next 8 AM there."""
    here = moment.astimezone(zone)
    if MORNING <= here.time() < NIGHT:
        return moment
    day = here.date() + timedelta(days=here.time() >= NIGHT)
    return datetime.combine(day, MORNING, zone).astimezone(moment.tzinfo)


def turn(message: Message, number: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """When the number may have this text: now, or later. Locks the number, so that two workers do not both find room."""
    went = _went_to(number, but=message, since=now - WEEK)
    until = now
    if len(went) >= A_WEEK:
        until = max(until, went[A_WEEK - 1] + WEEK)
    today = now.astimezone(zone).date()
    if sum(moment.astimezone(zone).date() == today for moment in went) >= A_DAY:
        until = max(until, datetime.combine(today + timedelta(days=1), MORNING, zone).astimezone(now.tzinfo))
    return by_day(until, zone=zone)


def _went_to(number: str, *, but: Message, since: datetime) -> list[datetime]:
    """When texts went, or are going, to whoever has the number; the newest first."""
    whose = {*numbers.lock(number), but.patient_id}
    sent = Q(state=MessageState.SENT, sent_at__gt=since)
    going = Q(state=MessageState.SENDING, contact__isnull=False)
    rows = Message.objects.filter(sent | going, patient__in=whose, channel=Channel.TEXT).exclude(pk=but.pk)
    moments = rows.values_list("sent_at", "claimed_at")  # one query: what leaves meanwhile is in neither of two
    return sorted((moment for moment in (sent_at or claimed_at for sent_at, claimed_at in moments) if moment), reverse=True)
