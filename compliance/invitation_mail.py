"""The mail that carries an invitation's link: it leaves after COMMIT, and the row says whether it left.

What is rolled back is mailed to nobody. Whatever stops the mail (a server that is away, a process that is killed
between the two) leaves an invitation that is listed as not sent and can be sent again.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from compliance import people
from compliance.models import Invitation, Practice, User
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import plain_url

Told = Callable[[bool], None]


def invite(
    *,
    practice: Practice,
    email: str,
    name: str,
    role: Role,
    by: User,
    now: datetime,
    url_of: Callable[[str], str],
    told: Told,
) -> None:
    """Invite one person, and send her the link that `url_of` makes of the secret once that is committed.

    `told(sent)` is called after the mail was tried. Raises OwnRole for oneself.
    """
    invitation, secret = people.prepare(email=email, name=name, role=role, by=by, now=now)
    _after_commit(invitation, practice, url_of(secret), by=by, told=told)


def send_again(
    invitation: Invitation, *, practice: Practice, by: User, now: datetime, url_of: Callable[[str], str], told: Told
) -> None:
    """Send somebody who has not answered a new link; the old one is void. Raises InvitationSpent."""
    secret = people.renew(invitation, by=by, now=now)
    _after_commit(invitation, practice, url_of(secret), by=by, told=told)


def send(*, practice: Practice, email: str, name: str, url: str) -> None:
    """Send the link by e-mail. The text names the practice and nothing else."""
    EmailMessage(
        subject=f"Your invitation to {practice.name}",
        body=f"Hello {name},\n\n{practice.name} invites you to its Secretary Portal. Open this link within 72 hours:\n\n"
        f"{url}\n\nIf you did not expect this message, you can delete it.\n",
        to=[email],
    ).send()


def link(request: HttpRequest, secret: str) -> str:
    """The absolute address of an invitation: under the portal's own origin where it is set."""
    path = plain_url("compliance:invitation", request.practice.slug, secret)  # type: ignore[attr-defined]
    origin = getattr(settings, "ORIGIN", "")
    return origin.rstrip("/") + path if origin else request.build_absolute_uri(path)


def _after_commit(invitation: Invitation, practice: Practice, url: str, *, by: User, told: Told) -> None:
    def go() -> None:
        try:
            send(practice=practice, email=invitation.email, name=invitation.name, url=url)
            sent = True
        except OSError:  # smtplib's own errors are among them
            sent = False
        with acting_in(practice.pk, by.pk):
            people.note_mail(invitation, sent=sent, by=by, now=timezone.now())
        told(sent)

    transaction.on_commit(go)
