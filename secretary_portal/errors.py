"""Error pages: a sentence, a reference, one way on; never a trace."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without its token: a page left open over a sign-out, most likely."""
    sentence = "This form was open too long. Go back, reload the page and send it again; what you typed is still there."
    return render(request, "403.html", {"sentence": sentence}, status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 inside one's own practice."""
    return render(request, "403.html", {"sentence": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same whether a thing is not there or another practice's."""
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """500 with the request's id as reference."""
    return render(request, "500.html", {"reference": getattr(request, "id", "")}, status=500)
