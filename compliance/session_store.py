"""The session engine: Django's own in the database, with the person in a column of its own."""

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from compliance.models import Session


class SessionStore(db.SessionStore):
    """Knows whose a session is, so that all of a person's can be found and ended."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Ours, with the column."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row as Django makes it, and whose it is."""
        row = cast(Session, super().create_model_instance(data))
        row.user = data.get(SESSION_KEY)
        return row
