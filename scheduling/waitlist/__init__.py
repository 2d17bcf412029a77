"""The one writer of the wait list: entries here, their offers in `offers`, what follows a visit in `following`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from compliance.audit import events
from compliance.models import User
from patients.models import Patient
from scheduling.enums import UPCOMING
from scheduling.enums_waiting import WAIT_NEXT, WAIT_OPEN, RemovedBecause, WaitStatus
from scheduling.models import Appointment, Offer, VisitType, WaitEntry, WaitStep

ONE_OPEN = "one_open_wait_for_a_choice"
FIELDS = frozenset(
    {"provider", "locations", "weekdays", "from_time", "until_time", "earliest_on", "latest_on", "min_notice_hours"}
    | {"telehealth_ok", "band", "note", "expires_on"}
)


class WaitsAlready(Exception):
    """She waits for this kind of visit with this choice of provider already."""


class CannotWait(Exception):
    """This patient cannot be put on the list. The text says why."""


class IllegalMove(Exception):
    """The entry cannot go there; `allowed` are the statuses it can go to."""

    def __init__(self, allowed: frozenset[WaitStatus]) -> None:
        self.allowed = allowed
        super().__init__(", ".join(sorted(status.label for status in allowed)) or "nothing: it is final")


class Stale(Exception):
    """Somebody changed the entry since it was shown."""


def add(*, patient: Patient, visit_type: VisitType, by: User | None, now: datetime, **wishes: Any) -> WaitEntry:
    """Put a patient on the list. `wishes` are FIELDS. Her next visit of the kind is kept beside it.

    Raises WaitsAlready, CannotWait.
    """
    _may_wait(patient)
    entry = WaitEntry(patient=patient, visit_type=visit_type, waiting_since=now, **wishes)
    entry.note = entry.note or None
    entry.later_visit = _later_visit(patient, visit_type, now=now)
    with _one_open():
        entry.save(force_insert=True)
        remember(entry, came_from="", by=by, now=now)
        events.record("wait_entry.added", entry, action=events.CREATE, by=by)
    return entry


def change(entry: WaitEntry, wishes: Mapping[str, Any], *, version: int, by: User, now: datetime) -> WaitEntry:
    """Change what an open entry wishes. Raises Stale, IllegalMove for one that is over, WaitsAlready."""
    if entry.status not in WAIT_OPEN:
        raise IllegalMove(WAIT_NEXT[WaitStatus(entry.status)])
    with _one_open():
        locked = WaitEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
        if locked.version != version:
            raise Stale
        for name, value in wishes.items():
            setattr(locked, name, (value or None) if name == "note" else value)
        locked.version += 1
        locked.save(update_fields=[*wishes, "version", "updated_at"])
        remember(locked, came_from=locked.status, by=by, now=now, code="changed")
        events.record("wait_entry.changed", locked, action=events.UPDATE, by=by, body={"fields": sorted(wishes)})
    return locked


def remove(entry: WaitEntry, *, because: RemovedBecause | str, by: User | None, now: datetime, note: str = "") -> WaitStep:
    """Take an entry off, with the reason; what was offered to her is withdrawn. Raises IllegalMove."""
    with transaction.atomic():
        _lock_offers(entry)
        step = go(entry, WaitStatus.REMOVED, by=by, now=now, code=because, note=note, removed_because=because)
        from scheduling.waitlist import offers

        offers.withdraw_all_of(entry, by=by, now=now)
    return step


def age_out(*, now: datetime) -> int:
    """End what was wished for days that are over. For the clock; answers how many."""
    today = now.date() - timedelta(days=1)  # over in every zone
    gone = WaitEntry.objects.filter(status=WaitStatus.WAITING).filter(Q(expires_on__lt=today) | Q(latest_on__lt=today))
    for entry in (rows := list(gone)):
        go(entry, WaitStatus.AGED_OUT, by=None, now=now)
    return len(rows)


def put_back(visit: Appointment, *, by: User | None, now: datetime) -> None:
    """The booking that met a wish was undone: she waits again from when she did. No edge of the table.

    Whoever was put on the list once more meanwhile, for the same kind with the same choice of provider, waits already.
    """
    met = Q(status=WaitStatus.BOOKED) | Q(status=WaitStatus.REMOVED, removed_because=RemovedBecause.BOOKED_ELSEWHERE)
    for entry in WaitEntry.objects.filter(met, booked_visit=visit):
        if _waits_again(entry):
            continue
        came_from = entry.status
        back = {"status": WaitStatus.WAITING, "removed_because": "", "ended_at": None, "booked_visit": None}
        WaitEntry.objects.filter(pk=entry.pk).update(**back, version=models.F("version") + 1, updated_at=now)
        entry.refresh_from_db()
        remember(entry, came_from=came_from, by=by, now=now, code="undone")


def go(
    entry: WaitEntry,
    to: WaitStatus,
    *,
    by: User | None,
    now: datetime,
    offer: Offer | None = None,
    code: str = "",
    note: str = "",
    **values: Any,
) -> WaitStep:
    """Move an entry along the table; the state that it comes from is in the WHERE. Raises IllegalMove."""
    came_from = WaitStatus(entry.status)
    if to not in WAIT_NEXT[came_from]:
        raise IllegalMove(WAIT_NEXT[came_from])
    values |= {"status": to, "ended_at": None if to in WAIT_OPEN else now}
    with transaction.atomic():
        there = WaitEntry.objects.filter(pk=entry.pk, status=came_from)
        if not there.update(**values, version=models.F("version") + 1, updated_at=now):
            raise IllegalMove(WAIT_NEXT[WaitStatus(WaitEntry.objects.get(pk=entry.pk).status)])
        entry.refresh_from_db()
        events.record("wait_entry.moved", entry, action=events.UPDATE, by=by, body={"from": came_from, "to": to})
        return remember(entry, came_from=came_from, offer=offer, by=by, now=now, code=code, note=note)


def locked(entry: WaitEntry) -> WaitEntry:
    """The entry, locked until the transaction ends, with where it stands now."""
    row = WaitEntry.objects.select_for_update(no_key=True).only("status").get(pk=entry.pk)
    entry.status = row.status
    return entry


def lock_with_offers(entry: WaitEntry) -> None:
    """Lock an entry and what is offered to her: who answers at that moment, or takes her off, is waited for."""
    _lock_offers(entry)
    locked(entry)


def remember(
    entry: WaitEntry,
    *,
    came_from: str,
    by: User | None,
    now: datetime,
    offer: Offer | None = None,
    to: str = "",
    code: str = "",
    note: str = "",
) -> WaitStep:
    """Write the row that says what happened to an entry or, with `offer` and `to`, to an offer."""
    return WaitStep.objects.create(
        entry=entry,
        offer=offer,
        patient_id=entry.patient_id,
        from_status=came_from,
        to_status=to or entry.status,
        code=code,
        note=note or None,
        at=now,
        by=by,
    )


def _lock_offers(entry: WaitEntry) -> None:
    """Offers before their entry, as whoever answers one has it: the other order would deadlock."""
    list(Offer.objects.out().filter(entry=entry).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _may_wait(patient: Patient) -> None:
    if patient.is_deceased:
        raise CannotWait("The patient has died.")
    if not patient.is_active:
        raise CannotWait("The patient's record is not active.")


def _waits_again(entry: WaitEntry) -> bool:
    same = {"patient": entry.patient_id, "visit_type": entry.visit_type_id, "provider": entry.provider_id}
    return WaitEntry.objects.open().filter(**same).exists()


def _later_visit(patient: Patient, visit_type: VisitType, *, now: datetime) -> Appointment | None:
    hers = Appointment.objects.filter(patient=patient, visit_type=visit_type, status__in=UPCOMING, starts_at__gt=now)
    return hers.order_by("starts_at", "pk").first()


@contextmanager
def _one_open() -> Iterator[None]:
    """A transaction in which a second open entry of one choice is refused as WaitsAlready."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != ONE_OPEN:
            raise
        raise WaitsAlready from error
