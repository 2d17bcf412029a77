"""What the clock does for the wait list."""

from datetime import datetime

from scheduling import gone, waitlist
from scheduling.waitlist import freed, offers


def tick(*, now: datetime) -> None:
    """End offers that ran out or are void, wishes that are over, work of times that have passed. May run twice or late."""
    offers.end_over(now=now)
    waitlist.age_out(now=now)
    freed.settle_over(now=now)
    gone.follow(now=now)
