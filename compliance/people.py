"""The one writer of practices, people, memberships and invitations."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from compliance import access, admission, cases, revocations, sessions
from compliance.audit import events
from compliance.crypto import data_keys, ring
from compliance.handing_over import Left, hand_over
from compliance.models import DataKey, Invitation, Location, Membership, Practice, User
from compliance.revocations import What
from compliance.roles import OPERATOR, Role
from compliance.tenancy import LINK, SYSTEM, acting_in

INVITATION_LASTS = timedelta(hours=72)
OWN_SLUG = "portal-canary"  # of the portal's own practice, which nobody belongs to


class InvitationSpent(Exception):
    """The invitation was used, has run out, or never was."""


class AlreadyMember(Exception):
    """The person holds that role at this practice already."""


class LastAdmin(Exception):
    """Nobody would be left to administer the practice."""


class EndedAlready(Exception):
    """The membership, or the account, ended before; or it was never closed."""


class OwnRole(Exception):
    """Nobody changes what she herself may do."""


def found_practice(
    *, slug: str, name: str, time_zone: str, state: str, admin_email: str, admin_name: str, now: datetime
) -> tuple[Practice, str]:
    """Make a practice with its key, groups, first location, agreement and its first admin's invitation.

    Done by the operator of the portal. Answers the practice and the invitation's secret, which stands nowhere else.
    Raises ValidationError.
    """
    if slug == OWN_SLUG:
        raise ValidationError("This slug is the portal's own. Choose another.")
    with transaction.atomic():
        practice = found(slug=slug, name=name, time_zone=time_zone, state=state, now=now)
        with acting_in(practice.pk, SYSTEM):
            secret = invite(email=admin_email, name=admin_name, role=Role.PRACTICE_ADMIN, by=None, now=now)
    return practice, secret


def found(*, slug: str, name: str, time_zone: str, state: str, now: datetime) -> Practice:
    """Make a practice with its key, groups, first location and agreement, and nobody in it. Raises ValidationError."""
    index_version = ring.the_ring().newest("index")
    practice = Practice(slug=slug, name=name, time_zone=time_zone, state=state, index_version=index_version)
    practice.full_clean(exclude=["id"])
    with transaction.atomic():
        practice.save(force_insert=True)
        access.keep_groups(practice)
        with acting_in(practice.pk, SYSTEM):
            DataKey.objects.create(number=1, **data_keys.made())
            Location.objects.create(name=name, time_zone=time_zone, state=state)
            admission.publish_agreement(admission.FIRST_AGREEMENT.format(practice=name), now=now)
            events.record("practice.founded", action=events.CREATE, body={"slug": slug})
    return practice


def invite(*, email: str, name: str, role: Role, by: User | None, now: datetime) -> str:
    """Invite one person to one role; answers the link's secret, which the caller hands over. `by` None: the operator.

    The same happens whether or not she has an account, so that the inviter cannot tell. Raises OwnRole for oneself.
    """
    return prepare(email=email, name=name, role=role, by=by, now=now, link_left_at=now)[1]


def prepare(
    *, email: str, name: str, role: Role, by: User | None, now: datetime, link_left_at: datetime | None = None
) -> tuple[Invitation, str]:
    """An invitation and its link's secret, as `invite`; without `link_left_at` its link is still to leave."""
    if by is not None and User.objects.normalise(email) == by.email:
        raise OwnRole
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=User.objects.normalise(email),
        name=name,
        role=role,
        secret_hash=_hashed(secret),
        expires_at=now + INVITATION_LASTS,
        invited_by=by,
        invited_as="" if by else OPERATOR,
        link_left_at=link_left_at,
    )
    events.record("invitation.made", invitation, action=events.CREATE, by=by, body={"role": role})
    return invitation, secret


def renew(invitation: Invitation, *, by: User, now: datetime) -> str:
    """A new secret, good for 72 hours, for somebody who has not answered; the old one is void. Raises InvitationSpent."""
    secret = secrets.token_urlsafe(32)
    values = {"secret_hash": _hashed(secret), "expires_at": now + INVITATION_LASTS, "link_left_at": None, "updated_at": now}
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).update(**values):
        raise InvitationSpent
    events.record("invitation.renewed", invitation, action=events.UPDATE, by=by)
    return secret


def note_mail(invitation: Invitation, *, sent: bool, by: User, now: datetime) -> None:
    """The mail with the link has left, or the mail server did not take it."""
    if sent:
        Invitation.objects.filter(pk=invitation.pk).update(link_left_at=now, updated_at=now)
    events.record("invitation.mailed" if sent else "invitation.not_mailed", invitation, action=events.UPDATE, by=by)


def open_invitation(*, slug: str, secret: str, now: datetime) -> Invitation:
    """The invitation of a link that can still be used, with its practice. Acts as LINK. Raises InvitationSpent."""
    practice = Practice.objects.filter(slug=slug).first()
    if practice is None:
        raise InvitationSpent
    with acting_in(practice.pk, LINK):
        found = Invitation.objects.filter(secret_hash=_hashed(secret), accepted_at__isnull=True, expires_at__gt=now)
        invitation = found.select_related("practice", "invited_by").first()
    if invitation is None:
        raise InvitationSpent
    return invitation


def by_email(email: str) -> User | None:
    """Whoever signs in by this address."""
    return User.objects.filter(email=User.objects.normalise(email)).first()


def has_account(invitation: Invitation) -> bool:
    """Whether the invited person is known to the portal. Told to whoever holds the link, never to the inviter."""
    return User.objects.filter(email=invitation.email).exists()


def accept_as_newcomer(invitation: Invitation, *, password: str, now: datetime) -> User:
    """Make the invited person's account with the password she chose, and her membership. Raises InvitationSpent."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=invitation.name)
            accept(invitation, user=user, now=now)
    except IntegrityError as error:  # the same link, answered twice at once
        raise InvitationSpent from error
    return user


def accept(invitation: Invitation, *, user: User, now: datetime, keep: str | None = None) -> Membership:
    """Turn an invitation into a membership of `user`. Runs as LINK in the practice's context.

    Her sessions end but for `keep`, the key of the one that she accepts it in.
    Raises InvitationSpent when it was used meanwhile or is another person's, AlreadyMember when she holds the role.
    """
    if user.email != invitation.email:
        raise InvitationSpent
    with acting_in(invitation.practice_id, LINK):
        mine = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, expires_at__gt=now)
        if not mine.update(accepted_at=now):
            raise InvitationSpent
        membership = join(
            user=user,
            role=Role(invitation.role),
            by=invitation.invited_by,
            approved_as=invitation.invited_as,
            now=now,
            keep=keep,
        )
        if invitation.invited_by_id is None:
            admission.confirm_as_operator(user, now=now)
        events.record("invitation.accepted", invitation, action=events.UPDATE, by=user)
    return membership


def join(
    *, user: User, role: Role, by: User | None, now: datetime, approved_as: str = "", keep: str | None = None
) -> Membership:
    """Give a person a role at the practice being acted in; her sessions but `keep` end. Raises AlreadyMember, OwnRole."""
    if by is not None and by.pk == user.pk:
        raise OwnRole
    if Membership.objects.here().filter(user=user, role=role, ends_at__isnull=True).exists():
        raise AlreadyMember
    membership = Membership.objects.create(
        user=user, role=role, starts_at=now, approved_by=by, approved_as="" if by else approved_as
    )
    user.groups.add(Group.objects.get(name=access.group_name(membership.practice.pk, role)))
    sessions.end_others(user, keep=keep)
    user.forget_standings()
    events.record("membership.begun", membership, action=events.CREATE, by=by, body={"role": role, "user": str(user.pk)})
    return membership


def end(membership: Membership, *, by: User, now: datetime) -> Left:
    """End a membership at once, and all sessions of the person. Raises LastAdmin, OwnRole, EndedAlready.

    Who has no other role here leaves: her open work goes to the team of this one, what she kept is freed.
    """
    if membership.user_id == by.pk:
        raise OwnRole
    return _end(membership.user, Membership.objects.here().filter(pk=membership.pk), by=by, now=now)


def sanction(user: User, *, reason: str, by: User, now: datetime) -> Left:
    """End every role of a person here at once, and all her sessions (45 CFR 164.308(a)(1)(ii)(C)).

    The reason, up to 1,500 characters, lies sealed in a piece of work of the privacy officer; the trail says only that it
    was done. Raises LastAdmin, OwnRole, EndedAlready.
    """
    if user.pk == by.pk:
        raise OwnRole
    with transaction.atomic():
        left = _end(user, Membership.objects.here().filter(user=user), by=by, now=now)
        cases.open_case(
            kind="sanction", summary=f"{user.name}: {reason}", by=by, now=now, team=Role.PRIVACY_OFFICER, about=user
        )
        events.record("person.sanctioned", action=events.UPDATE, by=by, body={"user": str(user.pk)})
    return left


def deactivate(user: User, *, now: datetime) -> dict[str, Left]:
    """Close an account: she leaves every practice and can sign in nowhere. Done by the operator of the portal.

    Answers what she left, by the practice's name. Raises EndedAlready for a closed one, and LastAdmin with the name of the
    practice that nobody else administers; nothing is changed then.
    """
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            raise EndedAlready
        left = {practice.name: _leave(practice, user, now=now) for practice in practices_of(user, now=now)}
        user.is_active = False
        sessions.end_all(user)
        events.record("account.closed", action=events.UPDATE, body={"user": str(user.pk)})
        revocations.note(What.ACCOUNT, user.pk, now=now)
    return left


def reactivate(user: User, *, now: datetime) -> None:
    """Open a closed account again; what she may do anywhere begins with a new invitation. Raises EndedAlready."""
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            raise EndedAlready
        user.is_active = True
        events.record("account.opened", action=events.UPDATE, body={"user": str(user.pk)})
        revocations.note(What.ACCOUNT, user.pk, undone=True, now=now)


def practices_of(user: User, *, now: datetime) -> list[Practice]:
    """Where a person works, seen as she sees it."""
    with acting_in(None, user.pk):
        hers = Membership.objects.in_force(now).filter(user=user).values_list("practice", flat=True)
        return list(Practice.objects.filter(pk__in=list(hers)).order_by("pk"))


def _leave(practice: Practice, user: User, *, now: datetime) -> Left:
    with acting_in(practice.pk, SYSTEM):
        try:
            return _end(user, Membership.objects.here().filter(user=user), by=None, now=now)
        except LastAdmin as last:
            raise LastAdmin(practice.name) from last


def _end(user: User, which: QuerySet[Membership], *, by: User | None, now: datetime) -> Left:
    """End memberships of one person at the practice being acted in, and all her sessions. Raises LastAdmin, EndedAlready.

    The admins are locked in one order first, so that two who end each other's membership do not both succeed.
    """
    admins = Membership.objects.here().filter(role=Role.PRACTICE_ADMIN)
    list(admins.order_by("pk").select_for_update(no_key=True))
    ending = list(which.in_force(now).order_by("starts_at", "pk"))  # type: ignore[attr-defined]
    if not ending:
        raise EndedAlready
    others = admins.in_force(now).exclude(pk__in=[one.pk for one in ending])
    if any(one.role == Role.PRACTICE_ADMIN for one in ending) and not others.exists():
        raise LastAdmin
    for membership in ending:
        _end_one(membership, user, by=by, now=now)
    open_ones = Invitation.objects.filter(invited_by=user, accepted_at__isnull=True, expires_at__gt=now)
    open_ones.update(expires_at=now)  # who may no longer invite leaves no door behind
    sessions.end_all(user)
    user.forget_standings()
    if Membership.objects.here().in_force(now).filter(user=user).exists():
        return Left()
    to_her = Invitation.objects.filter(email=user.email, accepted_at__isnull=True, expires_at__gt=now)
    to_her.update(expires_at=now)  # who has left does not come back by an older link
    return hand_over(user, team=Role(ending[0].role), by=by, now=now)


def _end_one(membership: Membership, user: User, *, by: User | None, now: datetime) -> None:
    membership.ends_at = now
    membership.version += 1
    membership.save(update_fields=["ends_at", "version", "updated_at"])
    user.groups.remove(Group.objects.get(name=access.group_name(membership.practice.pk, membership.role)))
    body = {"role": membership.role, "user": str(user.pk)}
    events.record("membership.ended", membership, action=events.UPDATE, by=by, body=body)
    revocations.note(What.MEMBERSHIP, membership.pk, practice=membership.practice_id, now=now)


def set_preferences(user: User, *, theme: str, time_zone: str, single_keys: bool) -> None:
    """What a person sets for herself; it changes no power and no record, so it holds in every practice."""
    user.theme, user.time_zone, user.single_keys = theme, time_zone, single_keys
    user.full_clean(exclude=["email", "password", "name"], validate_unique=False)
    with transaction.atomic():
        user.save(update_fields=["theme", "time_zone", "single_keys"])
        events.record("preferences.changed", action=events.UPDATE, by=user)


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
