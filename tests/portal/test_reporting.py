import json

import pytest

from tests import reporting


def test_bench_row_measures_by_ratio_when_something_stands_beside(tmp_path):
    assert reporting.bench_row("booking", 15.0, 10.0, 2.0, into=tmp_path) is True
    assert json.loads((tmp_path / "bench.json").read_text()) == [
        {"name": "booking", "ours": 15.0, "beside": 10.0, "ratio": 1.5, "target": 2.0, "met": True}
    ]


def test_bench_row_measures_by_its_figure_when_nothing_stands_beside(tmp_path):
    assert reporting.bench_row("board", 26.0, None, 25.0, into=tmp_path) is False


def test_bench_row_where_more_is_better(tmp_path):
    assert reporting.bench_row("bookings", 60.0, 100.0, 0.5, lower_is_better=False, into=tmp_path) is True


@pytest.mark.parametrize(
    ("rule", "figure", "met"), [("at most", 3, False), ("at least", 3, True), ("exactly", 3, False), ("exactly", 2, True)]
)
def test_soak_row_follows_its_rule(tmp_path, rule, figure, met):
    assert reporting.soak_row("winners", figure, 2, rule=rule, into=tmp_path) is met


def test_row_takes_the_place_of_an_older_one(tmp_path):
    for figure in (5, 0):
        reporting.soak_row("lost", figure, 0, into=tmp_path)

    assert json.loads((tmp_path / "soak.json").read_text()) == [{"name": "lost", "figure": 0, "target": 0, "met": True}]


def test_table_says_what_was_missed():
    assert reporting.table([{"name": "board", "ratio": None, "met": False}]) == ["name   ratio  met", "board  –      MISSED"]
