"""Addresses of the floor."""

from django.urls import path

from compliance.views import (
    access,
    admission,
    cases,
    checks,
    drafts,
    factor_reset,
    invitation,
    jobs,
    people,
    sessions,
)

app_name = "compliance"
urlpatterns = [
    path("admission/", admission.overview, name="admission"),
    path("admission/sign/", admission.sign, name="sign"),
    path("admission/certificate/", admission.enter_certificate, name="enter_certificate"),
    path("invitation/<slug:slug>/<str:secret>/", invitation.invitation, name="invitation"),
    path("people/", people.overview, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/certificates/<uuid:certificate_id>/confirm/", people.confirm_certificate, name="confirm_certificate"),
    path("people/memberships/<uuid:membership_id>/end/", people.end_membership, name="end_membership"),
    path("people/memberships/<uuid:membership_id>/lost-factor/", factor_reset.ask, name="ask_factor_reset"),
    path("people/lost-factors/<uuid:reset_id>/approve/", factor_reset.approve, name="approve_factor_reset"),
    path("people/lost-factors/<uuid:reset_id>/stop/", factor_reset.stop, name="stop_factor_reset"),
    path("access/", access.who_has_access, name="access"),
    path("access/matrix/", access.matrix, name="matrix"),
    path("checks/", checks.checks, name="checks"),
    path("checks/report/", checks.report, name="report"),
    path("incident/", checks.report_incident, name="report_incident"),
    path("drafts/", drafts.overview, name="drafts"),
    path("drafts/keep/", drafts.keep, name="keep_draft"),
    path("drafts/<uuid:draft_id>/used/", drafts.used, name="draft_used"),
    path("accounts/sessions/", sessions.overview, name="sessions"),
    path("accounts/sessions/<slug:mark>/end/", sessions.end, name="end_session"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("cases/new/", cases.new_case, name="new_case"),
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("cases/<uuid:case_id>/done/", cases.done, name="done"),
    path("cases/<uuid:case_id>/take/", cases.take, name="take"),
    path("cases/<uuid:case_id>/wait/", cases.wait, name="wait"),
    path("cases/<uuid:case_id>/hand-over/", cases.hand_over, name="hand_over"),
    path("cases/<uuid:case_id>/undo/", cases.undo, name="undo"),
]
