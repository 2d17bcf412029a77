"""How many queries something takes, so that a list can be shown to need as many for one row as for three."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries(run: Callable[[], Any]) -> int:
    """The number of queries of the second run: the first one fills what is kept for the whole process."""
    run()
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)
