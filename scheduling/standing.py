"""The booked visits that stand in a time that is to be closed, page by page, as its reader may see them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator

from compliance.models import User
from patients.names import listed_of, rows_of
from scheduling.models import Appointment

ON_A_PAGE = 25
SHOWN = ("patient", "provider", "visit_type", "location", "room")


@dataclass(frozen=True)
class Standing:
    """One page of them by time, each with the patient's name. `hidden` are those of charts that are closed to the reader."""

    rows: list[tuple[Appointment, str]]
    total: int
    hidden: int
    page: int
    pages: int

    template = "scheduling/standing.html"

    @property
    def numbers(self) -> range:
        """The pages that there are."""
        return range(1, self.pages + 1)


def listed(visits: Iterable[Appointment], user: User, *, page: str | None = "") -> Standing:
    """A page of some visits; the first one where `page` is no number, the last one past the end."""
    ids = [visit.pk for visit in visits]
    mine = Appointment.objects.visible_to(user).filter(pk__in=ids).select_related(*SHOWN).order_by("starts_at", "pk")
    pages = Paginator(mine, ON_A_PAGE)
    shown = pages.get_page(page)
    rows = list(shown)
    names = rows_of({visit.patient_id for visit in rows})
    named = [(visit, listed_of(names.get(visit.patient_id, ()))) for visit in rows]
    return Standing(named, len(ids), len(ids) - pages.count, shown.number, pages.num_pages)
