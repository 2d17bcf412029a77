"""How many queries something takes, so that a list can be shown to need as many for one row as for three."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries(run: Callable[[], Any]) -> int:
    """The least of two runs after a first one, which fills what is kept; now and then one also touches the session."""
    run()
    return min(_counted(run), _counted(run))


def _counted(run: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)
