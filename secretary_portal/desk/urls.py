"""Addresses of pages that draw on several apps."""

from django.urls import path

from secretary_portal.desk.views import audit, home, huddle, palette, work

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("audit/", audit.audit, name="audit"),
    path("audit/sign-ins/", audit.sign_ins, name="sign_ins"),
    path("huddle/", huddle.huddle, name="huddle"),
    path("huddle/<schedule_day:day>/", huddle.huddle, name="huddle"),
    path("huddle/<schedule_day:day>/print/", huddle.print_huddle, name="print_huddle"),
    path("audit/mine/", audit.own_events, name="own_events"),
    path("audit/patients/<uuid:patient_id>/name/", audit.reveal, name="reveal"),
    path("audit/patients/<uuid:patient_id>/", audit.of_patient, name="audit_of_patient"),
    path("my-work/", work.my_work, name="my_work"),
    path("find/", palette.palette, name="palette"),
    path("settings/", home.settings, name="settings"),
    path("help/keys/", home.keys, name="keys"),
]
