"""E-mail by SMTP (RFC 5321)."""

import hashlib
import smtplib
from email.headerregistry import Address

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from correspondence.channels import Outgoing, Refused, Unreachable

SMTP = "django.core.mail.backends.smtp.EmailBackend"
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}  # RFC 3834


class EmailChannel:
    """Sends over the server of the EMAIL_* settings."""

    def send(self, message: Outgoing) -> None:
        """One connection, one message. A server that refuses the sender or our password is worth another try."""
        connection = get_connection(SMTP)
        mail = EmailMessage(
            subject=message.subject,
            body=message.text,
            from_email=_sender(message.sender_name),
            to=[message.to],
            connection=connection,
            headers={"Message-ID": message_id(message.id), "Content-Language": message.language, **AUTOMATIC},
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise _answer(min(code for code, _ in error.recipients.values())) from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError) as error:
            raise Unreachable(str(error.smtp_code)) from None
        except smtplib.SMTPResponseException as error:
            raise _answer(error.smtp_code) from None
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            raise Refused("address") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(type(error).__name__) from None


def message_id(key: str) -> str:
    """The same for every try of one message, and telling nothing of it (RFC 5322 section 3.6.4)."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def _answer(code: int) -> Refused | Unreachable:
    return Refused(str(code)) if 500 <= code < 600 else Unreachable(str(code))


def _sender(name: str) -> str:
    return str(Address(display_name=" ".join(name.split()), addr_spec=settings.DEFAULT_FROM_EMAIL))
