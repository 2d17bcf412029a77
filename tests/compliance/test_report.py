"""The compliance report: worked out from live data, and each test that it names exists."""

from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.utils import timezone

from compliance import checks, report, trail
from compliance.models import Certificate
from compliance.roles import Role
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
    assert [line.rule.title in printed for line in page.context["lines"]] == [True] * len(report.RULES)


def test_a_secretary_does_not_see_the_report(as_secretary, practice):
    assert as_secretary.get(practice_url(practice, "compliance:report")).status_code == 403
