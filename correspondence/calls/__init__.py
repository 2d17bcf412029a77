"""The call desk: the one writer of Call, CallStep and RedFlags (workflows.md section 3)."""

from .acts import NotAuthorised, book, cancel, confirm, hold, let_go, move
from .caller import (
    MOST_TRIES,
    AuthoritySourceMissing,
    NotAMinor,
    SeveralFit,
    TooManyTries,
    Tried,
    candidates,
    give_up,
    identify,
    may_hear,
    say_who,
    tries_left,
)
from .ending import ReasonMissing, RedFlagUnanswered, abandon, close, hang_up, suggested_outcome
from .flags import WhoAnswered, WhyMissing, answer_flag, flag, signs_of
from .promises import ask_back, open_message, promise_of, take_message, transfer
from .taking import e164, note_reason, take
from .writing import Closed, IllegalMove, Stale

__all__ = [
    "MOST_TRIES",
    "AuthoritySourceMissing",
    "Closed",
    "IllegalMove",
    "NotAMinor",
    "NotAuthorised",
    "ReasonMissing",
    "RedFlagUnanswered",
    "SeveralFit",
    "Stale",
    "TooManyTries",
    "Tried",
    "WhoAnswered",
    "WhyMissing",
    "abandon",
    "answer_flag",
    "ask_back",
    "book",
    "cancel",
    "candidates",
    "close",
    "confirm",
    "e164",
    "flag",
    "give_up",
    "hang_up",
    "hold",
    "identify",
    "let_go",
    "may_hear",
    "move",
    "note_reason",
    "open_message",
    "promise_of",
    "say_who",
    "signs_of",
    "suggested_outcome",
    "take",
    "take_message",
    "transfer",
    "tries_left",
]
