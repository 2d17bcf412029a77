"""The demo's place among the apps."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Sign-in links, the page of sent mail, and demo data."""

    name = "secretary_portal.demo"
    label = "demo"
