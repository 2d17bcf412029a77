"""The one writer of lost second factors: two people agree, neither of them its owner (security.md section 4).

Whoever takes a factor away leaves the password alone in front of the account. So one person can never do it, admins of the
owner's other practices are told and have a day to stop it, and every step is an event.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, models, transaction

from compliance import factor, people
from compliance.audit import events
from compliance.models import FactorReset, Membership, Practice, User
from compliance.models.factor import OPEN_FOR
from compliance.roles import OPERATOR, Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.context import current_practice_id
from compliance.tenancy.urls import practice_url

WAIT = timedelta(hours=24)
MAY_ASK = (Role.PRACTICE_ADMIN,)


class OwnFactor(Exception):
    """Nobody resets her own."""


class MailNotSent(Exception):
    """The mail server did not take the message to the others; nothing was changed."""


class SamePerson(Exception):
    """Whoever asked cannot approve as well."""


class NothingToReset(Exception):
    """The person has no second factor, or does not work here."""


class AskedAlready(Exception):
    """One is open for this person."""


class Settled(Exception):
    """It was done, stopped, or forgotten for a week; or whoever asked may no longer."""


class StillWaits(Exception):
    """Admins of other practices may stop it until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("still waits")
        self.until = until


def ask(user: User, *, by: User | None, now: datetime) -> FactorReset:
    """Ask, at the practice being acted in, that somebody may set up her factor anew. `by` None: the operator.

    Raises OwnFactor, NothingToReset, AskedAlready; MailNotSent when the others could not be told: nothing is changed then.
    """
    if by is not None and by.pk == user.pk:
        raise OwnFactor
    if not _works_here(user, now=now) or not factor.is_enrolled(user):
        raise NothingToReset
    elsewhere = _elsewhere(user, now=now)
    waits = now + WAIT if elsewhere else None
    try:
        with transaction.atomic():
            _forgotten(user, now=now).update(stopped_at=now)
            reset = FactorReset.objects.create(
                user=user,
                asked_in_id=current_practice_id(),
                asked_by=by,
                asked_as="" if by else OPERATOR,
                asked_at=now,
                waits_until=waits,
            )
            events.record("factor.reset_asked", reset, action=events.CREATE, by=by, body={"user": str(user.pk)})
            _tell(user, elsewhere, now=now)
    except IntegrityError as error:
        raise AskedAlready from error
    except OSError as error:  # smtplib's own errors are among them
        raise MailNotSent from error
    return reset


def approve(reset: FactorReset, *, by: User | None, now: datetime) -> None:
    """Be the second person: every factor and session of the owner ends, and she enrols again. `by` None: the operator.

    Raises OwnFactor, SamePerson, StillWaits, Settled. Of two at once one succeeds.
    """
    with transaction.atomic():
        rows = FactorReset.objects.select_for_update(of=("self",)).select_related("user", "asked_by").open(now)
        mine = rows.filter(pk=reset.pk, asked_in_id=current_practice_id()).first()
        if mine is None or not _still_holds(mine, now=now):
            raise Settled
        _insist_on_two(mine, by)
        if mine.waits_until is not None and mine.waits_until > now:
            raise StillWaits(mine.waits_until)
        mine.done_at, mine.approved_by, mine.approved_as = now, by, "" if by else OPERATOR
        mine.save(update_fields=["done_at", "approved_by", "approved_as"])
        factor.forget(mine.user)
        body = {"user": str(mine.user_id), "asked_by": str(mine.asked_by_id or mine.asked_as)}
        events.record("factor.reset", mine, action=events.UPDATE, by=by, body=body)


def stop(reset: FactorReset, *, by: User, now: datetime) -> None:
    """Stop it, from any practice of the owner. Raises Settled."""
    with transaction.atomic():
        if not FactorReset.objects.open(now).filter(pk=reset.pk).update(stopped_at=now, stopped_by=by):
            raise Settled
        events.record("factor.reset_stopped", reset, action=events.UPDATE, by=by, body={"user": str(reset.user_id)})


def open_for(user: User, *, now: datetime) -> FactorReset | None:
    """What is open about a person at the practice being acted in."""
    return FactorReset.objects.open(now).filter(user=user, asked_in_id=current_practice_id()).first()


def _insist_on_two(reset: FactorReset, by: User | None) -> None:
    if by is not None and by.pk == reset.user_id:
        raise OwnFactor
    if (by.pk if by else None) == reset.asked_by_id:
        raise SamePerson


def _still_holds(reset: FactorReset, *, now: datetime) -> bool:
    """The owner still works here, and whoever asked still may."""
    asker = reset.asked_by
    return _works_here(reset.user, now=now) and (asker is None or _works_here(asker, now=now, roles=MAY_ASK))


def _works_here(user: User, *, now: datetime, roles: tuple[Role, ...] = tuple(Role)) -> bool:
    return Membership.objects.here().in_force(now).filter(user=user, role__in=roles, user__is_active=True).exists()


def _forgotten(user: User, *, now: datetime) -> models.QuerySet[FactorReset]:
    old = FactorReset.objects.filter(user=user, done_at__isnull=True, stopped_at__isnull=True)
    return old.filter(asked_at__lte=now - OPEN_FOR)


def _elsewhere(user: User, *, now: datetime) -> list[Practice]:
    """The owner's other practices."""
    here = current_practice_id()
    return [practice for practice in people.practices_of(user, now=now) if practice.pk != here]


def _tell(user: User, elsewhere: list[Practice], *, now: datetime) -> None:
    """The owner, and the admins of her other practices. No practice is named to another."""
    _mail(user.email, "A reset of your second factor was asked for. If you did not ask for it, tell an admin at once.")
    for practice in elsewhere:
        with acting_in(practice.pk, SYSTEM):
            held = Membership.objects.here().in_force(now).filter(role=Role.PRACTICE_ADMIN).exclude(user=user)
            admins = sorted({row.user.email for row in held.select_related("user")})
        link = settings.ORIGIN.rstrip("/") + practice_url(practice, "compliance:people") if settings.ORIGIN else ""
        for email in admins:
            _mail(
                email,
                f"{user.name}, who works for {practice.name}, lost the second factor, and its reset was asked for at another"
                f" practice. If that seems wrong to you, stop it within 24 hours on the page People: {link}",
            )


def _mail(email: str, body: str) -> None:
    EmailMessage(subject="Second factor: reset asked for", body=f"Hello,\n\n{body}\n", to=[email]).send()
