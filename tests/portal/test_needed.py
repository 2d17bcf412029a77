"""A form that asks little and offers much marks what is needed, not all the rest."""

from patients.details import Details
from patients.forms import PatientForm


def test_the_few_that_are_needed_are_marked_and_the_others_are_not(inside):
    page = PatientForm().render()

    assert page.count("(needed)") == 3
    assert "(optional)" not in page


def test_a_birth_date_that_nobody_knew_is_not_needed_later(inside):
    form = PatientForm(base=Details())

    assert "birth_date" not in form.marks_needed
