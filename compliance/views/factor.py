"""The second factor's pages: allauth's views, marked, and answering as ours do."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from compliance import factor
from compliance.access import public, signed_in
from compliance.door import CONFIRMING
from compliance.views.door import counted, refused_is_422


def _follows(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """See to what must follow when the view adds or removes a factor, in one transaction with it."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                before = factor.held_still(request.user)
                response = view(request, *args, **kwargs)
                factor.followed(request, before)
        except factor.LastFactor:
            list(messages.get_messages(request))  # what was said of it is not true any more
            messages.error(request, "This is the only second factor that you have. Add another one before you remove it.")
            return redirect("mfa_index")
        return response

    return answered


_confirms = counted(CONFIRMING, lambda request: str(request.user.pk))

authenticate = public(refused_is_422(base.authenticate))
password_again = signed_in(_confirms(refused_is_422(account.reauthenticate)))
code_again = signed_in(_confirms(refused_is_422(base.reauthenticate)))
passkey_again = signed_in(_confirms(refused_is_422(passkey.reauthenticate_webauthn)))
set_up_app = signed_in(_follows(refused_is_422(totp.activate_totp)))
remove_app = signed_in(_follows(totp.deactivate_totp))
add_passkey = signed_in(_follows(refused_is_422(passkey.add_webauthn)))
remove_passkey = signed_in(_follows(passkey.remove_webauthn))
codes = signed_in(recovery.view_recovery_codes)
new_codes = signed_in(_follows(recovery.generate_recovery_codes))


@signed_in
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What one has, and how many recovery codes are left."""
    return render(request, "mfa/index.html", {"held": factor.held(request.user)})


@signed_in
@never_cache
@require_POST
def download_codes(request: HttpRequest) -> HttpResponse:
    """The codes that the page shows, as a text file: the page sends them back, for they are shown only once."""
    codes = request.POST.getlist("code")
    if not codes or not factor.are_codes_of(request.user, codes):
        raise Http404
    text = "Recovery codes of the Secretary Portal. Each is good once.\n\n" + "".join(f"{code}\n" for code in codes)
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return answer
