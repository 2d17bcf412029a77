"""What was taken away after a backup, taken away again in the database that was restored from it.

Nothing is given back: a restriction that was lifted since the backup stands again, until somebody lifts it.
"""

from collections.abc import Callable
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import DatabaseError, models

from compliance import access, keeping, revocations
from compliance.audit import events
from compliance.models import Barred, ChartGrant, ChartRestriction, DataKey, Membership, Practice, User
from compliance.revocations import Revocation, What
from compliance.tenancy import SYSTEM, acting_in
from scheduling.models import Feed

Row = models.Model | None


def replay() -> tuple[int, list[str]]:
    """Take away again what stands in the ledger. Answers how much was, and a sentence for each that could not be."""
    done, failed = 0, []
    for said in revocations.standing():
        try:
            done += _taken_away(said)
        except (DatabaseError, ValueError, KeyError):
            failed.append(f"{said.what} {said.row}, taken away on {said.at.isoformat()}, came back. Take it away by hand.")
    return done, failed


def _taken_away(said: Revocation) -> bool:
    kind, take = AGAIN[said.what]
    with acting_in(said.practice, SYSTEM):
        row = take(said)
        if row is not None:
            events.record(kind, row, action=events.UPDATE, body={"because": "done before the restore"})
    return row is not None


def _membership(said: Revocation) -> Row:
    row = Membership.objects.here().filter(pk=said.row, ends_at__isnull=True).select_related("user").first()
    if row is not None:
        Membership.objects.filter(pk=row.pk).update(ends_at=max(said.at, row.starts_at))
        row.user.groups.remove(Group.objects.get(name=access.group_name(row.practice.pk, row.role)))
    return row


def _account(said: Revocation) -> Row:
    closed = User.objects.filter(pk=said.row, is_active=True).update(is_active=False)
    return User.objects.get(pk=said.row) if closed else None


def _factors(said: Revocation) -> Row:
    """Those that were there then. The ids of later ones may be the same: a restored database counts on from the backup."""
    rows = Authenticator.objects.filter(created_at__lte=said.at)
    mine = rows.filter(pk=said.row, user=said.more["user"]) if said.what is What.FACTOR else rows.filter(user=said.row)
    gone = mine.delete()[0]
    return User.objects.get(pk=said.more.get("user", said.row)) if gone else None


def _grant(said: Revocation) -> Row:
    ended = ChartGrant.objects.filter(pk=said.row, ended_at__isnull=True).update(ended_at=said.at)
    return ChartGrant.objects.get(pk=said.row) if ended else None


def _restriction(said: Revocation) -> Row:
    if ChartRestriction.objects.filter(patient=said.more["patient"], ended_at__isnull=True).exists():
        return None
    return ChartRestriction.objects.create(pk=said.row, patient=UUID(said.more["patient"]), by=_user(said, "by"))


def _bar(said: Revocation) -> Row:
    patient, user = UUID(said.more["patient"]), User.objects.filter(pk=said.more["user"]).first()
    if user is None or Barred.objects.filter(patient=patient, user=user, ended_at__isnull=True).exists():
        return None  # she came after the backup, or is barred
    return Barred.objects.create(
        pk=said.row, patient=patient, user=user, relation=said.more["relation"], by=_user(said, "by")
    )


def _feed(said: Revocation) -> Row:
    ended = Feed.objects.filter(pk=said.row, revoked_at__isnull=True).update(revoked_at=said.at)
    return Feed.objects.get(pk=said.row) if ended else None


def _keys(said: Revocation) -> Row:
    if not DataKey.objects.exists():
        return None
    keeping.forget_keys()
    return Practice.objects.get(pk=said.row)


def _user(said: Revocation, who: str) -> User:
    """Raises KeyError for somebody who came after the backup."""
    found = User.objects.filter(pk=said.more[who]).first()
    if found is None:
        raise KeyError(who)
    return found


# What is done, and the kind of the event that tells of it.
AGAIN: dict[What, tuple[str, Callable[[Revocation], Row]]] = {
    What.MEMBERSHIP: ("membership.ended", _membership),
    What.ACCOUNT: ("account.closed", _account),
    What.FACTORS: ("factor.removed", _factors),
    What.FACTOR: ("factor.removed", _factors),
    What.GRANT: ("chart.grant_ended", _grant),
    What.RESTRICTION: ("chart.restricted", _restriction),
    What.BAR: ("chart.barred", _bar),
    What.FEED: ("feed.revoked", _feed),
    What.KEYS: ("key.destroyed", _keys),
}
