"""Printing is recorded, and leads to the page that prints itself."""

from compliance.models import AuditEvent
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import scheduling as make


def kinds(practice, user):
    with acting_in(practice.pk, user.pk):
        return set(AuditEvent.objects.values_list("kind", flat=True))


def test_the_schedule_is_printed_by_an_act(as_secretary, practice, secretary):
    answer = as_secretary.post(practice_url(practice, "scheduling:print_board", "2026-11-23"))

    assert (answer.status_code, answer.url) == (
        302,
        practice_url(practice, "scheduling:board", "2026-11-23") + "?print=1",
    )
    assert "schedule.printed" in kinds(practice, secretary)


def test_a_day_is_printed_by_an_act(as_secretary, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        doctor = make.provider()

    answer = as_secretary.post(practice_url(practice, "scheduling:print_day", "2026-11-23"), {"provider": doctor.pk})

    assert answer.url.endswith(f"/my-day/2026-11-23/?provider={doctor.pk}&print=1")
    assert "day.printed" in kinds(practice, secretary)


def test_a_day_of_nobody_is_not_printed(as_secretary, practice):
    assert as_secretary.post(practice_url(practice, "scheduling:print_day", "2026-11-23")).status_code == 404


def test_only_the_page_after_the_act_prints_itself(as_secretary, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        make.provider()
    url = practice_url(practice, "scheduling:board", "2026-11-23")

    assert b"data-print-now" not in as_secretary.get(url).content
    assert b"data-print-now" in as_secretary.get(f"{url}?print=1").content
