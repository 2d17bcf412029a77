"""The clock's work in every practice: one that fails is told of and stops no other."""

import pytest
from django.utils import timezone

from compliance import everywhere
from compliance.models import Case, Job
from compliance.tenancy import SYSTEM, acting_in, current
from compliance.tenancy.urls import practice_url
from tests.factories import people

NAMED = {"name": "work", "title": "Some work"}


def run(work, **more):
    return everywhere.for_each_practice(work, **NAMED, now=timezone.now(), **more)


def failing_in(practice, visited):
    def work(here):
        visited.append(here)
        if here == practice.pk:
            raise ValueError("what it says may hold anything")

    return work


def noted(practice):
    with acting_in(practice.pk, SYSTEM):
        jobs = [(job.kind, job.state, job.findings) for job in Job.objects.all()]
        return jobs, [(case.kind, case.team) for case in Case.objects.all()]


def test_each_practice_is_visited_in_its_own_context(practice):
    other = people.practice()

    seen = run(lambda visited: (visited, current().practice, current().principal))

    assert {(practice.pk, practice.pk, SYSTEM), (other.pk, other.pk, SYSTEM)} <= set(seen)


def test_a_practice_that_fails_does_not_stop_the_others(practice):
    later, visited = people.practice(), []

    with pytest.raises(everywhere.NotEverywhere):
        run(failing_in(practice, visited))

    assert visited.index(practice.pk) < visited.index(later.pk)
    assert noted(later) == ([], [])


def test_a_failure_is_a_finding_of_one_job_and_told_once(practice):
    for _ in range(3):
        with pytest.raises(everywhere.NotEverywhere):
            run(failing_in(practice, []))

    assert noted(practice) == ([("clock-work", "failed", {"ValueError": 3})], [("clock-failed", "privacy_officer")])


def test_the_failure_stands_on_the_jobs_page_without_what_the_error_said(practice, as_admin):
    with pytest.raises(everywhere.NotEverywhere):
        run(failing_in(practice, []))

    with acting_in(practice.pk, SYSTEM):
        job = Job.objects.get()
    pages = [as_admin.get(practice_url(practice, *to)) for to in (["compliance:jobs"], ["compliance:job", job.pk])]
    page = "".join(one.content.decode() for one in pages)

    assert ("Some work" in page, "It could not be done (ValueError)" in page, "may hold anything" in page) == (
        True,
        True,
        False,
    )


def test_what_the_failing_work_wrote_is_undone(practice, secretary):
    def work(here):
        if here == practice.pk:
            Job.objects.create(kind="half", title="Half done")
            raise ValueError

    with pytest.raises(everywhere.NotEverywhere):
        run(work)

    with acting_in(practice.pk, SYSTEM):
        assert not Job.objects.filter(kind="half").exists()
