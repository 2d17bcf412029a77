"""Red flags: what a caller says that cannot wait, and what was done about it (workflows.md section 3, rule c)."""

from collections.abc import Sequence
from datetime import datetime

from compliance.models import User
from correspondence.enums import RedFlagAnswer
from correspondence.models import Call, RedFlags

from .writing import changing, keep, write

FIRST_LIST = (
    "Chest pain or pressure",
    "Trouble breathing",
    "Signs of a stroke",
    "Severe bleeding",
    "Loss of consciousness or seizure",
    "Severe allergic reaction",
    "Suicidal or homicidal thoughts",
    "Overdose",
    "Bleeding in pregnancy",
    "Infant under 3 months with fever",
    "Sudden severe headache",
    "Loss of vision",
)
NAMES_SOMEBODY = (RedFlagAnswer.TRANSFERRED, RedFlagAnswer.PROVIDER_REACHED)


class WhyMissing(Exception):
    """Taking a red flag back needs a reason."""


class WhoAnswered(Exception):
    """A warm transfer and a provider who was reached have a name."""


def newest_list(*, now: datetime) -> RedFlags:
    """The practice's list in force; the first one is published when there is none yet."""
    newest = RedFlags.objects.order_by("-number").first()
    if newest is not None:
        return newest
    first, _ = RedFlags.objects.get_or_create(number=1, defaults={"signs": list(FIRST_LIST), "published_at": now})
    return first


def signs_of(call: Call) -> list[str]:
    """The list that the call is asked by, whatever was published since."""
    asked = RedFlags.objects.filter(number=call.red_flags_number).first()
    return list(asked.signs) if asked else []


def flag(call: Call, signs: Sequence[str], *, version: int, by: User, now: datetime, why: str = "") -> None:
    """Say which signs the caller named. Raises WhyMissing when one is taken back, Stale, Closed.

    A sign added after an answer asks for an answer again: that one was not about it.
    """
    with changing(call, version=version, now=now):
        before, named = set(call.red_flags), [sign for sign in signs_of(call) if sign in signs]
        added, gone = set(named) - before, before - set(named)
        if gone and not why:
            raise WhyMissing
        if not added and not gone:
            return
        keep(call, red_flags=named)
        if added or not named:
            keep(call, red_flag_answer="", red_flag_at=None)
        if added:
            write(call, "red-flags", by=by, now=now, note=", ".join(sign for sign in named if sign in added))
        if gone:
            write(call, "red-flags-taken-back", by=by, now=now, note=f"{', '.join(sorted(gone))}. Why: {why}"[:500])


def answer_flag(call: Call, *, answer: RedFlagAnswer, who: str, at: datetime, version: int, by: User, now: datetime) -> None:
    """Say what was done about the red flags, with whom and when. Raises WhoAnswered, Stale, Closed."""
    if answer in NAMES_SOMEBODY and not who:
        raise WhoAnswered
    with changing(call, version=version, now=now):
        keep(call, red_flag_answer=answer, red_flag_at=at)
        if who:
            keep(call, transferred_to=who)
        facts = {"answer": answer, "at": at.isoformat()}
        write(call, "red-flag-answered", by=by, now=now, facts=facts, note=who)
