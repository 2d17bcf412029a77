"""The one writer of Occupation: takes time, holds it for a while, gives it back.

`lanes` says what is free, under the lock; `visits`, `holds` and `closures` are who takes it.
"""

from scheduling.taking.closures import close, open_again, shut
from scheduling.taking.holds import hold, hold_visit, let_go, mine, release_of, release_run_out
from scheduling.taking.lanes import SlotTaken, all_or_taken, free_lane, has_lane, lane_among, lock_for, one_at_a_time, span
from scheduling.taking.visits import give_back, meet, resources_of, share_again, take, take_again, take_all

__all__ = [
    "SlotTaken",
    "all_or_taken",
    "close",
    "free_lane",
    "give_back",
    "has_lane",
    "hold",
    "hold_visit",
    "lane_among",
    "let_go",
    "lock_for",
    "meet",
    "mine",
    "one_at_a_time",
    "open_again",
    "release_of",
    "release_run_out",
    "resources_of",
    "share_again",
    "shut",
    "span",
    "take",
    "take_again",
    "take_all",
]
