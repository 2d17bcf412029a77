"""The trail proven: heads signed every minute, chains verified, and damage brought to the privacy officer.

A damage is told and never repaired; `proof/` finds it, this acts on it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection

from compliance import cases
from compliance.audit import events, roots, second_sink
from compliance.audit.chain import PORTAL
from compliance.audit.proof import verify
from compliance.audit.proof.damage import Damage, Report
from compliance.enums import Priority
from compliance.models import Case
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.context import SYSTEM

TOLD = 20  # damages in a root and in a case; the rest are counted

log = structlog.get_logger(__name__)


@contextmanager
def on_chain(which: UUID) -> Iterator[None]:
    """Act as the portal where the rows of a chain are seen."""
    with acting_in(None if which == PORTAL else which, SYSTEM):
        yield


def heads() -> dict[UUID, tuple[int, bytes]]:
    """Where every chain ends now: number and link."""
    with acting_in(None, SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT chain, number, link FROM sec.chain_heads()")
        return {chain: (number, bytes(link)) for chain, number, link in cursor.fetchall()}


def seal_now(chain: UUID, *, now: datetime) -> bool:
    """Sign one chain's head without waiting for the minute."""
    return seal_one(chain, *heads()[chain], now=now)


def seal_one(chain: UUID, number: int, link: bytes, *, now: datetime) -> bool:
    """Sign a root over one head, if it moved.

    What comes after the last root is verified first: what is wrong with it stands in the new root for good, and is
    brought to the privacy officer, once.
    """
    last = roots.last(chain)
    if last and (last.number, last.link) == (number, link.hex()):
        return False
    with on_chain(chain):
        damages = verify.newest(chain)[:TOLD]
    said = tuple({"kind": one.kind, "number": one.number, "event": str(one.event or "")} for one in damages)
    written = roots.append(chain, number=number, link=link, now=now, findings=said)
    if written and damages:
        alarm(chain, damages, now=now)
    second_sink.forget(chain, now=now)
    return written is not None


def verified(chain: UUID, *, now: datetime, since: timedelta | None = None) -> Report:
    """Verify a chain, from the last root that is at least `since` old, or whole. Damage is an alarm."""
    after = _number_before(chain, now - since) if since else 0
    with on_chain(chain):
        report = verify.chain(chain, after=after)
    if report.damages:
        alarm(chain, report.damages, now=now)
    return report


def _number_before(chain: UUID, moment: datetime) -> int:
    try:
        return max((root.number for root in roots.of(chain) if root.moment <= moment), default=0)
    except ValueError:  # the file is damaged: the verification says so
        return 0


def alarm(chain: UUID, damages: list[Damage], *, now: datetime) -> None:
    """Damage as an event, as an error in the log, and as work of the privacy officer. One standing case for a chain."""
    log.error("audit.damaged", chain=str(chain), damages=len(damages), kinds=sorted({one.kind for one in damages}))
    with on_chain(chain):
        events.record("audit.damaged", body={"damages": len(damages), "kinds": sorted({one.kind for one in damages})})
        if chain != PORTAL and not Case.objects.standing().filter(kind="audit-damage").exists():
            cases.open_case(
                kind="audit-damage",
                summary=f"The audit trail does not prove itself: {len(damages)} findings.\n" + _listed(damages),
                by=None,
                now=now,
                team=Role.PRIVACY_OFFICER,
                priority=Priority.STAT,
                due_at=now,
            )


def _listed(damages: list[Damage]) -> str:
    more = f"\nand {len(damages) - TOLD} more: manage.py audit_verify" if len(damages) > TOLD else ""
    return "\n".join(str(one) for one in damages[:TOLD]) + more
