"""Who may do what on the floor. Printed for review by `manage.py access_matrix`."""

from compliance.access import grant
from compliance.roles import IN_A_PRACTICE, Role
from compliance.tenancy import LINK, SYSTEM

A = Role.PRACTICE_ADMIN
S = Role.SECRETARY
SS = Role.SCHEDULING_SECRETARY
B = Role.BILLING
P = Role.PROVIDER
OFFICER = Role.PRIVACY_OFFICER

grant("compliance.view_practice", *IN_A_PRACTICE, fixed=(SYSTEM, LINK))
grant("compliance.change_practice", A)
grant("compliance.enter_admin", A)
grant("compliance.view_people", A, OFFICER)
grant("compliance.change_people", A)
grant("compliance.confirm_training", A)
grant("compliance.ask_factor_reset", A)
grant("compliance.settle_factor_reset", A, OFFICER)
grant("compliance.publish_agreement", A)
grant("compliance.keep_draft", *IN_A_PRACTICE)
grant("compliance.view_own_events", *IN_A_PRACTICE)
grant("compliance.view_audit", A, OFFICER)
grant("compliance.view_checks", A, OFFICER)
grant("compliance.report_incident", *IN_A_PRACTICE)
grant("compliance.view_matrix", *IN_A_PRACTICE)
grant("compliance.view_access", A, OFFICER)
grant("compliance.review_access", A, OFFICER)
grant("compliance.view_keys", A, OFFICER, fixed=(SYSTEM,))
grant("compliance.view_case", *IN_A_PRACTICE, fixed=(SYSTEM,))
grant("compliance.view_every_case", A)
grant("compliance.work_case", *IN_A_PRACTICE)
grant("compliance.assign_case", S, SS, B, A)
grant("compliance.view_job", S, SS, B, A, OFFICER, fixed=(SYSTEM,))
grant("compliance.view_restrictions", A, OFFICER)
grant("compliance.restrict_chart", A, OFFICER)
grant("compliance.view_exports", A, OFFICER)
grant("compliance.approve_export", A, OFFICER)
grant("compliance.export_audit", A, OFFICER)
