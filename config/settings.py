"""Every setting, read once from the environment. A wrong or missing value stops the start and names itself.

`TRUTHGOV_MODE` is `production` unless said otherwise; `development` is what `make up` runs on one machine over
plain HTTP; `test` is development with cheap passwords and a cache of its own.
"""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from environs import Env, validate

from config import environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

MODE = env.str("TRUTHGOV_MODE", "production", validate=validate.OneOf(["production", "development", "test"]))
PRODUCTION = MODE == "production"
TESTING = MODE == "test"
DEBUG = False

# --- who we are, and where ------------------------------------------------------------------------------------------
SECRET_KEY = environment.secret(env, "SECRET_KEY")
ALLOWED_HOSTS = environment.hosts_served(env, "ALLOWED_HOSTS", None if PRODUCTION else environment.LOCAL_HOSTS)
CSRF_TRUSTED_ORIGINS = environment.origins(env, "CSRF_TRUSTED_ORIGINS")
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
# So many addresses at the end of X-Forwarded-For are written by proxies of ours; what stands before them, by anybody.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXY_COUNT", int(BEHIND_PROXY), validate=validate.Range(min=0))
TIME_ZONE = environment.time_zone(env, "TRUTHGOV_TIME_ZONE")
CURRENCY = environment.currency(env, "TRUTHGOV_CURRENCY")
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
CLOCK_MAY_BE_SET = not PRODUCTION  # by tests and by the history of the demonstration organisation
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "config",
    "forums",
    "metrics",
    "journeys",
    "truthgov",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "config.triggers.TriggersConfig",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "truthgov.middleware.PageMiddleware",
    "truthgov.middleware.RefusalMiddleware",
    "truthgov.middleware.SecondFactorMiddleware",
]

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
            ],
        },
    },
]
FORM_RENDERER = "truthgov.choices.FormRenderer"

# --- stores ---------------------------------------------------------------------------------------------------------
# The application role owns no table. The owner role is only given to the process that migrates.
DATABASES = {"default": environment.database(env, "DATABASE_URL")}
if env.str("DATABASE_OWNER_URL", ""):
    DATABASES["owner"] = environment.database(env, "DATABASE_OWNER_URL")
REDIS_URL = environment.redis_address(env, "REDIS_URL")
# What is cached counts sign-ins and requests: it must not need the broker, which may be down.
# Rendered pages have a table of their own: however much is read, no count of sign-ins is pushed out.
KEPT_IN = f"django.core.cache.backends.{'locmem.LocMemCache' if TESTING else 'db.DatabaseCache'}"
CACHES: dict[str, Any] = {
    "default": {"BACKEND": KEPT_IN, "LOCATION": "truthgov_cache", "OPTIONS": {"MAX_ENTRIES": 10_000}},
    "pages": {"BACKEND": KEPT_IN, "LOCATION": "truthgov_pages", "OPTIONS": {"MAX_ENTRIES": 200}},
    # What hundreds are about to ask this process for at once: asking a table each time would be most of the answer.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "truthgov_process",
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}

# --- Celery: a wake-up line that nobody waits for ---------------------------------------------------------------------
CELERY_BROKER_URL = environment.broker_address(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A task that runs longer than the visibility timeout would run twice: keep it above the hard time limit.
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,
    "socket_timeout": environment.SOCKET_SECONDS,
    "socket_connect_timeout": environment.SOCKET_SECONDS,
    "max_retries": 0,
}
CELERY_TIMEZONE = "UTC"

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "truthgov.Person"
# An address is unique whatever its case, by a constraint on an expression, which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DEMONSTRATION_PASSWORD = env.str("TRUTHGOV_DEMONSTRATION_PASSWORD", "")
ACCOUNT_ADAPTER = "truthgov.accounts.ClosedAccounts"
SOCIALACCOUNT_ADAPTER = "truthgov.accounts.ClosedSocialAccounts"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_LOGOUT_ON_GET = False
# A key is an account at an address. An address alone may be a whole office: it may sign in, and be wrong, more often.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "100/m/ip,5/5m/key"}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_AUTO_SIGNUP = False
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator vouches for the address; no page of ours would verify it
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", PRODUCTION)

# --- mail: reminders, and what accounts need. Without a server it is printed, except in production ---------
EMAIL_HOST = environment.mail_host(env, "EMAIL_HOST", is_needed=PRODUCTION)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "truthgov.console_mail.EmailBackend"
EMAIL_PORT = environment.port(env, "EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL, EMAIL_USE_TLS = environment.mail_encryption(env, "EMAIL_USE_TLS", EMAIL_PORT)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "truthgov@localhost")
# What addresses in mails begin with.
OWN_ADDRESS = f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://localhost:8000"
PUBLIC_ADDRESS = environment.public_address(env, "PUBLIC_ADDRESS", OWN_ADDRESS)

# Where browsers are told that a meeting changed: `/live` behind a proxy that passes it on, another port on one machine.
# Where nothing is given they ask once a second.
LIVE_ADDRESS = environment.live_address(env, "LIVE_ADDRESS")

# --- pages ----------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = environment.folder(env, "STATIC_ROOT", BASE_DIR / "staticfiles") if PRODUCTION else None
STATICFILES_DIRS: list[Any] = [
    BASE_DIR / "static",
    ("tabler", BASE_DIR / "node_modules/@tabler/core/dist"),
    ("inter", BASE_DIR / "node_modules/@fontsource-variable/inter"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.assets.Assets" if PRODUCTION else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# What the demonstration organisation's feed reads: a file that we serve ourselves, on one machine only.
DEMONSTRATION_SITE = "" if PRODUCTION else env.str("TRUTHGOV_DEMONSTRATION_SITE", "")
DEMONSTRATION_FILES = env.path("TRUTHGOV_DEMONSTRATION_FILES", BASE_DIR / ".run" / "demonstration")
if DEMONSTRATION_SITE:
    STATICFILES_DIRS.append(("demonstration", DEMONSTRATION_FILES))
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = TESTING  # a test's clients do not list them first

# --- what is kept outside the database, and what goes out to the world ------------------------------------------------
# Both keys are taken from SECRET_KEY where none is given; give them their own before SECRET_KEY is ever rotated.
CHECKPOINTS_FOLDER = environment.folder(env, "TRUTHGOV_CHECKPOINTS", BASE_DIR / ".run" / "checkpoints")
AUDIT_SIGNING_KEY = environment.secret_or(env, "AUDIT_SIGNING_KEY", SECRET_KEY)
SEALING_KEY = environment.secret_or(env, "SEALING_KEY", SECRET_KEY)
# Keys that secrets may still be sealed with, until `manage.py rotate_secrets` has sealed them all with SEALING_KEY.
SEALING_KEYS_BEFORE = environment.secrets(env, "SEALING_KEYS_BEFORE")
# Feeds are fetched from these hosts only, and from private addresses only where their networks are named.
EGRESS_HOSTS = environment.hosts_called(env, "EGRESS_HOSTS")
EGRESS_SCHEMES = environment.schemes(env, "EGRESS_SCHEMES")
EGRESS_PORTS = environment.ports(env, "EGRESS_PORTS", 443)
EGRESS_PRIVATE_NETWORKS = environment.networks(env, "EGRESS_PRIVATE_NETWORKS")
EGRESS_SECONDS = env.float("EGRESS_SECONDS", 60.0, validate=validate.Range(min=0.1, max=120.0))

# --- what a browser may do with our pages -----------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *environment.origin_of(LIVE_ADDRESS)],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# --- REST -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "truthgov.rest.schema.Schema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["truthgov.rest.bodies.ActParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "truthgov.rest.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["truthgov.rest.authentication.KeyOrPerson"],
    "EXCEPTION_HANDLER": "truthgov.rest.problems.handle",
    "DEFAULT_METADATA_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", 1200, validate=validate.Range(min=1))
SPECTACULAR_SETTINGS = {
    "TITLE": "truthgov",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,  # lists in Markdown, which our page does not read
    "ENUM_NAME_OVERRIDES": {
        "ContradictionKind": "metrics.models.contradiction.Contradiction.Kind",
        "MeetingStatus": "forums.models.meeting.Meeting.Status",
        "ItemStatus": "forums.models.agenda.AgendaItem.Status",
        "ActionStatus": "forums.models.action.Action.Status",
        "DecisionState": "forums.api.decisions.STATES",
        "ActionState": "forums.api.actions.ASKED",
        "RuleState": "metrics.models.rule_version.RuleVersion.State",
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 15_000  # a grid of 3,000 figures
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]  # what is larger is not taken in

# --- words for the operator -------------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))
LOGGING = logs.configured(LOG_LEVEL, as_json=PRODUCTION)
