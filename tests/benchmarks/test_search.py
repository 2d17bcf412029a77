"""Finding one of 100,000 sealed patients: the search itself, with the opening of whom it found and both audit events."""

import pytest

from patients import search
from tests.benchmarks.timing import in_turn
from tests.reporting import bench_row

pytestmark = pytest.mark.bench


@pytest.mark.parametrize(("by", "text"), [("a name", "lopez"), ("both names", "lopez mar")])
def test_a_name_is_found(large, unblocked, by, text):
    (ours,) = in_turn(large.inside(lambda: search.find(text, user=large.secretary)))

    bench_row(f"search by {by} over 100 k sealed patients, ms", ours, None, 15)


def test_a_phone_is_found(large, unblocked):
    (ours,) = in_turn(large.inside(lambda: search.by_phone("+16082050000", user=large.secretary)))

    bench_row("search by phone over 100 k sealed patients, ms", ours, None, 8)
