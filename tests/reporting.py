"""Rows of `make bench` and `make soak`: kept in var/bench.json and var/soak.json, printed as a table at the end."""

import json
from pathlib import Path
from typing import Any

VAR = Path(__file__).resolve().parent.parent / "var"
AT_MOST, AT_LEAST, EXACTLY = "at most", "at least", "exactly"
_written: set[Path] = set()


def bench_row(
    name: str, ours: float, beside: float | None, target: float, *, lower_is_better: bool = True, into: Path = VAR
) -> bool:
    """Keep one measurement; answers whether the target is met.

    With something `beside` it the target is a ratio (ours : beside), without it a figure in the unit of `ours`.
    """
    ratio = round(ours / beside, 3) if beside else None
    figure = ours if ratio is None else ratio
    met = figure <= target if lower_is_better else figure >= target
    row = {"name": name, "ours": ours, "beside": beside, "ratio": ratio, "target": target, "met": met}
    _keep(into / "bench.json", row)
    return met


def soak_row(name: str, figure: float, target: float, *, rule: str = AT_MOST, into: Path = VAR) -> bool:
    """Keep one figure of a long run; answers whether it is at most, at least or exactly its target."""
    met = {AT_MOST: figure <= target, AT_LEAST: figure >= target, EXACTLY: figure == target}[rule]
    _keep(into / "soak.json", {"name": name, "figure": figure, "target": target, "met": met})
    return met


def _keep(file: Path, row: dict[str, Any]) -> None:
    """Add the row, in the place of an older one of the same name."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = json.loads(file.read_text()) if file.exists() else []
    kept = [old for old in rows if old["name"] != row["name"]]
    file.write_text(json.dumps([*kept, row], indent=1) + "\n")
    _written.add(file)


def table(rows: list[dict[str, Any]]) -> list[str]:
    """The rows as lines of a table."""
    columns = list(rows[0])
    cells = [columns, *([_shown(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(columns))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "MISSED"
    return "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what this run wrote into var/."""
    for file in sorted(_written):
        if file.parent == VAR:
            terminalreporter.section(str(file.relative_to(VAR.parent)))
            for line in table(json.loads(file.read_text())):
                terminalreporter.write_line(line)
