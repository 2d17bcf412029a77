"""How recalls, freed times, offers, lost and displaced visits follow when somebody ends their work by hand.

Their own acts move the case; here is the other way round, for `compliance.case_ends`.
"""

from datetime import datetime
from typing import Any

from compliance import case_ends
from compliance.case_ends import Behind, End, Refused
from compliance.enums import CaseStatus
from compliance.models import Case, User
from scheduling import displaced, rebooking, recalls, telling, undoing, visits
from scheduling.enums import UPCOMING, Status
from scheduling.enums_waiting import OFFER_OUT, RecallStatus
from scheduling.models import Appointment, FreedTime, Offer, Rebooking, Recall
from scheduling.waitlist import freed, offer_work, offers

LEAVES_RECALLS = "The recall leaves the list, and nobody calls about it any more."
RECALL_ENDS = (
    End(RecallStatus.CLOSED, "Need not be seen again", LEAVES_RECALLS, CaseStatus.CANCELLED),
    End(RecallStatus.DECLINED, "Does not want to come", LEAVES_RECALLS, CaseStatus.CANCELLED),
    End(RecallStatus.UNREACHABLE, "Could not be reached", LEAVES_RECALLS, CaseStatus.CANCELLED),
)
FREED_ENDS = (End("settled", "Nobody is wanted for it", "The time leaves the wait list’s page and stays free."),)
LEAVES_LOST = "The visit is not to be booked again any more."
LOST_ENDS = (
    End("not-wished", "The patient wishes no other visit", LEAVES_LOST, CaseStatus.CANCELLED),
    End("not-reached", "The patient could not be reached", LEAVES_LOST, CaseStatus.FAILED),
    End("elsewhere", "Nothing more is to be booked", LEAVES_LOST),
)
DISPLACED_ENDS = (
    End("stays", "The visit takes place all the same", "It stays where it is, and the patient is reminded of it again."),
)
CALL_ENDS = (
    End("told", "The patient was told", "The offer stands, and waits for the answer until it runs out."),
    End("declined", "The patient does not want the time", "The offer is over; the patient waits on."),
    End("withdrawn", "The patient could not be reached", "The offer is withdrawn; the patient waits on.", CaseStatus.FAILED),
)
CONFIRM_ENDS = (
    End(
        "withdrawn",
        "The time is not wanted after all",
        "The offer is withdrawn and the time free again; the patient waits on.",
        CaseStatus.CANCELLED,
    ),
)
TOLD_ENDS = (
    End("comes", "The patient was told and comes", "The visit is confirmed, and leaves the list of unconfirmed visits."),
    End("told", "The patient was told", "The visit is still to be confirmed."),
    End("not-told", "The patient could not be told", "The visit is still to be confirmed.", CaseStatus.FAILED),
)


def _recall(case: Case) -> Recall | None:
    rows = Recall.objects.filter(case=case).select_related("visit_type", "patient")
    return rows.select_for_update(no_key=True, of=("self",)).first()


def _end_recall(row: Recall, key: str, *, case: Case, by: User, now: datetime, note: str) -> None:
    row.case = case
    try:
        recalls.close(row, to=RecallStatus(key), by=by, now=now)
    except recalls.IllegalMove as over:
        raise Refused(f"The recall is {row.get_status_display().lower()}.") from over


def _stand_recall(row: Recall, *, case: Case, by: User, now: datetime) -> None:
    row.case = case
    try:
        recalls.stand(row, until=case.waiting_until, by=by, now=now)
    except recalls.IllegalMove as over:
        raise Refused("A visit is booked for this recall.") from over


def _freed(case: Case) -> FreedTime | None:
    rows = FreedTime.objects.filter(case=case).select_related("provider__resource", "location", "visit")
    return rows.select_for_update(no_key=True, of=("self",)).first()


def _end_freed(row: FreedTime, key: str, *, case: Case, now: datetime, **_: Any) -> None:
    row.case = case
    freed.settle(row, now=now, why="")


def _stand_freed(row: FreedTime, *, now: datetime, **_: Any) -> None:
    if row.closed_at and not freed.open_again(row, now=now):
        raise Refused("This time has passed, is taken, or is other work already.")


def _lost_or_displaced(case: Case) -> Rebooking | Appointment | None:
    """The visit that was lost, or else the one that cannot stay; they are work of the same kind."""
    lost = Rebooking.objects.filter(case=case).select_related("lost")
    row = lost.select_for_update(no_key=True, of=("self",)).first()
    return row or Appointment.objects.filter(pk=case.about_id).select_for_update(no_key=True, of=("self",)).first()


def _rebook_ends(case: Case) -> tuple[End, ...]:
    return LOST_ENDS if Rebooking.objects.filter(case=case).exists() else DISPLACED_ENDS


def _stand_rebook(row: Rebooking | Appointment, **_: Any) -> None:
    if isinstance(row, Appointment):
        is_work = row.status in UPCOMING
    else:
        is_work = row.found_id is None and row.lost.status in rebooking.LOST
    if not is_work:
        raise Refused("There is nothing to book any more: look at the visit.")


def _offer(case: Case) -> Offer | None:
    rows = Offer.objects.filter(case=case).select_related("entry", "provider")
    return rows.select_for_update(no_key=True, of=("self",)).first()


def _end_offer(row: Offer, key: str, *, by: User, now: datetime, **_: Any) -> None:
    if key == "declined":
        try:
            offers.decline(row, by=by, now=now)
        except offers.NotOffered as over:
            raise Refused(f"This offer is over: {over.status.label.lower()}.") from over
    elif key == "withdrawn":
        offers.withdraw(row, by=by, now=now)


def _stand_offer(row: Offer, **_: Any) -> None:
    if row.status not in OFFER_OUT:
        raise Refused("This offer is over. Offer a time anew from the wait list.")


def _moved(case: Case) -> Appointment | None:
    rows = Appointment.objects.filter(pk=case.about_id).select_related("provider", "patient", "location", "visit_type")
    return rows.select_for_update(no_key=True, of=("self",)).first()


def _end_told(row: Appointment, key: str, *, by: User, now: datetime, **_: Any) -> None:
    if key != "comes" or row.status == Status.CONFIRMED:
        return
    try:
        visits.confirm(row, by=by, now=now)
    except visits.IllegalMove as over:
        raise Refused(f"The visit is {row.get_status_display().lower()}: it cannot be confirmed.") from over


def _stand_told(row: Appointment, *, case: Case, by: User, now: datetime) -> None:
    """What was confirmed by ending the work is taken back with it."""
    if row.status not in UPCOMING:
        raise Refused(f"The visit is {row.get_status_display().lower()}.")
    step, last = case.transitions.latest("at", "pk"), row.transitions.latest("at", "pk")
    if step.undoes and last.what == "confirmed" and last.at == step.undoes.at:
        undoing.undo(row, by=by, now=now)


def _just_follows(row: Any, *_: Any, **__: Any) -> None:
    """Nothing of the row is written: its pages ask its case."""


def register() -> None:
    """Say so, once, when Django starts."""
    work, about = "scheduling.work_wait_list", "scheduling.appointment"
    told = Behind("scheduling.confirm_appointment", lambda _: TOLD_ENDS, _moved, _end_told, _stand_told)
    for kind, behind in (
        (recalls.KIND, Behind("scheduling.work_recall", lambda _: RECALL_ENDS, _recall, _end_recall, _stand_recall)),
        (freed.KIND, Behind(work, lambda _: FREED_ENDS, _freed, _end_freed, _stand_freed)),
        (offer_work.CALL, Behind(work, lambda _: CALL_ENDS, _offer, _end_offer, _stand_offer)),
        (offer_work.CONFIRM, Behind(work, lambda _: CONFIRM_ENDS, _offer, _end_offer, _stand_offer)),
        (
            displaced.KIND,
            Behind("scheduling.book_appointment", _rebook_ends, _lost_or_displaced, _just_follows, _stand_rebook),
        ),
    ):
        case_ends.register(kind, behind)
    case_ends.register(telling.KIND, told, about=about)
