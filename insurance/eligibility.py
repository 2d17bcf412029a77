"""Is a visit covered? The one writer of EligibilityCheck, and the rule that says when to ask again (workflows.md 5)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from compliance.audit import events
from compliance.models import User
from insurance.enums import CheckState, Method, Outcome
from insurance.models import Coverage, EligibilityCheck

AMOUNT = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,2})(\.[0-9]{1,2})?")


class NotCovered(Exception):
    """The coverage is not active on that day, so there is nothing to ask about."""


@dataclass(frozen=True)
class Standing:
    """How a patient's coverage stands for one day of service.

    `check` is the last good answer, whatever became of later tries; None when nobody ever asked.
    """

    coverage: Coverage | None
    check: EligibilityCheck | None
    state: CheckState

    @property
    def look(self) -> tuple[str, str, str]:
        """(stylesheet class, icon, words) of the badge: schedule data, without amounts."""
        if self.coverage is None:
            return "bad", "shield-off", "No insurance on file"
        if self.check is None:
            return "todo", "shield-question-mark", "Insurance not checked"
        if self.check.is_in_force is False:
            return "bad", "shield-x", "Insurance not in force"
        if self.state is CheckState.STALE:
            return "todo", "shield-alert", "Check insurance again"
        if self.check.is_in_force is None:
            return "todo", "shield-question-mark", "Insurance not certain"
        return "good", "shield-check", "Insurance checked"

    @property
    def is_ready(self) -> bool:
        """Whether nothing has to be done before the visit."""
        return self.look[0] == "good"


def record(
    coverage: Coverage,
    *,
    serviced_on: date,
    method: Method,
    by: User,
    now: datetime,
    is_in_force: bool | None,
    details: dict[str, Any] | None = None,
) -> EligibilityCheck:
    """Write down what a payer said by phone or on its website. What it did not say stays None, never 0.

    `details` are further fields of EligibilityCheck. Raises NotCovered when the coverage does not hold on that day.
    """
    if not Coverage.objects.on(serviced_on).filter(pk=coverage.pk).exists():
        raise NotCovered
    known = is_in_force is not None
    check = EligibilityCheck.objects.create(
        patient_id=coverage.patient_id,
        coverage=coverage,
        coverage_version=coverage.version,
        serviced_on=serviced_on,
        state=CheckState.COMPLETE,
        outcome=Outcome.COMPLETE if known else Outcome.PARTIAL,
        method=method,
        is_in_force=is_in_force,
        checked_at=now,
        checked_by=by,
        **(details or {}),
    )
    events.record("eligibility.checked", check, action=events.CREATE, by=by, body={"method": method})
    return check


def state_of(check: EligibilityCheck | None, *, coverage: Coverage, day: date, now: datetime, days: int) -> CheckState:
    """Needed, complete or stale: stale once the coverage changed, the day lies in another month, or `days` went by.

    Payers end coverage with the month, so an answer for one month says nothing of the next.
    """
    if check is None:
        return CheckState.NEEDED
    changed = check.coverage_version != coverage.version
    other_month = (check.serviced_on.year, check.serviced_on.month) != (day.year, day.month)
    too_old = now - check.checked_at > timedelta(days=days)
    return CheckState.STALE if changed or other_month or too_old else CheckState.COMPLETE


def needed_for(patient: UUID, *, day: date, now: datetime, days: int) -> Standing:
    """How one patient stands for one day: two queries."""
    return standings({(patient, day)}, now=now, days=days)[(patient, day)]


def standings(wanted: Iterable[tuple[UUID, date]], *, now: datetime, days: int) -> dict[tuple[UUID, date], Standing]:
    """How many (patient, day) pairs stand: two queries for any number of them, and nothing is opened."""
    wanted = set(wanted)
    coverages: dict[UUID, list[Coverage]] = {}
    active = Coverage.objects.active().filter(patient_id__in={patient for patient, _ in wanted})
    for coverage in active.order_by("priority", "pk"):
        coverages.setdefault(coverage.patient_id, []).append(coverage)
    newest = _newest_good([c.pk for rows in coverages.values() for c in rows])
    answers = {}
    for patient, day in wanted:
        held = next((c for c in coverages.get(patient, []) if c.holds_on(day)), None)
        check = newest.get(held.pk) if held else None
        state = state_of(check, coverage=held, day=day, now=now, days=days) if held else CheckState.NEEDED
        answers[(patient, day)] = Standing(held, check, state)
    return answers


def _newest_good(coverages: list[UUID]) -> dict[UUID, EligibilityCheck]:
    """The newest answered check of each coverage; a failed one never hides it."""
    rows = (
        EligibilityCheck.objects.filter(coverage__in=coverages, outcome__in=[Outcome.COMPLETE, Outcome.PARTIAL])
        .order_by("coverage_id", "-checked_at", "-pk")
        .distinct("coverage_id")
    )
    return {check.coverage_id: check for check in rows}


def history(patient: UUID) -> list[EligibilityCheck]:
    """The last ten answers about any coverage of a patient, newest first."""
    rows = EligibilityCheck.objects.filter(patient_id=patient).select_related("coverage__payer", "checked_by")
    return list(rows.order_by("-checked_at", "-pk")[:10])


def amount(text: str) -> Decimal | None:
    """Dollars as typed ("$1,250.00"); None for an empty box. Raises ValueError for what is no amount.

    A comma stands before three digits or is refused: "25,50" must not become 2,550.
    """
    if not text.strip():
        return None
    plain = text.strip().removeprefix("$").strip()
    if not AMOUNT.fullmatch(plain):
        raise ValueError("not an amount")
    return Decimal(plain.replace(",", ""))
