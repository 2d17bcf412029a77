"""The project's own apps: the portal itself, and the admin site inside a practice."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class PortalConfig(AppConfig):
    """Commands, template tags and static files of the portal."""

    name = "secretary_portal"
    default = True

    def ready(self) -> None:
        """Make the portal's Celery the current one, so that tasks are queued where its worker looks; add its audit job."""
        from secretary_portal.canary import scan  # noqa: F401
        from secretary_portal.celery import app

        app.set_default()


class PortalAdminConfig(admin.AdminConfig):
    """The admin site as the practice admins' workplace."""

    default = False
    default_site = "compliance.admin_site.PracticeAdminSite"
