"""Sign-in: sessions, and counters for when Redis is away."""

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class DoorCount(models.Model):
    """How often something was tried within a window; `key` is a hash, so that the table names nobody."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.key[:8]


class Session(AbstractBaseSession):
    """A session, and whose it is. Known before any practice is, and holds no health data."""

    user = models.UUIDField(null=True, db_index=True)

    @classmethod
    def get_session_store_class(cls) -> type:
        """The engine that reads and writes these rows."""
        return import_module(settings.SESSION_ENGINE).SessionStore

    class Meta(AbstractBaseSession.Meta):
        pass
