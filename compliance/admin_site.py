"""The admin site inside a practice, and the base of everything registered there."""

from django.contrib import admin


class PracticeAdminSite(admin.AdminSite):
    """The practice admins' workplace at `/p/<slug>/admin/`."""
