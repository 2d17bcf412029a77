"""The compliance report: worked out from live data, and each test that it names exists."""

from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.utils import timezone

from compliance import checks, incidents, report, safekeeping, trail
from compliance.models import Certificate
from compliance.roles import Role
from compliance.safekeeping import Deed
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people

HOME = Path(__file__).resolve().parent.parent.parent


def state_of(practice, title):
    with acting_in(practice.pk, SYSTEM):
        (line,) = [one for one in report.lines(practice, now=timezone.now()) if one.rule.title == title]
    return line.state


@pytest.mark.parametrize("test", [rule.test for rule in report.RULES if rule.test])
def test_each_test_that_the_report_names_exists(test):
    file, name = test.split("::")

    assert f"def {name}(" in (HOME / file).read_text()


def test_a_practice_without_an_officer_fails(practice, secretary):
    assert state_of(practice, "Officer named") == "fail"
    people.member(practice, Role.PRIVACY_OFFICER)
    assert state_of(practice, "Officer named") == "pass"


def told_of(practice, title, *, now=None):
    with acting_in(practice.pk, SYSTEM):
        (line,) = [one for one in report.lines(practice, now=now or timezone.now()) if one.rule.title == title]
    return (line.state, line.sentence)


def test_an_incident_open_for_longer_than_sixty_days_fails_the_practice(practice, secretary):
    now = timezone.now()
    with acting_in(practice.pk, secretary.pk):
        incidents.report(what="A letter went astray.", by=secretary, now=now - timedelta(days=59))
    (state, sentence), (later, _) = (
        told_of(practice, "Breach notification", now=now + timedelta(days=days)) for days in (0, 2)
    )

    assert (state, "1 incidents are open" in sentence, later) == ("by the practice", True, "fail")


def test_a_review_that_is_overdue_fails_the_practice(practice):
    later = timezone.now() + timedelta(days=94)

    assert [told_of(practice, "Quarterly review of access", now=now)[0] for now in (None, later)] == ["pass", "fail"]


def test_contingency_stands_on_the_last_backup_and_the_last_drill(practice, settings, tmp_path):
    settings.AUDIT_ROOTS, now, found = tmp_path, timezone.now(), []
    deeds = [(Deed.BACKUP, 0), (Deed.RESTORE, 3), (Deed.RESTORE, 0)]
    found.append(told_of(practice, "Contingency", now=now))
    for minute, (deed, differences) in enumerate(deeds):
        safekeeping.note(deed, now=now + timedelta(minutes=minute), differences=differences)
        found.append(told_of(practice, "Contingency", now=now + timedelta(minutes=minute)))

    assert [state for state, _ in found] == ["fail", "fail", "fail", "pass"]
    assert ("none is known" in found[0][1], "with 3 differences" in found[2][1], f"{now:%H:%M} UTC" in found[3][1]) == (
        True,
    ) * 3


@pytest.mark.parametrize(
    ("title", "days"), [("Access to the record", "30"), ("Amendment", "60"), ("Accounting of disclosures", "60")]
)
def test_what_only_the_practice_can_do_is_said_with_its_days(practice, title, days):
    state, sentence = told_of(practice, title)

    assert (state, f"within {days} days" in sentence) == ("by the practice", True)


def test_one_without_training_fails_the_practice(practice, secretary):
    assert state_of(practice, "Training") == "pass"
    with acting_in(practice.pk, SYSTEM):
        Certificate.objects.filter(user=secretary).delete()
    assert state_of(practice, "Training") == "fail"


def test_one_without_a_second_factor_fails_the_practice(practice, secretary):
    Authenticator.objects.filter(user=secretary).delete()

    assert state_of(practice, "Authentication") == "fail"


def test_audit_jobs_that_never_ran_fail_the_practice(practice):
    assert state_of(practice, "Activity review") == "fail"
    checks.run_due(practice.pk, now=timezone.now())
    assert (state_of(practice, "Activity review"), state_of(practice, "Integrity")) == ("pass", "pass")


def test_a_trail_that_nobody_signed_fails_the_practice(committed):
    at = people.practice()
    people.member(at, Role.SECRETARY)

    assert state_of(at, "Audit controls") == "fail"
    trail.seal_now(at.pk, now=timezone.now())
    assert state_of(at, "Audit controls") == "pass"


def test_the_page_and_the_command_say_the_same(as_admin, practice, capsys):
    page = as_admin.get(practice_url(practice, "compliance:report"))

    with pytest.raises(CommandError, match="rules fail"):
        call_command("compliance_report", practice.slug)
    printed = capsys.readouterr().out
    shown = [
        f"{line.state:<16} {line.rule.paragraph:<26} {line.rule.title}: {line.sentence}" for line in page.context["lines"]
    ]
    assert ([line in printed for line in shown], len(shown)) == ([True] * len(report.RULES), len(report.RULES))


def test_a_secretary_does_not_see_the_report(as_secretary, practice):
    assert as_secretary.get(practice_url(practice, "compliance:report")).status_code == 403
