"""Addresses of correspondence."""

from django.urls import URLPattern, path

from correspondence.views import call_acts, calls, messages, texts

app_name = "correspondence"
urlpatterns: list[URLPattern] = [
    path("calls/", calls.lobby_page, name="lobby"),
    path("calls/past/", calls.call_list, name="call_list"),
    path("calls/<uuid:call_id>/", calls.call, name="call"),
    path("calls/<uuid:call_id>/<slug:what>/", call_acts.act, name="call_act"),
    path("patients/<uuid:patient_id>/calls/", calls.of_patient, name="of_patient"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<uuid:message_id>/", messages.message, name="message"),
    path("messages/<uuid:message_id>/retry/", messages.retry, name="retry"),
    path("messages/of/<uuid:visit_id>/now/", messages.send_now, name="send_now"),
    path("texts/received/", texts.received, name="received_text"),
]
