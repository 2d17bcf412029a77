"""Plans, steps, wordings, red flags: what their one writer does and refuses."""

from datetime import UTC, datetime

import pytest

from correspondence import set_up
from correspondence.enums import Channel
from correspondence.models import RedFlags, ReminderPlan, ReminderStep, Wording

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def wording(by, **fields) -> Wording:
    return set_up.add(Wording(**{"name": "Day before", "subject": "Your visit", "text": "Come.", **fields}), by=by)


def step(by, plan: ReminderPlan | None = None, **fields) -> ReminderStep:
    plan = plan or set_up.add(ReminderPlan(name="All"), by=by)
    return set_up.add(ReminderStep(**{"plan": plan, "hours_before": 24, "wording_name": "Day before", **fields}), by=by)


def test_a_step_needs_words_for_its_channel(inside, secretary):
    wording(secretary)

    with pytest.raises(set_up.NoSuchWording):
        step(secretary, channel=Channel.TEXT)


def test_words_that_a_step_sends_stay_in_use(inside, secretary):
    sent = wording(secretary)
    step(secretary)

    with pytest.raises(set_up.WordingUsed):
        set_up.change(sent, {"is_active": False}, version=1, by=secretary, now=NOW)


def test_words_that_a_step_sends_are_not_removed(inside, secretary):
    sent = wording(secretary)
    step(secretary)

    with pytest.raises(set_up.WordingUsed):
        set_up.remove(sent, by=secretary)


def test_words_in_another_language_can_go(inside, secretary):
    wording(secretary)
    spanish = wording(secretary, language="es")
    step(secretary)

    set_up.remove(spanish, by=secretary)

    assert [row.language for row in Wording.objects.all()] == ["en"]


def test_what_words_say_can_be_changed_at_any_time(inside, secretary):
    sent = wording(secretary)
    step(secretary)

    set_up.change(sent, {"text": "Come early."}, version=1, by=secretary, now=NOW)

    assert Wording.objects.get().text == "Come early."


def test_a_plan_goes_with_its_steps(inside, secretary):
    wording(secretary)
    plan = step(secretary).plan

    set_up.remove(plan, by=secretary)

    assert not ReminderStep.objects.exists()


def test_a_list_of_red_flags_is_a_new_version_each_time(inside, secretary):
    set_up.publish_red_flags(["Chest pain"], by=secretary, now=NOW)

    set_up.publish_red_flags(["Chest pain", "Stroke"], by=secretary, now=NOW)

    assert list(RedFlags.objects.order_by("number").values_list("number", "signs")) == [
        (1, ["Chest pain"]),
        (2, ["Chest pain", "Stroke"]),
    ]
