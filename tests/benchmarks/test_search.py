"""Finding one of 100,000 sealed patients, beside plain rows with indexes."""

import pytest

from patients import search
from tests.benchmarks import bare
from tests.benchmarks.timing import in_turn
from tests.reporting import bench_row

pytestmark = pytest.mark.bench


def test_a_name_is_found(large, unblocked):
    ours, beside = in_turn(large.inside(lambda: search.find("lopez", user=large.secretary)), lambda: bare.by_name("lopez"))

    bench_row("name search over 100 k sealed patients, ms", ours, None, 15)
    bench_row("name search, ratio", ours, beside, 3)


def test_two_names_are_found(large, unblocked):
    ours, beside = in_turn(
        large.inside(lambda: search.find("lopez mar", user=large.secretary)), lambda: bare.by_name("lopez", "mar")
    )

    bench_row("name search by both names, ms", ours, None, 15)
    bench_row("name search by both names, ratio", ours, beside, 3)


def test_a_phone_is_found(large, unblocked):
    number = "+16082050000"
    find = large.inside(lambda: search.by_phone(number, user=large.secretary))
    ours, beside = in_turn(find, lambda: bare.by_phone(number))

    bench_row("phone search over 100 k sealed patients, ms", ours, None, 8)
    bench_row("phone search, ratio", ours, beside, 3)
