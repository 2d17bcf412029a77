"""`manage.py second_factor`: the operator as one of the two people who reset a lost second factor."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import factor_reset, people
from compliance.models import Practice, User
from compliance.tenancy import SYSTEM, acting_in


class Command(BaseCommand):
    """`reset` approves what a practice admin asked for; `ask` asks, for a privacy officer or admin to approve."""

    help = "Reset a lost second factor, together with somebody of the practice. Make sure first who is asking you."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, for whom, at which practice."""
        parser.add_argument("act", choices=["reset", "ask"])
        parser.add_argument("email")
        parser.add_argument("--practice", required=True, help="the practice's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
        practice = Practice.objects.filter(slug=options["practice"]).first()
        user = people.by_email(options["email"])
        if practice is None or user is None:
            raise CommandError("There is no such person or practice.")
        with acting_in(practice.pk, SYSTEM):
            self.stdout.write(_ask(user) if options["act"] == "ask" else _reset(user))


def _ask(user: User) -> str:
    try:
        factor_reset.ask(user, by=None, now=timezone.now())
    except (factor_reset.NothingToReset, factor_reset.AskedAlready, factor_reset.MailNotSent) as refused:
        raise CommandError(refused.__doc__ or "") from refused
    return "Asked. A practice admin or the privacy officer approves on the page People."


def _reset(user: User) -> str:
    now = timezone.now()
    reset = factor_reset.open_for(user, now=now)
    if reset is None:
        raise CommandError("Nobody of the practice asked for it: a practice admin does, on the page People.")
    try:
        factor_reset.approve(reset, by=None, now=now)
    except factor_reset.StillWaits as waits:
        raise CommandError(f"Other practices may stop it until {waits.until:%Y-%m-%d %H:%M} UTC.") from waits
    except (factor_reset.SamePerson, factor_reset.Settled) as refused:
        raise CommandError(refused.__doc__ or "") from refused
    return f"Done. {user.name} is signed out everywhere and sets up a new factor at the next sign-in."
