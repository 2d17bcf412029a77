"""What is the same everywhere. What differs by environment is read from the environment in dev, test and prod."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from secretary_portal import logs

from . import environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent

INSTALLED_APPS = [
    "secretary_portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "guardian",
    "auditlog",
    "django_htmx",
    "template_partials",
    "csp",
    "phonenumber_field",
    "compliance",
    "patients",
    "scheduling",
    "correspondence",
    "insurance",
    "secretary_portal",
    "secretary_portal.desk",
]

MIDDLEWARE = [
    "compliance.audit.requests.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "compliance.edges.EdgeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "compliance.sessions.IdleLimitMiddleware",
    "compliance.reauthentication.FactorMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "compliance.tenancy.middleware.PracticeMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "secretary_portal.urls"
WSGI_APPLICATION = "secretary_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "secretary_portal.desk.chrome.chrome",
            ],
            "builtins": ["secretary_portal.templatetags.portal"],
        },
    }
]

DATABASES = {"default": environ.Env.db_url_config(environment.DATABASE_URL or "postgresql://portal_app@localhost/portal")}
DATABASES["default"]["TEST"] = {"TEMPLATE": "template0"}
if environment.DATABASE_POOL:  # for the web's threads; a worker that forks keeps one connection for each process
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": environment.DATABASE_POOL, "timeout": 10}}
REDIS_URL = environment.REDIS_URL or "redis://localhost:6379/0"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# --- Time: UTC in the database, the practice's zone on the page.
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", "English")]

# --- Keys. The ring is a file that nobody else can read; the portal does not start on a bad one.
KEY_RING = Path(environment.KEY_RING or BASE_DIR / "var/private/keyring.json")

# --- The trail outside the database: signed roots, and the lines of its newest events (security.md section 3).
AUDIT_ROOTS = Path(environment.AUDIT_ROOTS or BASE_DIR / "var/audit/roots")
AUDIT_TAIL = Path(environment.AUDIT_TAIL or BASE_DIR / "var/audit/tail")

# --- Calendars elsewhere are fetched from the public internet, and from these hosts of the operator's own network.
OUTSIDE_HOSTS: frozenset[str] = frozenset(environment.OUTSIDE_HOSTS)

# --- When the house is lost: the public key that backups and downtime files are locked with, and where the latter go.
BACKUP_KEY = environment.BACKUP_KEY
DOWNTIME_FILES = Path(environment.DOWNTIME_FILES or BASE_DIR / "var/downtime")

# --- Who you are (security.md section 4).
AUTH_USER_MODEL = "compliance.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "compliance.access.PracticeBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "compliance.passwords.LongAndUnguessable"}]
ACCOUNT_ADAPTER = "compliance.door.Door"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proven by the invitation that was answered from it
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # the door counts by itself, atomically, and also while Redis is away
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "login": "compliance.forms.SignInForm",
    "reset_password": "compliance.forms.AskForResetForm",
    "reset_password_from_key": "compliance.forms.NewPasswordForm",
    "change_password": "compliance.forms.OtherPasswordForm",
    "reauthenticate": "compliance.forms.PasswordAgainForm",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60

# --- What you have: an app that makes codes, or a passkey; compliance/factor.py.
MFA_ADAPTER = "compliance.factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TRUST_ENABLED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True  # proven by the invitation, as above
MFA_FORMS = {
    "authenticate": "compliance.factor_forms.CodeForm",
    "reauthenticate": "compliance.factor_forms.CodeAgainForm",
    "activate_totp": "compliance.factor_forms.FirstCodeForm",
    "add_webauthn": "compliance.factor_forms.NewPasskeyForm",
    "authenticate_webauthn": "compliance.factor_forms.PasskeyForm",
    "reauthenticate_webauthn": "compliance.factor_forms.PasskeyAgainForm",
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "compliance.door.normalised_name"
AXES_LOCKOUT_CALLABLE = "compliance.door.locked_out"
AXES_CLIENT_IP_CALLABLE = "compliance.edges.client_address"
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
TRUSTED_PROXIES = environment.TRUSTED_PROXIES

# guardian's own backend is left out on purpose: it says True after a membership ended (docs/adr/0004).
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
ANONYMOUS_USER_NAME = None  # guardian: nobody may do anything without signing in
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False

# --- Field changes (security.md section 3): our own row, under our own context; no auditlog middleware.
AUDITLOG_LOGENTRY_MODEL = "compliance.FieldChange"
AUDITLOG_STORE_JSON_CHANGES = True

# --- Sessions and cookies.
SESSION_ENGINE = "compliance.session_store"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "sid"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "secretary_portal.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Edges (security.md section 5).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "display-capture", "midi")
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# --- Files the browser needs.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [("portal", BASE_DIR / "build")]
STATICFILES_FINDERS = [
    "secretary_portal.icons.SpriteFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {"staticfiles": {"BACKEND": "secretary_portal.storage.PortalStatic"}}

# --- Celery: ids only, no results, no arguments in the log.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

# --- Files from outside: host:port or the socket of a clamd; empty, none is asked (compliance/scanner.py).
CLAMD = environment.CLAMD

# --- Files and directories that the canary scan reads: logs, a mail sink (secretary_portal/canary).
CANARY_FILES = environment.CANARY_FILES

# --- Mail.
ORIGIN = environment.ORIGIN  # https://portal.example, for links in mail
EMAIL_TIMEOUT = 20
vars().update(environ.Env.email_url_config(environment.EMAIL_URL or "smtp://localhost:25"))
DEFAULT_FROM_EMAIL = environment.DEFAULT_FROM_EMAIL
CHANNELS = {"email": "correspondence.channels.email.EmailChannel"}

# --- Texts: a channel only where the gateway, the agreement with it and the way back for STOP are all there.
TEXT_GATEWAY = environment.TEXT_GATEWAY
TEXT_GATEWAY_KEY = environment.TEXT_GATEWAY_KEY
TEXT_SENDER = environment.TEXT_SENDER
TEXT_WEBHOOK_SECRET = environment.TEXT_WEBHOOK_SECRET
if environment.has_texts():
    CHANNELS["text"] = "correspondence.channels.sms.TextChannel"

# --- Logs without health data, on standard output.
LOGGING_CONFIG = "secretary_portal.logs.use"
LOGGING = logs.config(level=environment.LOG_LEVEL, as_json=True)

PHONENUMBER_DEFAULT_REGION = "US"
PHONENUMBER_DB_FORMAT = "E164"

DEMO = False
