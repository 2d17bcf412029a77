"""Bars for a chart that the server draws: lengths and places, from numbers. The template makes SVG of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 400  # units of the drawing; the page scales it


@dataclass(frozen=True)
class Piece:
    """One part of a bar: its look, what it stands for, and where it lies."""

    look: str
    words: str
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """One bar with its pieces from left to right."""

    label: str
    pieces: list[Piece]
    total: int


def stacked(rows: Iterable[tuple[str, Sequence[int]]], looks: Sequence[tuple[str, str]]) -> list[Bar]:
    """Bars whose longest fills the width. `looks` are (class, words), one for each number of a row."""
    found = [(label, list(numbers)) for label, numbers in rows]
    longest = max((sum(numbers) for _, numbers in found), default=0) or 1
    return [Bar(label, list(_pieces(numbers, looks, WIDTH / longest)), sum(numbers)) for label, numbers in found]


def _pieces(numbers: Sequence[int], looks: Sequence[tuple[str, str]], unit: float) -> Iterable[Piece]:
    x = 0.0
    for number, (look, words) in zip(numbers, looks, strict=True):
        if number:
            yield Piece(look, f"{number} {words}", round(x, 2), round(number * unit, 2))
        x += number * unit
