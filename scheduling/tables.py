"""A table from a spreadsheet that somebody uploads: CSV or XLSX, read as text, within limits.

openpyxl reads in its read-only mode, which does not build the sheet in memory, and through defusedxml.
"""

import csv
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from difflib import get_close_matches
from itertools import zip_longest

import openpyxl

LARGEST, LARGEST_UNPACKED = 2_000_000, 20_000_000  # bytes
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1000, 40, 200
LAST_ROW = 10_000  # empty ones counted
NEITHER = "This is neither an Excel file (.xlsx) nor a CSV file in UTF-8. Save it as one of them."

# What unpacking, the XML reader and openpyxl trip over in a damaged file: a part that is missing or cut short, XML that is
# none, a number where a name should be. None of the three has an error of its own for it.
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError),
    *(SyntaxError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError),
)


class NotReadable(Exception):
    """The file cannot be taken. The text says why, and what to do."""


def read(content: bytes) -> list[list[str]]:
    """The rows of the first sheet as text, without empty ones. Raises NotReadable."""
    if len(content) > LARGEST:
        raise NotReadable("This file is larger than 2 MB. Split it into several.")
    rows = _of_xlsx(content) if content.startswith(b"PK") else _of_csv(content)
    table = [row for row in rows if any(row)]
    if not table:
        raise NotReadable("This file is empty.")
    if len(table) > MOST_ROWS + 1:
        raise NotReadable(f"This file has more than {MOST_ROWS} rows. Split it into several.")
    return table


def by_header(table: Sequence[Sequence[str]], columns: Sequence[str], needed: Iterable[str]) -> list[dict[str, str]]:
    """Each row by the names of its columns, in any order of columns. Raises NotReadable, which names a wrong header."""
    known = {name.casefold(): name for name in columns}
    header = [known.get(cell.casefold().strip(), cell) for cell in table[0]]
    for cell in (cell for cell in header if cell and cell not in columns):
        close = get_close_matches(cell.casefold(), known, n=1)
        hint = f" Did you mean “{known[close[0]]}”?" if close else ""
        raise NotReadable(f"“{cell[:40]}” is no column of this list.{hint} The columns are: {', '.join(columns)}.")
    for name in columns:
        if header.count(name) > 1:
            raise NotReadable(f"The column “{name}” is there twice.")
    missing = [name for name in needed if name not in header]
    if missing:
        raise NotReadable(f"The column “{missing[0]}” is missing. The first row names the columns: {', '.join(columns)}.")
    return [_named(header, row) for row in table[1:]]


def _named(header: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """The cells by their columns; an empty cell at the end may be absent, one without a column may not be there."""
    for name, cell in zip_longest(header, row, fillvalue=""):
        if cell and not name:
            raise NotReadable(f"“{cell[:40]}” stands under no column. Give the column a name, or empty the cell.")
    return {name: cell.strip() for name, cell in zip(header, row, strict=False) if name}


def _of_csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(NEITHER) from error
    if "\0" in text:
        raise NotReadable(NEITHER)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [_bounded(number, row) for number, row in enumerate(rows, 1)]
    except csv.Error as error:
        raise NotReadable("A row of this CSV file cannot be read. Save it anew from the spreadsheet.") from error


def _of_xlsx(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise NotReadable("This Excel file unpacks to more than 20 MB. Split it into several.")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_row=LAST_ROW + 1, max_col=MOST_COLUMNS + 1, values_only=True)
        return [_bounded(number, [_text(cell) for cell in row]) for number, row in enumerate(rows, 1)]
    except DAMAGED as error:
        raise NotReadable("This Excel file cannot be read. Save it anew, or save it as CSV.") from error


def _text(cell: object) -> str:
    """As a person would type it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == time.min else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _bounded(number: int, row: Sequence[str]) -> list[str]:
    """Cells without empty ones at the end. Raises NotReadable for a row beyond the limits: nothing is cut off."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    if cells and number > LAST_ROW:
        raise NotReadable(f"Something stands below row {LAST_ROW}. Move it up, or empty it.")
    if len(cells) > MOST_COLUMNS:
        raise NotReadable(f"Row {number} has more than {MOST_COLUMNS} columns.")
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise NotReadable(f"Row {number} has a text of more than {LONGEST_CELL} characters. Shorten it.")
    return cells
