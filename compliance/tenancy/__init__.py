"""One practice at a time (security.md section 1)."""

from .acting import acting_in
from .context import (
    LINK,
    SYSTEM,
    WEBHOOK,
    Context,
    PracticeContextMissing,
    current,
    current_practice_id,
    practice_acted_in,
)

__all__ = [
    "LINK",
    "SYSTEM",
    "WEBHOOK",
    "Context",
    "PracticeContextMissing",
    "acting_in",
    "current",
    "current_practice_id",
    "practice_acted_in",
]
