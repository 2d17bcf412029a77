"""What is on file about the canary, and her call as it stands."""

from compliance.tenancy import acting_in
from correspondence.models import Call

ON_FILE = ("Canaria", "Zebra Lane", "5550177", "555-0177", "1961", "Feb 3", "02/03", "ZK9941")


def now_of(practice, secretary, call):
    with acting_in(practice.pk, secretary.pk):
        return Call.objects.with_outcome().get(pk=call.pk)
