"""Every address of the portal. Those of a practice stand behind `/p/<slug>` (compliance/tenancy/middleware.py)."""

from django.contrib import admin
from django.urls import include, path

from secretary_portal import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("compliance.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("patients.urls")),
    path("", include("scheduling.urls")),
    path("", include("correspondence.urls")),
    path("", include("insurance.urls")),
    path("", include("secretary_portal.desk.urls")),
]

handler403 = "secretary_portal.errors.forbidden"
handler404 = "secretary_portal.errors.not_found"
handler500 = "secretary_portal.errors.failed"
