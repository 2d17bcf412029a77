"""`manage.py account`: the operator closes an account at every practice at once, or opens it again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import people
from compliance.models import User


class Command(BaseCommand):
    """`close` ends every role and session of a person; `open` lets her be invited again."""

    help = "Close the account of a person at every practice, or open it again. Make sure first who is asking you."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and whose account it is."""
        parser.add_argument("act", choices=["close", "open"])
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
        user = people.by_email(options["email"])
        if user is None:
            raise CommandError("There is no such person.")
        for sentence in _close(user) if options["act"] == "close" else _open(user):
            self.stdout.write(sentence)


def _close(user: User) -> list[str]:
    try:
        left = people.deactivate(user, now=timezone.now())
    except people.EndedAlready as closed:
        raise CommandError("This account is closed already.") from closed
    except people.LastAdmin as last:
        raise CommandError(f"Nobody would be left to administer {last}: it needs another practice admin first.") from last
    ends = [f"{practice}: {what or 'every role ended.'}" for practice, what in left.items()]
    return [f"Closed. {user.name} is signed out everywhere.", *ends]


def _open(user: User) -> list[str]:
    try:
        people.reactivate(user, now=timezone.now())
    except people.EndedAlready as never:
        raise CommandError("This account is not closed.") from never
    return [f"Open. {user.name} works nowhere until a practice invites her."]
