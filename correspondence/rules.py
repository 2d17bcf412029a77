"""Who may do what with calls and messages. Printed for review by `manage.py access_matrix`."""

from compliance.access import grant
from compliance.roles import Role
from compliance.tenancy import SYSTEM

A, S, SS = Role.PRACTICE_ADMIN, Role.SECRETARY, Role.SCHEDULING_SECRETARY
P = Role.PROVIDER

grant("correspondence.view_call", SS, S, P, A)
grant("correspondence.view_every_call", SS, S, A)
grant("correspondence.take_call", SS, S)
grant("correspondence.view_reminder", SS, S, A, fixed=(SYSTEM,))
grant("correspondence.send_reminder", SS, S, A)
grant("correspondence.change_reminder_plan", A)
