"""What the banner of a patient says of the wait list."""

from collections.abc import Iterator

from patients.banner import Alert
from patients.models import Patient
from scheduling.models import WaitEntry


def of_patient(patient: Patient) -> Iterator[Alert]:
    """On the wait list for …, once for each kind of visit."""
    names = (
        WaitEntry.objects.open().filter(patient=patient).order_by("waiting_since").values_list("visit_type__name", flat=True)
    )
    for name in dict.fromkeys(names):
        yield Alert("waits", "hourglass", f"On the wait list for {name}")
