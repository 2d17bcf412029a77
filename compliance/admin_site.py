"""The admin site inside a practice: the practice admins' workplace at `/p/<slug>/admin/`."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, get_script_prefix, reverse
from django.utils import timezone

from compliance.access import requires
from compliance.models import Membership, Practice
from compliance.tenancy import acting_in
from compliance.tenancy.urls import plain_url, practice_url

ENTER = "compliance.enter_admin"
GROUPS = (
    "Places and hours",
    "People and roles",
    "Providers and calendars",
    "Visit types",
    "Reminders",
    "Insurers",
    "Call desk",
)
NOT_HERE = {"autocomplete", "view_on_site", "app_list", "jsi18n", "password_change_done"}


class PracticeAdminSite(admin.AdminSite):
    """Django's admin site through the portal's own door: its sign-in, its roles, one practice at a time."""

    final_catch_all_view = False
    enable_nav_sidebar = False  # ours is a plain list of links

    def register(self, model_or_iterable: Any, admin_class: type | None = None, **options: Any) -> None:
        """Only what is set up in a practice. What libraries register for themselves asks nobody's role, and stays out."""
        from compliance.practice_admin import PracticeAdmin

        if admin_class is not None and issubclass(admin_class, PracticeAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the person may set up the practice of the URL."""
        return request.practice is not None and request.user.may(ENTER)  # type: ignore[attr-defined, union-attr]

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's addresses, less those that nothing here uses, each behind `requires`."""
        found = [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in NOT_HERE]
        for pattern in _each(found):
            if pattern.name == "index":
                pattern.callback = self._front_door(pattern.callback)
            elif pattern.name != "login":
                pattern.callback = requires(ENTER)(pattern.callback)
                pattern.callback.login_url = settings.LOGIN_URL
        return found

    def _front_door(self, index: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        inside = requires(ENTER)(index)

        def entered(request: HttpRequest) -> HttpResponse:
            return _choose(request) if request.practice is None else inside(request)  # type: ignore[attr-defined]

        entered.permission = ENTER  # type: ignore[attr-defined]
        return entered

    @login_not_required
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The portal's sign-in, never Django's own form, which asks for one factor only."""
        return redirect_to_login(request.GET.get("next") or plain_url("admin:index"), settings.LOGIN_URL)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The portal's own page."""
        return redirect(plain_url("account_logout"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The portal's own page."""
        return redirect(plain_url("account_change_password"))

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Everything there is to set up, with how many rows each has."""
        groups = self.get_app_list(request)
        for entry in (entry for group in groups for entry in group["models"]):
            entry["count"] = entry["admin"].get_queryset(request).count()
        return super().index(request, {"app_list": groups, **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Names the practice on every page."""
        return {
            **super().each_context(request),
            "site_title": f"Set-up – {request.practice}",  # type: ignore[attr-defined]
            "site_header": "Set-up",
            "site_url": get_script_prefix(),
            "log_entries": (),
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Grouped the way one thinks of a practice, and not by the parts of the portal."""
        groups: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
        for model_admin in sorted(self._registry.values(), key=lambda one: one.place):
            if model_admin.has_view_permission(request):
                groups[model_admin.group].append(_entry(model_admin, request))
        return [{"name": name, "app_label": "", "models": entries} for name, entries in groups.items() if entries]


def _entry(model_admin: Any, request: HttpRequest) -> dict[str, Any]:
    names = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    return {
        "name": model_admin.heading,
        "object_name": model_admin.opts.object_name,
        "about": model_admin.about,
        "admin": model_admin,
        "admin_url": reverse(f"{names}_changelist"),
        "add_url": reverse(f"{names}_add") if model_admin.has_add_permission(request) else None,
        "is_current": (request.resolver_match.view_name or "").startswith(f"{names}_"),
    }


def _choose(request: HttpRequest) -> HttpResponse:
    """`/admin/` outside a practice: straight in when there is one, else a choice."""
    with acting_in(None, request.user.pk):
        mine = Membership.objects.in_force(timezone.now()).filter(user_id=request.user.pk).values("practice")
        practices = list(Practice.objects.filter(pk__in=mine).order_by("name", "pk"))
    links = [(practice, practice_url(practice, "admin:index")) for practice in practices]
    if len(links) == 1:
        return redirect(links[0][1])
    return render(request, "admin/practices.html", {"links": links})


def _each(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _each(pattern.url_patterns)
        else:
            yield pattern
