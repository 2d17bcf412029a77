"""Insurance of those who are to come: checked, checked too long ago, not checked, not in force, none."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from insurance import coverage, eligibility
from insurance.enums import Method, Network
from insurance.models import Coverage, Payer
from patients.models import Patient
from scheduling.models import Appointment
from secretary_portal.demo.data.days import Desk
from secretary_portal.demo.data.hours import midnight

NONE, UNASKED, OLD, ENDED, UNSURE = 0.06, 0.22, 0.34, 0.4, 0.44
OLD_DAYS = 75
PLANS = ("Gold PPO", "Silver HMO", "Choice Plus", "Open Access", "Select")


def load(desk: Desk) -> None:
    """Everybody with a visit to come who has no coverage on file yet."""
    start = midnight(desk.today, desk.zone)
    coming = Appointment.objects.standing().filter(starts_at__gte=start).order_by("starts_at").select_related("patient")
    known = set(Coverage.objects.values_list("patient", flat=True))
    payers = list(Payer.objects.order_by("name"))
    for visit in coming:
        if visit.patient_id not in known:
            known.add(visit.patient_id)
            dice = random.Random(str(visit.patient_id))  # noqa: S311  # nosec B311
            _cover(desk, visit.patient, payers, visit.starts_at, dice, fate=dice.random())
    for patient in Patient.objects.order_by("created_at", "pk")[: len(desk.plan.stories)]:
        if patient.pk not in known and not patient.is_deceased:
            _cover(desk, patient, payers, desk.now, random.Random(str(patient.pk)), fate=1)  # noqa: S311  # nosec B311


def _cover(
    desk: Desk, patient: Patient, payers: list[Payer], serviced_at: datetime, dice: random.Random, *, fate: float
) -> None:
    if fate < NONE:
        return
    held = coverage.add(
        patient=patient,
        payer=dice.choice(payers),
        member_id=f"{dice.choice('ABKWXZ')}{dice.randint(10**8, 10**9 - 1)}",
        group_id=f"{dice.randint(10_000, 99_999)}",
        plan_name=dice.choice(PLANS),
        starts_on=desk.today.replace(month=1, day=1) - timedelta(days=365),
        by=desk.by,
    )
    if fate >= UNASKED:
        _ask(desk, held, fate, dice, serviced_at)


def _ask(desk: Desk, held: Coverage, fate: float, dice: random.Random, serviced_at: datetime) -> None:
    is_old = UNASKED <= fate < OLD
    asked_at = desk.now - timedelta(days=OLD_DAYS if is_old else 1, hours=dice.randint(0, 5))
    day = asked_at if is_old else serviced_at
    eligibility.record(
        held,
        serviced_on=day.astimezone(desk.zone).date(),
        method=dice.choice([Method.PHONE, Method.PORTAL]),
        is_in_force=False if OLD <= fate < ENDED else None if ENDED <= fate < UNSURE else True,
        details=_answer(dice) if fate >= UNSURE or is_old else {"representative": "Dana"},
        by=desk.by,
        now=asked_at,
    )


def _answer(dice: random.Random) -> dict[str, Any]:
    total = dice.choice([500, 1000, 1500, 3000])
    return {
        "representative": dice.choice(["Dana", "Luis", "Priya", "Website"]),
        "reference": f"{dice.randint(10**6, 10**7 - 1)}",
        "network": Network.IN,
        "copay": Decimal(dice.choice([15, 20, 25, 30, 40])),
        "deductible_total": Decimal(total),
        "deductible_remaining": Decimal(total * dice.randint(0, 10) // 10),
    }
