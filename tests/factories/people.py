"""Practices and people who may work in them."""

import time
from datetime import UTC, date, datetime
from itertools import count

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from compliance import access, admission, people
from compliance.crypto import data_keys
from compliance.models import Certificate, DataKey, Location, Practice, User
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in

_number = count(1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def _once() -> str:
    import os

    return f"{next(_number)}{os.urandom(3).hex()}"


def practice(*, name: str = "Lakeside Family Medicine", time_zone: str = "America/Chicago", **fields) -> Practice:
    """A practice with key, groups, agreement and one location."""
    made = Practice.objects.create(slug=f"practice-{_once()}", name=name, time_zone=time_zone, **fields)
    access.keep_groups(made)
    with acting_in(made.pk, SYSTEM):
        DataKey.objects.create(number=1, **data_keys.made())
        Location.objects.create(name=name, time_zone=time_zone)
        admission.publish_agreement("Be discreet.", now=LONG_AGO)
    return made


def user(*, name: str = "Rosa Diaz", email: str = "") -> User:
    """A person without any membership; she cannot sign in by password."""
    return User.objects.create_user(email or f"person-{_once()}@staff.example", name=name)


def member(at: Practice, role: Role, *, who: User | None = None, name: str = "Rosa Diaz") -> User:
    """A person who may work: member, trained, agreement signed."""
    who = who or user(name=name)
    enrolled(who)
    with acting_in(at.pk, SYSTEM):
        people.join(user=who, role=role, by=None, now=LONG_AGO, approved_as="test")
        if not Certificate.objects.filter(user=who).exists():
            trained(who)
            admission.sign(admission.current_agreement(), by=who, name_typed=who.name, now=LONG_AGO)
    who.forget_standings()
    return who


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enrolled(who: User) -> Authenticator:
    """An app with SECRET as the second factor."""
    found = Authenticator.objects.filter(user=who, type=Authenticator.Type.TOTP).first()
    return found or totp.TOTP.activate(who, SECRET).instance


def code(*, steps: int = 0, secret: str = SECRET) -> str:
    """What the app shows now, or some steps of 30 seconds later."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(who: User, *, ago: float = 0, factor: bool = True, cookies: dict[str, str] | None = None, **more) -> Client:
    """The browser of somebody who signed in so many minutes ago; without `factor` by her password alone."""
    client = Client(**more)
    client.cookies.load(cookies or {})
    client.force_login(who, backend=BACKEND)
    if factor:
        kept = client.session
        kept["account_authentication_methods"] = [{"method": "mfa", "at": time.time() - ago * 60, "reauthenticated": True}]
        kept["account_authentication_methods_user"] = str(who.pk)
        kept.save()
    return client


def proven(browser: Client) -> Client:
    """The same browser, of somebody who gave her second factor just now."""
    session = browser.session
    again = {"method": "mfa", "at": time.time(), "type": "totp", "reauthenticated": True}
    session["account_authentication_methods"] = [again]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return browser


def enrol(browser: Client) -> str:
    """Set up an app in a browser that is signed in; answers the app's secret."""
    secret = browser.get("/accounts/factor/app/").context["form"].secret
    browser.post("/accounts/factor/app/", {"code": code(secret=secret)})
    return secret


def trained(who: User, *, until: date = date(2099, 1, 1)) -> Certificate:
    """A confirmed certificate, in the practice being acted in."""
    return Certificate.objects.create(
        user=who,
        course="HIPAA",
        number=_once(),
        completed_on=date(2020, 1, 1),
        expires_on=until,
        confirmed_as="test",
        confirmed_at=LONG_AGO,
    )
