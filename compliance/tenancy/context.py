"""In which practice and as whom the code acts. The ground under models and audit; `acting` opens it."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from compliance.crypto import ring

SYSTEM = UUID("00000000-0000-7000-8000-000000000001")
LINK = UUID("00000000-0000-7000-8000-000000000002")
WEBHOOK = UUID("00000000-0000-7000-8000-000000000003")
FIXED_PRINCIPALS = {SYSTEM: "the portal", LINK: "a signed link", WEBHOOK: "a webhook"}


class PracticeContextMissing(RuntimeError):
    """Something of a practice was touched outside `acting_in`; PostgreSQL would have shown nothing, silently."""


@dataclass(frozen=True, slots=True)
class Context:
    """In which practice (None: in none, only the own memberships are seen) and as whom the code acts."""

    practice: UUID | None
    principal: UUID

    def signed(self, *, expires: int) -> str:
        """`practice:principal:expires:hmac`, the text that `sec.practice()` verifies. `expires` in Unix seconds."""
        claim = f"{self.practice or ''}:{self.principal}:{expires}"
        return f"{claim}:{hmac.new(ring.context_key(), claim.encode(), hashlib.sha256).hexdigest()}"


_current: ContextVar[Context | None] = ContextVar("practice_context", default=None)


def current() -> Context | None:
    """The context of the innermost `acting_in`, or None outside every one."""
    return _current.get()


def current_practice_id() -> UUID:
    """The practice being acted in. Raises PracticeContextMissing where there is none."""
    context = _current.get()
    if context is None or context.practice is None:
        raise PracticeContextMissing("No practice is being acted in: open `acting_in(practice, by)` first.")
    return context.practice


def practice_acted_in() -> UUID | None:
    """The default of every `practice` column: None outside a practice, which the column refuses."""
    context = _current.get()
    return context.practice if context else None


@contextmanager
def entered(context: Context) -> Iterator[Context | None]:
    """Make it the current one inside; answers the one before. Only `acting_in` also tells the database."""
    before = _current.get()
    token = _current.set(context)
    try:
        yield before
    finally:
        _current.reset(token)
