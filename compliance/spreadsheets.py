"""Cells that no spreadsheet takes for a formula (OWASP, CSV injection)."""

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def safe(cell: object) -> str:
    """The text of a cell, with a leading `'` where a program would take it for a formula or a command."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_DANGEROUS) else text
