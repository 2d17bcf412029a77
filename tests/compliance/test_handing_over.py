"""Who loses a role, is sanctioned or deactivated: what she leaves, who has it then, and who is told."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from compliance import people
from compliance.enums import CaseStatus
from compliance.models import AuditEvent, Case, Membership
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from scheduling import taking
from scheduling.models import Occupation
from tests.factories import people as made
from tests.factories import scheduling, work

NOW = timezone.now()


def ended(practice, who, admin, role=Role.SECRETARY):
    with acting_in(practice.pk, admin.pk):
        membership = Membership.objects.here().select_related("user").get(user=who, role=role, ends_at=None)
        return people.end(membership, by=admin, now=timezone.now())


def hold(provider, who, hour, *, minutes=5):
    start = NOW + timedelta(days=1, hours=hour)
    until = NOW + timedelta(minutes=minutes)
    with taking.all_or_taken():
        return taking.hold(provider.resource, start, start + timedelta(minutes=20), 0, by=who, until=until, held_for=None)


@pytest.fixture
def busy(practice, secretary, admin):
    """The secretary has two cases and two held times, one of which has run out; the admin has one of each."""
    with acting_in(practice.pk, secretary.pk):
        doctor = scheduling.provider()
        for kind in ("callback", "callback", "refill"):
            work.case(kind=kind, owner=secretary, by=secretary, now=NOW)
        work.case(owner=admin, by=secretary, now=NOW)
        hold(doctor, secretary, 1)
        hold(doctor, secretary, 2, minutes=-1)
        hold(doctor, admin, 3)
    return secretary


def test_a_leavers_open_work_goes_to_the_team_and_her_holds_are_released(practice, admin, busy):
    left = ended(practice, busy, admin)

    with acting_in(practice.pk, SYSTEM):
        assert {(case.owner_id, case.team) for case in left.cases} == {(None, Role.SECRETARY)}
        assert [hold.held_by_id for hold in Occupation.objects.all()] == [admin.pk]
        assert Case.objects.standing().filter(owner=admin).count() == 1
    assert (len(left.cases), left.freed) == (3, {"held times": 1})


def test_the_admins_have_it_listed_until_somebody_has_looked(practice, admin, busy):
    ended(practice, busy, admin)

    with acting_in(practice.pk, SYSTEM):
        told = Case.objects.get(kind="handed-over")
        assert (told.team, told.about_id, told.status) == (Role.PRACTICE_ADMIN, busy.pk, CaseStatus.REQUESTED)
        assert told.summary == (
            "Rosa Diaz no longer works here. Open work that went to the team Secretary (3): Call back 2, Refill."
            " Held times set free (1)."
        )


def test_whoever_ends_it_reads_it_on_the_page(practice, as_admin, busy):
    with acting_in(practice.pk, SYSTEM):
        membership = Membership.objects.get(user=busy)
    pages = [practice_url(practice, "compliance:end_membership", membership.pk)]

    said = as_admin.post(pages[0], follow=True).content.decode()

    assert "Open work that went to the team Secretary (3): Call back 2, Refill. Held times set free (1)." in said


def test_the_admin_site_says_it_as_well(practice, as_admin, busy):
    with acting_in(practice.pk, SYSTEM):
        membership = Membership.objects.get(user=busy)

    said = as_admin.post(practice_url(practice, "admin:compliance_membership_do", membership.pk, "end"), follow=True)

    assert "Held times set free (1)." in said.content.decode()


def test_whoever_leaves_nothing_is_told_to_nobody(practice, admin, secretary):
    left = ended(practice, secretary, admin)

    with acting_in(practice.pk, SYSTEM):
        assert (bool(left), Case.objects.exists()) == (False, False)


def test_whoever_keeps_a_role_keeps_her_work_and_loses_her_sessions(practice, admin, busy, signed_in):
    with acting_in(practice.pk, admin.pk):
        people.join(user=busy, role=Role.BILLING, by=admin, now=NOW)
    browser = signed_in(busy)

    left = ended(practice, busy, admin, role=Role.BILLING)

    assert not left
    assert browser.get(practice_url(practice, "compliance:matrix")).status_code == 302
    with acting_in(practice.pk, SYSTEM):
        assert Case.objects.standing().filter(owner=busy).count() == 3


def test_her_own_session_stays_when_she_accepts_an_invitation(practice, admin, secretary, signed_in):
    here, there = signed_in(secretary), signed_in(secretary)
    with acting_in(practice.pk, admin.pk):
        secret = people.invite(email=secretary.email, name="Rosa", role=Role.BILLING, by=admin, now=timezone.now())

    here.post(f"/invitation/{practice.slug}/{secret}/")

    assert [one.get(practice_url(practice, "compliance:matrix")).status_code for one in (here, there)] == [200, 302]


def sanction(browser, practice, who, said):
    with acting_in(practice.pk, SYSTEM):
        membership = Membership.objects.filter(user=who).first()
    url = practice_url(practice, "admin:compliance_membership_do", membership.pk, "sanction")
    return browser.post(url, {"said": said}, follow=True).content.decode()


def test_a_sanction_ends_every_role_and_gives_the_reason_to_the_privacy_officer(practice, as_admin, secretary, admin):
    with acting_in(practice.pk, admin.pk):
        people.join(user=secretary, role=Role.BILLING, by=admin, now=NOW)

    said = sanction(as_admin, practice, secretary, "Looked up a neighbour.")

    assert "The privacy officer has the reason." in said
    with acting_in(practice.pk, SYSTEM):
        assert not Membership.objects.in_force(timezone.now()).filter(user=secretary).exists()
        case = Case.objects.get(kind="sanction")
        assert (case.team, case.summary) == (Role.PRIVACY_OFFICER, "Rosa Diaz: Looked up a neighbour.")
        assert AuditEvent.objects.get(kind="person.sanctioned").body == {"user": str(secretary.pk)}


@pytest.mark.parametrize("reason", ["", "   ", "\x00", "x" * 1501])
def test_a_sanction_without_a_reason_that_can_be_kept_is_refused_and_changes_nothing(practice, as_admin, secretary, reason):
    said = sanction(as_admin, practice, secretary, reason)

    assert "Write the reason, in up to 1,500 characters." in said
    with acting_in(practice.pk, SYSTEM):
        assert Membership.objects.in_force(timezone.now()).filter(user=secretary).exists()


def test_nobody_sanctions_herself(practice, as_admin, admin):
    said = sanction(as_admin, practice, admin, "Why not.")

    assert "Nobody sanctions herself." in said


def test_a_sanction_never_takes_the_last_admin(practice, admin, secretary):
    with pytest.raises(people.LastAdmin), acting_in(practice.pk, SYSTEM):
        people.sanction(admin, reason="Gone.", by=secretary, now=NOW)


def test_a_closed_account_leaves_every_practice_and_signs_in_nowhere(practice, busy):
    other = made.practice(name="Hillside")
    made.member(other, Role.SECRETARY, who=busy)

    left = people.deactivate(busy, now=timezone.now())

    assert ({*left}, len(left[practice.name].cases), bool(left["Hillside"])) == ({practice.name, "Hillside"}, 3, False)
    assert (people.practices_of(busy, now=timezone.now()), people.by_email(busy.email).is_active) == ([], False)


def test_the_operator_does_not_close_the_account_of_a_last_admin(practice, admin):
    with pytest.raises(CommandError, match=f"Nobody would be left to administer {practice.name}"):
        call_command("account", "close", admin.email)

    assert people.by_email(admin.email).is_active


def test_the_operator_closes_and_opens_an_account(practice, busy, capsys):
    call_command("account", "close", busy.email)
    call_command("account", "open", busy.email)

    assert capsys.readouterr().out.splitlines() == [
        "Closed. Rosa Diaz is signed out everywhere.",
        f"{practice.name}: Open work that went to the team Secretary (3): Call back 2, Refill. Held times set free (1).",
        "Open. Rosa Diaz works nowhere until a practice invites her.",
    ]


@pytest.mark.parametrize("act", ["close", "open"])
def test_an_account_closes_and_opens_once(secretary, act):
    call_command("account", "close", secretary.email)
    if act == "open":
        call_command("account", "open", secretary.email)

    with pytest.raises(CommandError, match=r"account is (closed already|not closed)"):
        call_command("account", act, secretary.email)
