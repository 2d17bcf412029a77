"""Addresses of patients."""

from django.urls import path

from patients.views import documents, find, record, registering

app_name = "patients"
urlpatterns = [
    path("patients/", find.find, name="find"),
    path("patients/new/", registering.register, name="register"),
    path("patients/birth-date/", registering.read_day, name="read_day"),
    path("patients/<uuid:patient_id>/", record.patient, name="patient"),
    path("patients/<uuid:patient_id>/banner/", record.banner, name="banner"),
    path("patients/<uuid:patient_id>/change/", registering.change, name="change"),
    path("patients/<uuid:patient_id>/deceased/", record.deceased, name="deceased"),
    path("patients/<uuid:patient_id>/documents/add/", documents.upload, name="upload"),
    path("contacts/<uuid:contact_id>/consent/", record.consent, name="consent"),
    path("identifiers/<uuid:identifier_id>/reveal/", record.reveal, name="reveal"),
    path("documents/<uuid:document_id>/", documents.document, name="document"),
]
