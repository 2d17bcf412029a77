"""The project's own apps: the portal itself, and the admin site inside a practice."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class PortalConfig(AppConfig):
    """Commands, template tags and static files of the portal."""

    name = "secretary_portal"
    default = True


class PortalAdminConfig(admin.AdminConfig):
    """The admin site as the practice admins' workplace."""

    default = False
    default_site = "compliance.admin_site.PracticeAdminSite"
