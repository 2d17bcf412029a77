"""What became of the visits: each goes as far as the hour says, by the verbs that the pages use."""

import random
from datetime import datetime, timedelta

from scheduling import visits
from scheduling.enums import UPCOMING, CancelReason, ConfirmedVia, Initiator, ToldBy
from scheduling.models import Appointment
from secretary_portal.demo.data import days
from secretary_portal.demo.data.days import Desk
from secretary_portal.demo.data.hours import midnight

SOON, LONG = 20, 35  # minutes
AGREED = "Fever since last night; the provider agreed"
MISSED, CALLED_OFF, WENT = 0.05, 0.1, 0.115


def play(desk: Desk, first: int, last: int) -> None:
    """Days counted from today, both included: everything up to this hour, and what is known of the hours to come."""
    start = midnight(desk.today + timedelta(days=first), desk.zone)
    end = midnight(desk.today + timedelta(days=last + 1), desk.zone)
    rows = Appointment.objects.filter(starts_at__gte=start, starts_at__lt=end, status__in=UPCOMING)
    dice = random.Random(f"{desk.practice.slug}:{desk.today}:{last}")  # noqa: S311  # nosec B311
    for visit in rows.select_related("provider", "location", "visit_type").order_by("starts_at", "pk"):
        _play(desk, visit, dice)


def squeeze_in(desk: Desk) -> None:
    """A second patient at a time that is taken, with the reason that somebody gave."""
    coming = Appointment.objects.upcoming().filter(starts_at__gt=desk.now, provider=desk.providers[0])
    visit = coming.order_by("starts_at").first()
    if visit:
        dice = random.Random(f"again:{desk.today}")  # noqa: S311  # nosec B311
        patient = next(desk.shuffled(desk.providers[0], dice))
        kind = desk.types["Follow-up"]
        days.book(desk, visit.provider, patient, kind, visit.starts_at, dice, why=AGREED)


def _play(desk: Desk, visit: Appointment, dice: random.Random) -> None:
    late = (desk.now - visit.starts_at) / timedelta(minutes=1)
    fate = dice.random()
    if late < -SOON:
        _ahead(desk, visit, fate)
    elif late < 0:
        _early(desk, visit, fate)
    elif visit.ends_at > desk.now or (late < LONG + 25 and fate > 1 - 0.06):
        _here(desk, visit, fate, late)
    else:
        _over(desk, visit, fate, dice)


def _ahead(desk: Desk, visit: Appointment, fate: float) -> None:
    if fate < 0.05:
        _cancel(desk, visit, now=desk.now - timedelta(hours=2))
    elif fate < 0.6:
        via = ConfirmedVia.CALL if fate < 0.45 else ConfirmedVia.EMAIL
        visits.confirm(visit, via=via, by=desk.by, now=desk.now - timedelta(hours=3))


def _early(desk: Desk, visit: Appointment, fate: float) -> None:
    if fate < 0.6:
        visits.arrive(visit, by=desk.by, now=desk.now - timedelta(minutes=4))
    else:
        visits.confirm(visit, by=desk.by, now=desk.now - timedelta(hours=20))


def _here(desk: Desk, visit: Appointment, fate: float, late: float) -> None:
    """Somebody who was due: in a room, at the desk, still waiting, or not here yet."""
    came = min(visit.starts_at - timedelta(minutes=6), desk.now)
    if late < 8 and fate < 0.3:
        return
    visits.arrive(visit, by=desk.by, now=came)
    if fate > 0.9 or late < 5:
        return
    visits.check_in(visit, by=desk.by, now=came + timedelta(minutes=2), verified=_verified(fate))
    if fate < 0.75:
        visits.room(visit, by=desk.by, now=visit.starts_at + timedelta(minutes=min(4, late)))


def _over(desk: Desk, visit: Appointment, fate: float, dice: random.Random) -> None:
    if fate < MISSED and desk.now - visit.starts_at > timedelta(hours=1):
        visits.no_show(visit, by=desk.by, now=visit.starts_at + timedelta(minutes=45))
        return
    if fate < CALLED_OFF:
        _cancel(desk, visit, now=visit.starts_at - timedelta(hours=5))
        return
    visits.arrive(visit, by=desk.by, now=visit.starts_at - timedelta(minutes=dice.randint(2, 15)))
    if fate < WENT:
        visits.leave(visit, reason="Could not wait any longer", by=desk.by, now=visit.ends_at)
        return
    verified = frozenset(visits.TO_VERIFY) if fate < 0.95 else frozenset({"demographics"})
    visits.check_in(visit, by=desk.by, now=visit.starts_at - timedelta(minutes=1), verified=verified)
    visits.room(visit, by=desk.by, now=visit.starts_at + timedelta(minutes=dice.randint(0, 6)))
    visits.finish(visit, by=desk.by, now=min(desk.now, visit.ends_at + timedelta(minutes=dice.randint(-2, 4))))


def _cancel(desk: Desk, visit: Appointment, *, now: datetime) -> None:
    visits.cancel(
        visit,
        reason=CancelReason.PATIENT,
        initiator=Initiator.PATIENT,
        told_by=ToldBy.SHE_CALLED,
        by=desk.by,
        now=now,
    )


def _verified(fate: float) -> frozenset[str]:
    return frozenset({"demographics"}) if fate > 0.65 else frozenset(visits.TO_VERIFY)
