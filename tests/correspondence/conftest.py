"""What tests of correspondence share."""

import pytest

from correspondence.channels.memory import MemoryChannel, MemoryTextChannel
from tests.factories import reminders


@pytest.fixture(autouse=True)
def nothing_sent():
    """Each test begins with empty channels."""
    MemoryChannel.sent.clear()
    MemoryTextChannel.sent.clear()


@pytest.fixture
def planned(inside):
    """A practice with English words and one step, a day before."""
    reminders.wording()
    reminders.plan()
    return inside
