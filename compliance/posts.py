"""What the views take from a posted form, besides its fields."""

from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 2000  # a redirect to more is refused by Django itself


def posted(request: HttpRequest) -> QueryDict | None:
    """The data of a bound form. A POST without any is a form left empty, never a page that was asked for."""
    return request.POST if request.method == "POST" else None


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The path in `next` that the form came from, when it is one of ours; else the other one."""
    wanted = request.POST.get("next", "")
    is_path = wanted.startswith("/") and len(wanted) <= LONGEST
    return wanted if is_path and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else otherwise


def with_version(data: QueryDict, version: int) -> QueryDict:
    """What was posted, over the version that stands now: sending it again is a decision to use it."""
    again = data.copy()
    again["version"] = str(version)
    return again
