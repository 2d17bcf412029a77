"""Sign-in counters for when Redis is away."""

from django.db import models


class DoorCount(models.Model):
    """How often something was tried within a window; `key` is a hash, so that the table names nobody."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()
