"""Lists of the set-up that can be narrowed to one provider."""

from typing import Any

from django.http import HttpRequest

from compliance.practice_admin import PracticeAdmin
from scheduling.models import Provider


class ByProvider(PracticeAdmin):
    """With a choice of provider above the list. `way` leads from a row to its provider, and is the name in the address."""

    way = "provider"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Offer the providers, where there are several; what is none of them narrows nothing."""
        known = list(Provider.objects.open_to(request.user).order_by("position", "name", "pk"))  # type: ignore[arg-type]
        chosen = next((one for one in known if str(one.pk) == request.GET.get(self.way)), None)
        if chosen is None and self.way in request.GET:
            request.GET = request.GET.copy()  # type: ignore[assignment]
            del request.GET[self.way]
        more = {"narrow": known if len(known) > 1 else [], "narrow_by": self.way, "narrowed": chosen}
        return super().changelist_view(request, more | (extra_context or {}))

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """The way to the provider."""
        return lookup == self.way or super().lookup_allowed(lookup, value, request)
