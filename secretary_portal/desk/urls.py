"""Addresses of pages that draw on several apps."""

from django.urls import path

from secretary_portal.desk.views import work

app_name = "desk"
urlpatterns = [
    path("my-work/", work.my_work, name="my_work"),
]
