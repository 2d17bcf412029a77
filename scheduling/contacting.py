"""Whether somebody is to be called at all, as a condition of rows and of one patient."""

from patients.models import Patient

CALLABLE = {"patient__is_deceased": False, "patient__is_active": True, "patient__do_not_contact": False}


def is_callable(patient: Patient) -> bool:
    """Whether she is there and wishes to be contacted."""
    return patient.is_active and not patient.is_deceased and not patient.do_not_contact
