"""Addresses of pages that draw on several apps."""

from django.urls import URLPattern

app_name = "desk"
urlpatterns: list[URLPattern] = []
