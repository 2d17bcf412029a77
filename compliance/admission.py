"""The one writer of agreements, signatures and training certificates."""

from datetime import date, datetime, timedelta

from django.db.models import F

from compliance.audit import events
from compliance.models import Agreement, Certificate, Practice, Signature, User
from compliance.roles import OPERATOR
from compliance.tenancy import current_practice_id
from compliance.zones import zone

FIRST_AGREEMENT = """Confidentiality agreement with {practice}

I will use what I learn here about patients only to do my work for {practice}, and only as much of it as the
task needs (45 CFR 164.502(b)).
I will not tell anybody else about it, copy it, photograph it or keep it, now or after my work has ended.
I work in a place where nobody can see my screen or hear my calls, on a computer that locks itself and is encrypted.
I keep my password and second factor to myself.
I report at once whatever may have gone wrong, to the privacy officer of {practice}.
I know that everything I open is recorded, and that breaking this agreement has consequences (45 CFR 164.530(e)).
"""


class SignatureRefused(Exception):
    """The name typed is not the person's name."""


class NewerVersion(Exception):
    """Another version of the agreement was published since this one was shown."""


class OwnCertificate(Exception):
    """Nobody confirms her own training."""


class ConfirmedAlready(Exception):
    """Somebody confirmed this certificate before."""


class CertificateKnown(Exception):
    """The person entered a certificate of this number before."""


def publish_agreement(text: str, *, now: datetime, by: User | None = None) -> Agreement:
    """Publish the next version. Whoever works for the practice has to sign it before going on."""
    newest = Agreement.objects.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    agreement = Agreement.objects.create(number=number, text=text, published_at=now)
    events.record("agreement.published", agreement, action=events.CREATE, by=by, body={"number": number})
    return agreement


def current_agreement() -> Agreement:
    """The newest version."""
    return Agreement.objects.order_by("-number")[0]


def signature_of(user: User, agreement: Agreement) -> Signature | None:
    """A person's own signature under one version."""
    return Signature.objects.filter(agreement=agreement, user=user).first()


def certificates_of(user: User) -> list[Certificate]:
    """A person's own certificates, the newest first."""
    rows = Certificate.objects.filter(user=user).select_related("confirmed_by")
    return list(rows.order_by("-expires_on", "pk"))


def sign(agreement: Agreement, *, by: User, name_typed: str, now: datetime, number: int | None = None) -> Signature:
    """Sign a version by typing one's own name. `number`: the version that was on the page.

    Raises NewerVersion when it is no longer the newest, SignatureRefused for another name.
    """
    if agreement.pk != current_agreement().pk or number not in {None, agreement.number}:
        raise NewerVersion
    if _plain(name_typed) != _plain(by.name):
        raise SignatureRefused
    signature, is_new = Signature.objects.get_or_create(
        agreement=agreement, user=by, defaults={"name_typed": name_typed, "signed_at": now}
    )
    by.forget_standings()
    if is_new:
        events.record("agreement.signed", agreement, action=events.CREATE, by=by, body={"number": agreement.number})
    return signature


def enter_certificate(*, course: str, number: str, completed_on: date, expires_on: date, by: User) -> Certificate:
    """Enter an own certificate; it counts once an admin confirmed it. Raises CertificateKnown."""
    if Certificate.objects.filter(user=by, number=number).exists():
        raise CertificateKnown
    certificate = Certificate.objects.create(
        user=by, course=course, number=number, completed_on=completed_on, expires_on=expires_on
    )
    by.forget_standings()
    events.record("training.entered", certificate, action=events.CREATE, by=by)
    return certificate


def confirm(certificate: Certificate, *, by: User, now: datetime) -> None:
    """Confirm somebody else's certificate after looking it up. Raises OwnCertificate, ConfirmedAlready."""
    if certificate.user_id == by.pk:
        raise OwnCertificate
    waiting = Certificate.objects.filter(pk=certificate.pk, confirmed_at__isnull=True)
    if not waiting.update(confirmed_by=by, confirmed_at=now, version=F("version") + 1, updated_at=now):
        raise ConfirmedAlready
    certificate.refresh_from_db()
    events.record("training.confirmed", certificate, action=events.UPDATE, by=by, body={"user": str(certificate.user_id)})


def confirm_as_operator(user: User, *, now: datetime) -> Certificate:
    """Record the operator's confirmation of the first admin's training; there is nobody else yet to confirm it."""
    practice = Practice.objects.get(pk=current_practice_id())
    today = now.astimezone(zone(practice.time_zone)).date()
    certificate = Certificate.objects.create(
        user=user,
        course=f"HIPAA training, seen by the {OPERATOR}",
        number="operator",
        completed_on=today,
        expires_on=today + timedelta(days=365),
        confirmed_as=OPERATOR,
        confirmed_at=now,
    )
    events.record("training.confirmed", certificate, action=events.CREATE, body={"as": OPERATOR})
    return certificate


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
