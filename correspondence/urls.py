"""Addresses of correspondence."""

from django.urls import URLPattern, path

from correspondence.views import messages

app_name = "correspondence"
urlpatterns: list[URLPattern] = [
    path("messages/", messages.messages, name="messages"),
    path("messages/<uuid:message_id>/", messages.message, name="message"),
    path("messages/<uuid:message_id>/retry/", messages.retry, name="retry"),
    path("messages/of/<uuid:visit_id>/now/", messages.send_now, name="send_now"),
]
