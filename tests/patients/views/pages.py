"""What is typed into a page about a patient, and what stands on it."""

from patients.details import Number
from patients.enums import IdentifierKind
from tests.fixed import fixed

SSN = Number("219-09-9999", IdentifierKind.SSN, "http://hl7.org/fhir/sid/us-ssn")


SAID = {"family": "Lopez", "given": "Maria", "birth_date": "3/27/85", "sex": "female"}


def text_of(response):
    return fixed(response.content.decode())


def typed(response):
    """What the form of a page would send as it stands."""
    form = response.context["form"]
    values = {field.html_name: field.value() for field in form}
    sent = {name: form[name].field.prepare_value(value) for name, value in values.items()}
    return {name: value for name, value in sent.items() if value not in (None, False, "")}
