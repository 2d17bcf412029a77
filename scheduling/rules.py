"""Who may do what in scheduling. Printed for review by `manage.py access_matrix`."""

from compliance.access import grant
from compliance.roles import Role
from compliance.tenancy import SYSTEM

A, S, SS = Role.PRACTICE_ADMIN, Role.SECRETARY, Role.SCHEDULING_SECRETARY
B, P = Role.BILLING, Role.PROVIDER

grant("scheduling.view_schedule", SS, S, B, P, A, fixed=(SYSTEM,))
grant("scheduling.book_appointment", SS, S, A)
grant("scheduling.overbook_appointment", A)
grant("scheduling.move_appointment", SS, S, A)
grant("scheduling.cancel_appointment", SS, S, A)
grant("scheduling.confirm_appointment", SS, S, A)
grant("scheduling.arrive_appointment", SS, S, P, A)
grant("scheduling.quick_complete", A, P)
grant("scheduling.reopen_appointment", A)
grant("scheduling.view_own_day", P)
grant("scheduling.change_set_up", A)
grant("scheduling.close_time", S, A)
grant("scheduling.export_visits", A)
grant("scheduling.keep_calendars", A, P)
grant("scheduling.view_reports", SS, S, P, A)
grant("scheduling.work_wait_list", SS, S, A)
grant("scheduling.plan_recall", SS, S, P, A)
grant("scheduling.work_recall", SS, S, A)
