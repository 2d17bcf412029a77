"""Every address of the portal. Those of a practice stand behind `/p/<slug>` (compliance/tenancy/middleware.py)."""

from django.contrib import admin
from django.urls import include, path, re_path

from compliance.views import door, factor
from secretary_portal import health

DOOR = [  # allauth reverses these names; its other pages do not exist here
    path("login/", door.sign_in, name="account_login"),
    path("logout/", door.sign_out, name="account_logout"),
    path("inactive/", door.not_active, name="account_inactive"),
    path("reauthenticate/", factor.password_again, name="account_reauthenticate"),
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

FACTOR = [  # likewise
    path("", factor.overview, name="mfa_index"),
    path("code/", factor.authenticate, name="mfa_authenticate"),
    path("code/again/", factor.code_again, name="mfa_reauthenticate"),
    path("app/", factor.set_up_app, name="mfa_activate_totp"),
    path("app/remove/", factor.remove_app, name="mfa_deactivate_totp"),
    path("passkeys/", factor.overview, name="mfa_list_webauthn"),
    path("passkeys/add/", factor.add_passkey, name="mfa_add_webauthn"),
    path("passkeys/again/", factor.passkey_again, name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", factor.remove_passkey, name="mfa_remove_webauthn"),
    path("recovery-codes/", factor.codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", factor.new_codes, name="mfa_generate_recovery_codes"),
    path("recovery-codes/download/", factor.download_codes, name="mfa_download_recovery_codes"),
]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("compliance.urls")),
    path("accounts/", include(DOOR)),
    path("accounts/factor/", include(FACTOR)),
    path("admin/", admin.site.urls),
    path("", include("patients.urls")),
    path("", include("scheduling.urls")),
    path("", include("correspondence.urls")),
    path("", include("insurance.urls")),
    path("", include("secretary_portal.desk.urls")),
]

handler400 = "secretary_portal.errors.refused"
handler403 = "secretary_portal.errors.forbidden"
handler404 = "secretary_portal.errors.not_found"
handler500 = "secretary_portal.errors.failed"
