"""Who may do what with patient records. Printed for review by `manage.py access_matrix`."""

from compliance.access import grant
from compliance.roles import Role
from compliance.tenancy import SYSTEM

A, S, SS = Role.PRACTICE_ADMIN, Role.SECRETARY, Role.SCHEDULING_SECRETARY
B, P, O = Role.BILLING, Role.PROVIDER, Role.PRIVACY_OFFICER  # noqa: E741

grant("patients.view_patient", SS, S, B, P, A, fixed=(SYSTEM,))
grant("patients.view_by_glass", O)  # a chart, and its documents, once its glass is broken
grant("patients.open_chart", SS, S, B, P, A, O)  # the page of one; what is seen there the two above decide
grant("patients.find_patient", SS, S, B, P, A)
grant("patients.register_patient", SS, S)
grant("patients.change_patient", SS, S)
grant("patients.reveal_identifier", SS, S, B, A)
grant("patients.view_document", S, B, P, A)
grant("patients.open_document", S, B, P, A, O)
grant("patients.store_document", S, B)
grant("patients.break_glass", SS, S, B, P, A, O)
grant("patients.export_patients", A)
