"""Arithmetic of stretches of time: pure, over half-open (start, end) pairs of whole Unix seconds."""

from collections.abc import Iterable, Iterator

Stretch = tuple[int, int]

STEP = 15 * 60  # seconds between two offered beginnings
FIVE = 5 * 60


def pieces(stretch: Stretch, longest: int) -> Iterator[Stretch]:
    """The stretch cut into pieces of at most `longest` seconds, by time."""
    start, end = stretch
    return ((second, min(second + longest, end)) for second in range(start, end, longest))


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same moments, in order, without overlaps or seams."""
    answer: list[Stretch] = []
    for start, end in sorted(stretches):
        if answer and start <= answer[-1][1]:
            if end > answer[-1][1]:
                answer[-1] = (answer[-1][0], end)
        else:
            answer.append((start, end))
    return answer


def crowded(stretches: Iterable[Stretch], most: int) -> list[Stretch]:
    """The moments at which `most` or more of the stretches hold at once. `most` 1 is their union."""
    if most == 1:
        return merged(stretches)
    edges = sorted(edge for start, end in stretches for edge in ((start, 1), (end, -1)))
    answer: list[Stretch] = []
    depth, since = 0, 0
    for moment, step in edges:
        if depth < most <= depth + step:
            since = moment
        elif depth + step < most <= depth and moment > since:
            answer.append((since, moment))
        depth += step
    return merged(answer)


def minus(whole: Iterable[Stretch], taken: list[Stretch]) -> Iterator[Stretch]:
    """What is left of each stretch of `whole` outside `taken`, which is merged and in order."""
    for start, end in whole:
        for away, back in taken:
            if back <= start:
                continue
            if away >= end:
                break
            if away > start:
                yield start, away
            start = max(start, back)
        if start < end:
            yield start, end


def both(one: Iterable[Stretch], other: list[Stretch]) -> Iterator[Stretch]:
    """The moments in a stretch of each."""
    for start, end in one:
        for begins, ends in other:
            if begins < end and ends > start:
                yield max(start, begins), min(end, ends)


def starts(gap: Stretch, *, origin: int, length: int, step: int, earliest: int) -> range:
    """When something of `length` may begin inside `gap`, on the grid of `step` that runs through `origin`."""
    first = max(gap[0], earliest)
    first += (origin - first) % step
    return range(first, gap[1] - length + 1, step)


def next_five(second: int) -> int:
    """The next moment at which the clock shows a multiple of five minutes, or this one."""
    return -(-second // FIVE) * FIVE


def grid(gap: Stretch, origin: int, minutes: int, *, earliest: int) -> set[int]:
    """When a visit of so many minutes may be offered inside `gap`: every quarter of an hour from `origin`, or closer.

    And right at the beginning of the gap, on the next five minutes: visits of twenty minutes follow each other without
    ten between them.
    """
    length, first = minutes * 60, next_five(gap[0])
    found = set(starts(gap, origin=origin, length=length, step=min(STEP, length), earliest=earliest))
    return found | {first} if first >= earliest and first + length <= gap[1] else found


def fives(gap: Stretch, minutes: int, *, earliest: int) -> range:
    """Every five minutes at which a visit of so many minutes could begin inside `gap`."""
    return starts(gap, origin=0, length=minutes * 60, step=FIVE, earliest=earliest)
