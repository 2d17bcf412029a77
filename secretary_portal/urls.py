"""Every address of the portal. Those of a practice stand behind `/p/<slug>` (compliance/tenancy/middleware.py)."""

from django.contrib import admin
from django.urls import include, path, re_path

from compliance.views import door
from secretary_portal import health

DOOR = [  # allauth reverses these names; its other pages do not exist here
    path("login/", door.sign_in, name="account_login"),
    path("logout/", door.sign_out, name="account_logout"),
    path("inactive/", door.not_active, name="account_inactive"),
    path("password/change/", door.change_password, name="account_change_password"),
    path("password/reset/", door.ask_for_reset, name="account_reset_password"),
    path("password/reset/done/", door.reset_asked, name="account_reset_password_done"),
    path("password/reset/key/done/", door.password_chosen, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        door.choose_password,
        name="account_reset_password_from_key",
    ),
]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("compliance.urls")),
    path("accounts/", include(DOOR)),
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
