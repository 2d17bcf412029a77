"""Arithmetic of stretches, against the same asked moment by moment."""

from hypothesis import given
from hypothesis import strategies as st

from scheduling.intervals import both, crowded, merged, minus, pieces, starts

MOMENTS = range(60)
stretch = st.tuples(st.integers(0, 50), st.integers(1, 9)).map(lambda pair: (pair[0], sum(pair)))
stretches = st.lists(stretch, max_size=8)


def inside(moment, rows):
    return sum(start <= moment < end for start, end in rows)


@given(stretches)
def test_merging_keeps_every_moment_once(rows):
    assert [inside(m, merged(rows)) for m in MOMENTS] == [min(1, inside(m, rows)) for m in MOMENTS]


@given(stretches, st.integers(1, 3))
def test_crowded_is_where_so_many_hold_at_once(rows, most):
    assert [inside(m, crowded(rows, most)) for m in MOMENTS] == [int(inside(m, rows) >= most) for m in MOMENTS]


@given(stretches, stretches)
def test_minus_leaves_what_is_not_taken(whole, taken):
    left = list(minus(merged(whole), merged(taken)))

    assert [inside(m, left) for m in MOMENTS] == [int(bool(inside(m, whole)) and not inside(m, taken)) for m in MOMENTS]


@given(stretches, stretches)
def test_both_is_where_each_holds(one, other):
    shared = list(both(merged(one), merged(other)))

    assert [inside(m, shared) for m in MOMENTS] == [int(bool(inside(m, one)) and bool(inside(m, other))) for m in MOMENTS]


@given(stretch, st.integers(0, 40), st.integers(1, 9), st.integers(1, 9), st.integers(0, 60))
def test_beginnings_are_those_on_the_grid_that_fit(gap, origin, length, step, earliest):
    expected = [m for m in MOMENTS if m >= max(gap[0], earliest) and m + length <= gap[1] and (m - origin) % step == 0]

    assert list(starts(gap, origin=origin, length=length, step=step, earliest=earliest)) == expected


@given(stretch, st.integers(1, 20))
def test_pieces_are_short_and_together_the_stretch(whole, longest):
    found = list(pieces(whole, longest))

    assert merged(found) == [whole]
    assert all(0 < end - start <= longest for start, end in found)
