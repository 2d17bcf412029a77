"""A spreadsheet is taken whole or refused: nothing of it is cut off or left out."""

import io

import openpyxl
import pytest

from scheduling import tables


def sheet(rows):
    """An Excel file of rows by their numbers."""
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for number, cells in rows.items():
        for column, cell in enumerate(cells, 1):
            book.active.cell(number, column, cell)
    book.save(kept)
    return kept.getvalue()


def test_a_cell_that_is_too_long_is_refused_and_not_cut():
    with pytest.raises(tables.NotReadable, match="Row 2 has a text of more than 200 characters"):
        tables.read(b"Name\n" + b"x" * 201)


@pytest.mark.parametrize("content", [b",".join([b"a"] * 41), sheet({1: ["a"] * 41})], ids=["csv", "xlsx"])
def test_a_row_of_too_many_columns_is_refused_and_not_cut(content):
    with pytest.raises(tables.NotReadable, match="Row 1 has more than 40 columns"):
        tables.read(content)


def test_a_row_far_below_empty_ones_is_not_lost():
    assert tables.read(sheet({1: ["Name"], 1500: ["Okafor"]})) == [["Name"], ["Okafor"]]


def test_a_sheet_that_goes_on_far_below_is_refused():
    with pytest.raises(tables.NotReadable, match="below row 10000"):
        tables.read(sheet({1: ["Name"], 10_001: ["Okafor"]}))


@pytest.mark.parametrize("header", [["Name"], ["Name", ""]], ids=["beyond the header", "under an empty name"])
def test_a_cell_without_a_column_is_told(header):
    with pytest.raises(tables.NotReadable, match="“Okafor” stands under no column"):
        tables.by_header([header, ["Dr. Reyes", "Okafor"]], ["Name"], ["Name"])
