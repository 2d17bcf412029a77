"""Addresses of correspondence."""

from django.urls import URLPattern, path

from correspondence.views import messages

app_name = "correspondence"
urlpatterns: list[URLPattern] = [
    path("messages/", messages.messages, name="messages"),
    path("messages/<uuid:message_id>/", messages.message, name="message"),
    path("messages/<uuid:message_id>/retry/", messages.retry, name="retry"),
    path("visits/<uuid:visit_id>/remind/", messages.send_now, name="send_now"),
]
