"""What stands around every page: the practice, its time, the way to everything else."""

from typing import Any

from django.http import HttpRequest


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context of the page's frame."""
    return {"practice": getattr(request, "practice", None)}
