"""Who ends work by hand says what came of it, and the row behind the work follows; undone, it stands as it stood."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance import cases
from compliance.enums import CaseStatus
from compliance.models import Case
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import booking, recalls, telling, visits
from scheduling.models import Appointment, FreedTime, Offer, Recall
from scheduling.own_visits import OwnVisits
from scheduling.waitlist import freed, offers
from tests.factories import people, waiting
from tests.factories import scheduling as make

CHICAGO = ZoneInfo("America/Chicago")
TODAY = timezone.now().astimezone(CHICAGO).date()
MONDAY = datetime.combine(TODAY + timedelta(days=7 - TODAY.weekday()), time(10), CHICAGO)
IN_THREE_DAYS = timezone.now().replace(second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def scene(inside, secretary):
    """A recall that is due, a freed time, an offer to be made by phone, each with its work."""
    kind, doctor, ada = make.visit_type("Follow-up"), make.provider(), make.patient()
    made = waiting.scene(kind, doctor, whose=ada, by=secretary, starts_at=MONDAY, now=timezone.now())
    offers.call_instead(made["offer"], why="It was not sent.", now=timezone.now())
    return made | {"ada": ada}


@pytest.fixture
def lost(scene, secretary):
    """A visit of hers that she cancelled, to be booked again."""
    visit = make.visit(by=secretary, whose=scene["ada"], starts_at=MONDAY, now=timezone.now())
    visits.cancel(visit, reason="pat", initiator="patient", told_by="called", by=secretary, now=timezone.now())
    return visit


@pytest.fixture
def moved(inside, secretary):
    """A visit that was moved, of which the patient is to be told."""
    old = make.visit(by=secretary, starts_at=MONDAY, now=timezone.now())
    new = booking.move(old, starts_at=MONDAY + timedelta(days=1), by=secretary, now=timezone.now())
    telling.open_work([(old, new)], by=secretary, now=timezone.now())
    return new


@pytest.fixture
def act(as_secretary, practice):
    """Post a button of a case; answers the page and the case as it stands then."""

    def post(kind, verb, **said):
        case = Case.objects.filter(kind=kind).latest("opened_at")
        answer = as_secretary.post(practice_url(practice, f"compliance:{verb}", case.pk), {"version": case.version} | said)
        case.refresh_from_db()
        return answer, case

    return post


def on(as_secretary, practice, page, **said):
    return as_secretary.get(practice_url(practice, f"scheduling:{page}"), said).context


@pytest.mark.parametrize("end", ["closed", "declined", "unreachable"])
def test_ending_the_work_of_a_recall_ends_the_recall(scene, act, as_secretary, practice, end):
    act("recall", "done", outcome=end, note="Moved to Ohio")

    row = Recall.objects.select_related("case").get()
    assert (row.status, row.next_try_at, row.case.closed_at is None) == (end, None, False)
    assert on(as_secretary, practice, "recalls")["rows"] == []


@pytest.mark.parametrize("kind", ["recall", "wait-match", "wait-call", "rebook"])
def test_work_with_a_row_behind_it_is_not_ended_without_saying_what_came_of_it(scene, lost, act, kind):
    answer, case = act(kind, "done", note="Called her")

    page = answer.content.decode()
    assert (answer.status_code, "Choose what came of it." in page, "Called her" in page) == (422, True, True)
    assert case.closed_at is None


def test_before_it_is_ended_the_page_says_what_becomes_of_the_row(scene, as_secretary, practice):
    page = as_secretary.get(practice_url(practice, "compliance:case", scene["recall"].case_id)).content.decode()

    assert ("The recall leaves the list, and nobody calls about it any more." in page, "Need not be seen again" in page) == (
        True,
        True,
    )


def test_what_came_of_it_and_the_note_stand_in_its_history(scene, act):
    _, case = act("recall", "done", outcome="declined", note="Goes elsewhere")

    assert case.transitions.latest("at").note == "Does not want to come.\nGoes elsewhere"


def test_undoing_it_opens_the_recall_again_as_it_stood(scene, act):
    before = Recall.objects.get()
    act("recall", "done", outcome="closed")

    act("recall", "undo")

    after = Recall.objects.get()
    assert (after.status, after.next_try_at) == (before.status, before.next_try_at)


def test_opening_the_work_again_later_opens_the_recall_again(scene, act):
    act("recall", "done", outcome="closed")

    act("recall", "take", note="She called: she wants to come after all")

    assert [(row.status, row.next_try_at) for row in Recall.objects.all()] == [("attempting", None)]


def test_letting_the_work_wait_sets_the_next_try(scene, act):
    until = IN_THREE_DAYS.astimezone(CHICAGO)

    act("recall", "wait", on="patient", until=f"{until:%Y-%m-%dT%H:%M}")

    row = Recall.objects.get()
    assert (row.next_try_at, row.steps.latest("at").next_try_at) == (until, until)


def test_the_work_of_a_recall_that_is_booked_is_not_opened_again(scene, secretary, act):
    recall = scene["recall"]
    booked = {"whose": recall.patient, "kind": recall.visit_type, "starts_at": MONDAY + timedelta(days=30)}
    make.visit(by=secretary, now=timezone.now(), **booked)

    answer, case = act("recall", "take", note="Call again")

    assert (answer.status_code, "A visit is booked for this recall." in answer.content.decode()) == (422, True)
    assert case.status == CaseStatus.COMPLETED


def test_a_freed_time_whose_work_is_ended_leaves_the_wait_lists_page_and_comes_back_when_undone(
    scene, act, as_secretary, practice
):
    act("wait-match", "done", outcome="settled")
    ended = on(as_secretary, practice, "wait_list")["free"]

    act("wait-match", "undo")

    assert (ended, on(as_secretary, practice, "wait_list")["free"]) == ([], list(FreedTime.objects.all()))


def test_a_freed_time_that_was_booked_meanwhile_is_not_opened_again(scene, act, secretary):
    act("wait-match", "done", outcome="settled")
    who = scene["freed"].provider
    make.visit(by=secretary, who=who, kind=scene["entry"].visit_type, starts_at=MONDAY, now=timezone.now())

    answer, case = act("wait-match", "take", note="Offer it")

    assert ("This time has passed, is taken" in answer.content.decode(), case.closed_at is None) == (True, False)


@pytest.mark.parametrize(("end", "status"), [("told", "offered"), ("declined", "declined"), ("withdrawn", "withdrawn")])
def test_an_offer_made_by_phone_leaves_the_list_of_calls(scene, act, as_secretary, practice, end, status):
    act("wait-call", "done", outcome=end)

    assert (on(as_secretary, practice, "wait_list")["to_call"], Offer.objects.get().status) == ([], status)


def test_an_accepted_time_that_is_not_wanted_is_free_again(scene, secretary, act, as_secretary, practice):
    offers.accept(scene["offer"], by=secretary, now=timezone.now())

    act("wait-confirm", "done", outcome="withdrawn")

    assert (on(as_secretary, practice, "wait_list")["accepted"], Offer.objects.get().status) == ([], "withdrawn")


@pytest.mark.parametrize(
    ("end", "words"), [("not-wished", "Not wished"), ("not-reached", "Not reached"), ("elsewhere", "Not needed")]
)
def test_a_lost_visit_whose_work_is_ended_is_not_to_be_booked(lost, act, as_secretary, practice, secretary, end, words):
    act("rebook", "done", outcome=end)

    own = OwnVisits(lost.patient_id, user=secretary, now=timezone.now())
    page = as_secretary.get(practice_url(practice, "scheduling:visit", lost.pk)).content.decode()
    assert (list(own.lost()), list(own.past()), words in page) == ([], [lost], True)


def test_whoever_was_told_and_comes_leaves_the_unconfirmed_visits(moved, act, as_secretary, practice):
    before = [row for row, _, _ in on(as_secretary, practice, "unconfirmed", days=14)["rows"]]
    act("callback", "done", outcome="comes")

    assert (before, on(as_secretary, practice, "unconfirmed", days=14)["rows"]) == ([moved], [])


def test_undoing_it_takes_the_confirmation_back(moved, act):
    act("callback", "done", outcome="comes")

    _, case = act("callback", "undo")

    assert (Appointment.objects.get(pk=moved.pk).status, case.closed_at) == ("booked", None)


def test_who_was_only_told_is_still_to_confirm(moved, act):
    _, case = act("callback", "done", outcome="told")

    assert (Appointment.objects.get(pk=moved.pk).status, case.status) == ("booked", CaseStatus.COMPLETED)


def test_confirming_the_visit_ends_telling_her_and_undoing_that_opens_it_again(moved, secretary):
    now, case = timezone.now(), Case.objects.get(kind="callback")
    visits.confirm(moved, by=secretary, now=now)
    told = Case.objects.get(pk=case.pk).status

    visits.undo(moved, by=secretary, now=now)

    assert (told, Case.objects.get(pk=case.pk).status) == (CaseStatus.COMPLETED, CaseStatus.IN_PROGRESS)


@pytest.mark.parametrize("end", ["cancel", "move"])
def test_nobody_is_told_of_a_visit_that_is_not_to_come(moved, secretary, end):
    if end == "cancel":
        visits.cancel(moved, reason="pat", initiator="patient", told_by="called", by=secretary, now=timezone.now())
    else:
        booking.move(moved, starts_at=MONDAY + timedelta(days=2), by=secretary, now=timezone.now())

    assert Case.objects.get(kind="callback").status == CaseStatus.CANCELLED


def test_who_may_not_work_on_recalls_ends_none(scene, practice):
    biller = people.member(practice, Role.BILLING)
    case = Case.objects.get(kind="recall")
    Case.objects.filter(pk=case.pk).update(owner=biller)

    answer = people.browser(biller).post(
        practice_url(practice, "compliance:done", case.pk), {"version": case.version, "outcome": "closed"}
    )

    assert (answer.status_code, "Hand it over to those who do this work." in answer.content.decode()) == (422, True)
    assert Recall.objects.get().status == "attempting"


def test_a_row_of_my_work_leads_to_where_it_is_said(scene, as_secretary, practice):
    page = as_secretary.get("/my-work/").content.decode()

    case = practice_url(practice, "compliance:case", scene["recall"].case_id)
    assert (f'href="{case}#done"' in page, f'action="{case}done/"' in page) == (True, False)


def test_closing_the_recall_on_its_own_page_ends_its_work(scene, secretary):
    recalls.close(Recall.objects.get(), by=secretary, now=timezone.now())

    assert Case.objects.get(kind="recall").status == CaseStatus.CANCELLED


def test_the_clock_ends_rows_whose_work_was_ended_without_them(scene, secretary):
    for kind in ("recall", "wait-match"):
        cases.move(Case.objects.get(kind=kind), CaseStatus.COMPLETED, by=secretary, now=timezone.now())

    recalls.come_due(now=timezone.now()), freed.settle_over(now=timezone.now())

    assert (Recall.objects.get().status, FreedTime.objects.get().closed_at is None) == ("closed", False)
