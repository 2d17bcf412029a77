"""What somebody leaves behind at a practice: her open work goes to the team, what she kept for herself is freed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from compliance import cases
from compliance.enums import OVERSIGHT, kind_of_case
from compliance.models import Case, User
from compliance.roles import Role

Release = Callable[[User, datetime], int]
RELEASES: dict[str, Release] = {}
LOOK_WITHIN = timedelta(days=3)


@dataclass(frozen=True)
class Left:
    """The work that went to the team `to`, and by its name how much of what she had kept was freed."""

    to: Role | None = None
    cases: list[Case] = field(default_factory=list)
    freed: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.cases or self.freed)

    def __str__(self) -> str:
        """In a sentence, without health data: how many of which kind."""
        kinds = Counter(kind_of_case(case.kind) for case in self.cases)
        parts = [f"Open work that went to the team {self.to.label} ({len(self.cases)}): {_listed(kinds)}"] if self.to else []
        parts += [f"{what.capitalize()} set free ({count})" for what, count in sorted(self.freed.items())]
        return ". ".join(parts) + "."


def register(what: str, release: Release) -> None:
    """Have an app that lies higher free what a leaver keeps there; it answers how many. Once, when Django starts."""
    RELEASES[what] = release


def hand_over(user: User, *, team: Role, by: User | None, now: datetime) -> Left:
    """Give a person's open work at the practice being acted in to a team, free what she kept, and tell the admins.

    They are told by a piece of work of their own, which stays until somebody has looked. Nothing left, nothing told.
    """
    open_ones = list(Case.objects.standing().filter(owner=user).defer("summary").by_time_left())
    for case in open_ones:
        cases.hand_over(case, by=by, now=now, team=Role.PRIVACY_OFFICER if case.kind in OVERSIGHT else team)
    freed = {what: count for what, release in RELEASES.items() if (count := release(user, now))}
    left = Left(team if open_ones else None, open_ones, freed)
    if left:
        cases.open_case(
            kind="handed-over",
            summary=f"{user.name} no longer works here. {left}",
            by=by,
            now=now,
            team=Role.PRACTICE_ADMIN,
            due_at=now + LOOK_WITHIN,
            about=user,
        )
    return left


def _listed(kinds: Counter[str]) -> str:
    return ", ".join(f"{kind} {count}" if count > 1 else kind for kind, count in kinds.items())
