"""For real work. Refuses to start on anything missing, and on cookies that another host could set."""

from django.core.exceptions import ImproperlyConfigured

from .base import *

if absent := environment.missing():
    raise ImproperlyConfigured(f"Set {', '.join(absent)} first: README.md, section Configuration, says what each is.")

SECRET_KEY = environment.SECRET_KEY
DEBUG = False
ALLOWED_HOSTS = environment.ALLOWED_HOSTS

# --- Only over TLS, also behind a proxy that ends it.
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside the network, over plain http
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_NAME = "__Host-sid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
environment.host_only(SESSION_COOKIE_NAME, CSRF_COOKIE_NAME)
