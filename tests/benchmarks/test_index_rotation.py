"""Exchange of an index key: how many search tokens a second are made again from the sealed values."""

import time
from pathlib import Path

import pytest

from compliance import index_rotation
from compliance.tenancy import SYSTEM, acting_in
from tests.benchmarks import load
from tests.factories import people, rings
from tests.reporting import bench_row

BENCHED = 5_000  # patients, of some twenty tokens each


@pytest.mark.bench
def test_search_tokens_made_again_a_second(django_db_setup, unblocked, tmp_path: Path, settings):
    practice, before = people.practice(), settings.KEY_RING
    rings.copied(settings, tmp_path)
    load.patients(practice.pk, BENCHED, beside=False)
    job = index_rotation.begin(practice.pk, to=rings.new_index_key(settings))
    began = time.perf_counter()
    job = index_rotation.run(practice.pk, job)
    took = time.perf_counter() - began

    with acting_in(practice.pk, SYSTEM):
        made, old = (index_rotation.needing(version) for version in (job.checkpoint["to"], 1))
    rings.put_back(practice, settings, before)
    bench_row("search tokens made again, a second", round(made / took), None, 10_000, lower_is_better=False)
    assert (job.state, job.step, old) == ("done", BENCHED, 0)
