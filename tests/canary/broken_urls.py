"""The portal's addresses and one more, at which a view fails with the canary in its hands."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from correspondence.models import Wording
from secretary_portal.urls import handler403, handler404, handler500, urlpatterns

__all__ = ["handler403", "handler404", "handler500"]


def broken(request: HttpRequest) -> HttpResponse:
    """Fails as it is told to."""
    words = request.POST["words"]
    if request.POST["how"] == "check":
        Wording.objects.create(name=words, text=words, channel="pigeon")
    if request.POST["how"] == "query":
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [words])
    if request.POST["how"] == "raw query":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT '{words}'::integer")
    raise ValueError(f"could not read {words}")


WAYS = ("raise", "check", "query", "raw query")
urlpatterns = [*urlpatterns, path("broken/", broken, name="broken")]
