"""The bare board is drawn by the same code as ours: whatever that code comes to ask for, the bare site has."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from uuid import UUID

from tests.benchmarks import bare_site

DAY = date(2026, 11, 24)
NINE = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
WHO = UUID(int=1)
VISIT = {
    **{"id": UUID(int=2), "patient_id": UUID(int=3), "provider_id": WHO, "family": "Walker", "given": "Ada"},
    **{"kind": "Check", "status": "booked", "mode": "office", "reason": "", "status_since": NINE},
    **{"starts_at": NINE, "ends_at": NINE.replace(minute=30)},
}


def test_the_bare_board_has_a_cell_for_each_visit():
    hours = bare_site.PlainHours({WHO: [(1, time(9), time(17))]}, SimpleNamespace(pk=None, time_zone="America/Chicago"))
    provider = bare_site._provider({"id": WHO, "name": "Dr. Okafor"})

    board = bare_site._board(DAY, "America/Chicago", [provider], [bare_site._visit(VISIT)], hours)

    assert [cell.text for cell in board.columns[0].cells if cell.kind == "visit"] == ["Walker, Ada"]
