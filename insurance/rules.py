"""Who may do what with insurance. Printed for review by `manage.py access_matrix`."""

from compliance.access import grant
from compliance.roles import Role

A, S, SS = Role.PRACTICE_ADMIN, Role.SECRETARY, Role.SCHEDULING_SECRETARY
B, P = Role.BILLING, Role.PROVIDER

grant("insurance.view_readiness", SS, S, B, P, A)
grant("insurance.view_coverage", SS, S, B, A)
grant("insurance.change_coverage", S, B)
grant("insurance.reveal_member_id", SS, S, B, A)
grant("insurance.view_eligibility", SS, S, B, A)
grant("insurance.check_eligibility", S, B)
grant("insurance.change_payer", A)
