"""Addresses of patients."""

from django.urls import path

from patients.views import charts, documents, find, glass, record, registering

app_name = "patients"
urlpatterns = [
    path("patients/", find.find, name="find"),
    path("patients/restricted/", charts.restricted, name="restricted"),
    path("patients/new/", registering.register, name="register"),
    path("patients/birth-date/", registering.read_day, name="read_day"),
    path("patients/<uuid:patient_id>/", record.patient, name="patient"),
    path("patients/<uuid:patient_id>/banner/", record.banner, name="banner"),
    path("patients/<uuid:patient_id>/change/", registering.change, name="change"),
    path("patients/<uuid:patient_id>/deceased/", record.deceased, name="deceased"),
    path("patients/<uuid:patient_id>/glass/", glass.glass, name="glass"),
    path("patients/<uuid:patient_id>/who/", charts.who, name="who"),
    path("patients/<uuid:patient_id>/who/restrict/", charts.restrict, name="restrict"),
    path("patients/<uuid:patient_id>/who/lift/", charts.lift, name="lift"),
    path("patients/<uuid:patient_id>/who/name/", charts.name, name="name_for_chart"),
    path("patients/<uuid:patient_id>/who/bar/", charts.bar, name="bar"),
    path("chart-grants/<uuid:grant_id>/end/", charts.end_grant, name="end_chart_grant"),
    path("barred/<uuid:barred_id>/end/", charts.end_bar, name="end_bar"),
    path("patients/<uuid:patient_id>/documents/add/", documents.upload, name="upload"),
    path("contacts/<uuid:contact_id>/consent/", record.consent, name="consent"),
    path("identifiers/<uuid:identifier_id>/reveal/", record.reveal, name="reveal"),
    path("documents/<uuid:document_id>/", documents.document, name="document"),
]
