"""A neighbour looked up, much taken at once, formulas, one's own role: each attack and what stops it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from compliance import bulk, charts, making_exports
from compliance import people as memberships
from compliance.models import Export, GlassReason, Relation
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from patients import search
from patients.models import Patient
from tests.factories import patients, people, scheduling

Status = Export.Status


def crowd(count: int) -> None:
    Patient.objects.bulk_create(Patient() for _ in range(count))


def asked(by) -> Export:
    return bulk.ask("patients-csv", reason="Moving.", by=by, now=timezone.now())


@pytest.fixture
def neighbour(practice, admin, secretary):
    with acting_in(practice.pk, admin.pk):
        made = patients.patient(mrn="N-1")
        charts.bar(secretary, made.pk, relation=Relation.NEIGHBOUR, by=admin)
    return made


@pytest.mark.parametrize("text", ["lopez", "3/27/85", "(608) 555-0123", "N-1"])
def test_looking_up_a_neighbour_finds_nobody(practice, secretary, neighbour, text):
    with acting_in(practice.pk, secretary.pk):
        found = search.find(text, user=secretary)

    assert (found.total, found.patients, found.restricted) == (0, [], [])


@pytest.mark.parametrize(
    "page", ["patients:patient", "patients:banner", "scheduling:of_patient", "insurance:coverage", "patients:glass"]
)
def test_opening_a_neighbours_pages_by_address_is_as_if_she_were_not_there(practice, neighbour, as_secretary, page):
    assert people.proven(as_secretary).get(practice_url(practice, page, neighbour.pk)).status_code == 404


def test_a_neighbours_visit_shows_no_name_on_the_board(practice, admin, neighbour, as_secretary):
    with acting_in(practice.pk, admin.pk):
        scheduling.visit(by=admin, whose=neighbour)

    page = as_secretary.get(practice_url(practice, "scheduling:board", scheduling.MONDAY)).content.decode()

    assert "Lopez" not in page


def test_breaking_glass_over_a_neighbour_is_refused(practice, admin, secretary, neighbour):
    with acting_in(practice.pk, secretary.pk):
        charts.restrict(neighbour.pk, by=admin)
        said = {"reason": GlassReason.EMERGENCY, "words": "Let me.", "by": secretary, "now": timezone.now()}

        with pytest.raises(charts.Closed):
            charts.break_glass(neighbour.pk, **said)


def test_the_privacy_officer_reads_no_chart_without_breaking_its_glass(practice, neighbour):
    officer = people.member(practice, Role.PRIVACY_OFFICER)
    pages = [practice_url(practice, f"patients:{name}", neighbour.pk) for name in ("patient", "banner")]

    answers = [people.proven(people.browser(officer)).get(page) for page in pages]

    with acting_in(practice.pk, officer.pk):
        assert ([one.status_code for one in answers], Patient.objects.visible_to(officer).count()) == ([302, 404], 0)


def test_501_patients_exported_alone_is_refused(practice, admin):
    with acting_in(practice.pk, admin.pk):
        crowd(501)
        export = asked(admin)
        making_exports.make(practice.pk, export.pk)

        with pytest.raises(bulk.NotToFetch):
            bulk.fetch(export, by=admin, now=timezone.now())


def test_501_patients_in_two_slices_are_refused(practice, admin):
    with acting_in(practice.pk, admin.pk):
        crowd(251)
        first, second = asked(admin), asked(admin)

    assert (first.status, second.status) == (Status.APPROVED, Status.WAITING)


def test_the_asker_agreeing_to_her_own_export_is_refused(practice, admin):
    with acting_in(practice.pk, admin.pk):
        crowd(501)
        export = asked(admin)

        with pytest.raises(bulk.OwnExport):
            bulk.decide(export, agrees=True, by=admin, now=timezone.now())


@pytest.mark.parametrize("start", list("=+-@"))
def test_a_name_that_is_a_formula_is_text_in_the_export(practice, admin, start):
    with acting_in(practice.pk, admin.pk):
        patients.patient(family=f"{start}HYPERLINK(1)", mrn="F-1")
        export = asked(admin)
        making_exports.make(practice.pk, export.pk)
        text = bulk.fetch(export, by=admin, now=timezone.now()).decode()

    assert f"F-1,'{start}HYPERLINK(1)," in text


def test_an_admin_raising_her_own_role_is_refused(practice, admin):
    with acting_in(practice.pk, admin.pk), pytest.raises(memberships.OwnRole):
        memberships.join(user=admin, role=Role.PRIVACY_OFFICER, by=admin, now=timezone.now())


def test_an_admin_inviting_herself_to_another_role_is_refused(practice, admin):
    with acting_in(practice.pk, admin.pk), pytest.raises(memberships.OwnRole):
        memberships.invite(email=admin.email, name="Me", role=Role.PROVIDER, by=admin, now=timezone.now())


def raced(practice, count, act) -> list:
    """What each of so many answers who do it at once, each in a transaction of her own."""
    together = Barrier(count, timeout=30)

    def run(number):
        try:
            with acting_in(practice.pk, act.people[number].pk), transaction.atomic():
                together.wait()
                return act(act.people[number])
        except bulk.Decided:
            return "late"
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_two_people_taking_one_approval_at_once_one_gets_it(committed):
    practice = people.practice()
    asker, *others = (people.member(practice, Role.PRACTICE_ADMIN) for _ in range(5))
    with acting_in(practice.pk, asker.pk):
        crowd(501)
        export = asked(asker)

    def agree(who) -> str:
        bulk.decide(Export.objects.get(pk=export.pk), agrees=True, by=who, now=timezone.now())
        return "agreed"

    agree.people = others
    assert sorted(raced(practice, 4, agree)) == ["agreed", "late", "late", "late"]


def test_two_exports_asked_for_at_once_do_not_slip_past_the_limit(committed):
    practice = people.practice()
    asker = people.member(practice, Role.PRACTICE_ADMIN)
    with acting_in(practice.pk, asker.pk):
        crowd(300)

    def ask(who) -> str:
        return asked(who).status

    ask.people = [asker, asker]
    assert sorted(raced(practice, 2, ask)) == [Status.APPROVED, Status.WAITING]


def test_a_file_fetched_twice_at_once_is_handed_out_once(committed):
    practice = people.practice()
    asker = people.member(practice, Role.PRACTICE_ADMIN)
    with acting_in(practice.pk, asker.pk):
        export = asked(asker)
    making_exports.make(practice.pk, export.pk)

    def fetch(who) -> str:
        try:
            return "file" if bulk.fetch(export, by=who, now=timezone.now()) else ""
        except bulk.NotToFetch:
            return "late"

    fetch.people = [asker, asker]
    assert sorted(raced(practice, 2, fetch)) == ["file", "late"]
