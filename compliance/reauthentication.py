"""Whether somebody has just proven again who she is, before what cannot be taken back (security.md section 4)."""

import time
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from compliance.tenancy.urls import plain_url


def recently(request: HttpRequest) -> bool:
    """Whether this person gave a second factor again, beyond signing in, within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    rows = get_authentication_records(request, request.user)
    return any(row["method"] == "mfa" and row.get("reauthenticated") and row["at"] > since for row in rows)


def asked_first(request: HttpRequest) -> HttpResponse:
    """Lead to where the second factor is asked for, and back to this page."""
    rows = Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.TOTP)
    name = "mfa_reauthenticate" if rows.exists() else "mfa_reauthenticate_webauthn"
    return HttpResponseRedirect(f"{plain_url(name)}?{urlencode({'next': request.get_full_path()})}")
