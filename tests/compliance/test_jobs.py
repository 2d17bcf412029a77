"""Long work: progress, a runner that was killed, and the pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from compliance import jobs
from compliance.models import Job
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.counting import queries
from tests.factories import people

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def job(practice):
    with acting_in(practice.pk, SYSTEM):
        return jobs.queue(kind="import", title="Import of 120 patients", by=None, total=120)


def test_a_job_that_runs_is_not_started_again(inside, job):
    jobs.start(job, now=NOW)

    with pytest.raises(jobs.JobTaken):
        jobs.start(job, now=NOW + timedelta(minutes=5))


def test_a_job_without_a_beat_for_five_minutes_is_taken_over_where_it_was(inside, job):
    jobs.start(job, now=NOW)
    jobs.advance(job, step=40, now=NOW, checkpoint={"line": 40})

    again = jobs.start(Job.objects.get(pk=job.pk), now=NOW + timedelta(minutes=6))

    assert (again.step, again.checkpoint, again.started_at) == (40, {"line": 40}, NOW)


def test_a_failed_job_can_be_started_again(inside, job):
    jobs.start(job, now=NOW)
    jobs.fail(job, now=NOW, sentence="The file could not be read.")

    jobs.start(job, now=NOW)

    assert (job.state, job.sentence) == (Job.State.RUNNING, "")


def test_a_job_that_is_done_is_not_started_again(inside, job):
    jobs.finish(job, now=NOW, sentence="120 patients are imported.")

    with pytest.raises(jobs.JobTaken):
        jobs.start(job, now=NOW)


def test_a_job_is_quiet_after_five_minutes_without_a_beat(inside, job):
    jobs.start(job, now=NOW)

    assert [jobs.seen(job, now=NOW + timedelta(minutes=m)).is_quiet for m in (5, 6)] == [False, True]


def test_the_page_shows_how_far_it_is_and_asks_again_by_itself(as_admin, practice, job):
    with acting_in(practice.pk, SYSTEM):
        jobs.start(job, now=timezone.now())
        jobs.advance(job, step=30, now=timezone.now())

    page = as_admin.get(practice_url(practice, "compliance:job", job.pk)).content.decode()

    assert "Step 30 of 120" in page
    assert 'value="25"' in page
    assert "X-Portal-Refresh" in page


def test_the_page_says_that_nothing_was_heard_of_it(as_admin, practice, job):
    with acting_in(practice.pk, SYSTEM):
        jobs.start(job, now=timezone.now() - timedelta(minutes=6))

    page = as_admin.get(practice_url(practice, "compliance:job", job.pk)).content.decode()

    assert "Nothing has been heard of this job" in page


def test_a_job_that_ended_no_longer_asks(as_admin, practice, job):
    with acting_in(practice.pk, SYSTEM):
        jobs.finish(job, now=timezone.now(), sentence="118 are imported, 2 are set aside.")

    page = as_admin.get(practice_url(practice, "compliance:job", job.pk)).content.decode()

    assert "118 are imported, 2 are set aside." in page
    assert "every 2s" not in page


def test_htmx_gets_the_progress_alone(as_admin, practice, job):
    response = as_admin.get(practice_url(practice, "compliance:job", job.pk), headers={"HX-Request": "true"})

    assert response.content.decode().strip().startswith('<section id="progress"')


def test_a_provider_sees_no_jobs(signed_in, practice, job):
    hers = signed_in(people.member(practice, Role.PROVIDER))

    assert hers.get(practice_url(practice, "compliance:jobs")).status_code == 403


def test_the_list_costs_the_same_for_any_number_of_jobs(as_admin, practice):
    def cost_with(more):
        with acting_in(practice.pk, SYSTEM):
            for _ in range(more):
                jobs.queue(kind="import", title="Import", by=None)
        return queries(lambda: as_admin.get(practice_url(practice, "compliance:jobs")))

    assert cost_with(1) == cost_with(2)
