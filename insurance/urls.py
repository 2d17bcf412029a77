"""Addresses of insurance."""

from django.urls import path

from insurance.views import coverage, eligibility, ending

app_name = "insurance"
urlpatterns = [
    path("patients/<uuid:patient_id>/coverage/", coverage.coverage, name="coverage"),
    path("patients/<uuid:patient_id>/coverage/add/", coverage.add, name="add"),
    path("coverage/<uuid:coverage_id>/", coverage.change, name="change"),
    path("coverage/<uuid:coverage_id>/end/", ending.end, name="end"),
    path("coverage/<uuid:coverage_id>/card/", ending.card, name="card"),
    path("coverage/<uuid:coverage_id>/member-id/", coverage.reveal, name="reveal"),
    path("patients/<uuid:patient_id>/coverage/check/", eligibility.check, name="check"),
    path("patients/<uuid:patient_id>/coverage/readiness/", eligibility.readiness, name="readiness"),
    path("readiness/<str:day>/", eligibility.day_badges, name="day_badges"),
    path("payers/", coverage.payers, name="payers"),
]
