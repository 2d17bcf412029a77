"""Addresses of pages that draw on several apps."""

from django.urls import path

from secretary_portal.desk.views import home, palette, work

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("my-work/", work.my_work, name="my_work"),
    path("find/", palette.palette, name="palette"),
    path("settings/", home.settings, name="settings"),
    path("help/keys/", home.keys, name="keys"),
]
