"""All settings, from the environment or with a default that works on a machine just installed.

docs/deployment.md lists the variables. Everything the program writes lies under var/.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import logs
from config.environment import (
    public_among,
    read_database,
    read_hosts,
    read_mail,
    read_number,
    read_site_url,
    read_switch,
    read_text,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
SEEDS_DIR = BASE_DIR / "seeds"

DEBUG = read_switch("DEBUG", default=False)
ALLOWED_HOSTS = read_hosts("ALLOWED_HOSTS")
PUBLIC_HOSTS = public_among(ALLOWED_HOSTS)
if DEBUG and PUBLIC_HOSTS:
    raise ImproperlyConfigured(
        f"DEBUG is on and ALLOWED_HOSTS opens the site to {', '.join(PUBLIC_HOSTS)}: its error "
        "pages would show internals to everybody. Set DEBUG=off."
    )
SITE_URL = read_site_url("SITE_URL", "http://localhost:8000")
IS_SECURE_SITE = SITE_URL.startswith("https://")


# What deploy/cases.env has in the place of a key.
EXAMPLE_KEY = "put-a-random-key-here"
LEAST_KEY = 50


def _secret_key() -> str:
    if key := read_text("SECRET_KEY"):
        if PUBLIC_HOSTS and (len(key) < LEAST_KEY or EXAMPLE_KEY in key):
            raise ImproperlyConfigured(
                f"SECRET_KEY is the example's or shorter than {LEAST_KEY} characters, so sessions "
                "could be forged. Make one: python3 -c 'import secrets; "
                "print(secrets.token_urlsafe(60))'"
            )
        return key
    if PUBLIC_HOSTS:
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS opens the site to {', '.join(PUBLIC_HOSTS)}: set SECRET_KEY as well."
        )
    try:
        return (VAR_DIR / "secret_key").read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            "There is no SECRET_KEY and no var/secret_key: run `make install`, or set SECRET_KEY."
        ) from error


SECRET_KEY = _secret_key()

INSTALLED_APPS = [
    # Django's admin, with a site of ours.
    "cases.security.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_filters",
    "django_htmx",
    # Ours come first: their command `export` stands before that of import_export.
    "config",
    "cases",
    "ingest",
    "backup",
    "releases",
    "import_export",
]

MIDDLEWARE = [
    "config.middleware.RequestLogMiddleware",
    # What sets headers stands around all that answers: static files and refusals have them too.
    "cases.middleware.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    # Before all that looks at the host, the scheme or the session.
    "config.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "cases.middleware.CompressionMiddleware",
    "api.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cases.middleware.BodyLimitMiddleware",
    "cases.middleware.NoNulMiddleware",
    "cases.middleware.DeskSessionMiddleware",
    "cases.middleware.OwnPasswordMiddleware",
    "cases.middleware.SecondFactorMiddleware",
    "cases.middleware.InvalidQueryMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": read_database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'cases.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Readers go on while somebody writes; a second writer waits for its turn, it does not fail.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "transaction_mode": "IMMEDIATE",
        # Long enough for an import of thousands of rows that somebody else is saving.
        "timeout": 90,
    }
    # A file, not memory: tests with a live server and with two connections need one.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
else:
    # What DATABASE_URL says itself goes before all of this. PostgreSQL takes the many subqueries
    # of a file for dear and compiles them, which is dearer: cases.csv of 1,000 cases took 11 s with
    # it, 0.6 s without. And a page out of turn it counts four times, as it was with disks that have
    # heads: it would rather read a table whole for each case than look into its index.
    given = DATABASES["default"].setdefault("OPTIONS", {})
    given["options"] = f"-c jit=off -c random_page_cost=1.1 {given.get('options', '')}".strip()
    # A server that is gone without a word is given up after seconds, not after two minutes (its
    # own time is in milliseconds).
    for name, value in {"connect_timeout": 5, "tcp_user_timeout": 10_000}.items():
        given.setdefault(name, value)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Who fails this often to sign in, with one name from one address, waits for this many minutes.
AXES_FAILURE_LIMIT = read_number("SIGN_IN_TRIES", default=5, least=1)
AXES_COOLOFF_TIME = timedelta(minutes=read_number("SIGN_IN_PAUSE", default=15, least=1))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "cases.accounts.locked_out"
AXES_CLIENT_IP_CALLABLE = "cases.accounts.client_address"
# Trying on while locked does not make the wait longer: the page has said when it ends.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "cases.accounts.name_counted"
# Failures are kept here only while they count; the record of sign-ins is `cases.security.record`.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Days after which the record of sign-ins forgets.
SIGN_INS_DAYS = read_number("SIGN_INS_DAYS", default=90, least=1)

# Whether those who publish or keep accounts must have a second factor.
REQUIRE_SECOND_FACTOR = read_switch("REQUIRE_SECOND_FACTOR", default=False)
# What an app of codes writes above them.
OTP_TOTP_ISSUER = urlsplit(SITE_URL).hostname

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "cases.accounts.OwnPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fa", _("Persian")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# The desk has forms of several hundred fields.
FORM_RENDERER = "cases.admin.rendering.WrittenOut"

STATIC_URL = "static/"
# Files are found where they lie, so a fresh machine needs no step that collects them.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# A case of a hundred statements posts well over a thousand fields; Django's limit is 1,000.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "ingest.handlers.TemporaryFiles",
]
# The largest file that editors may upload as an edition of a document.
MAX_UPLOAD_MB = read_number("MAX_UPLOAD_MB", default=20, least=1)
# Frozen data, which back-ups take as files, and under which terms they may be used.
RELEASES_DIR = Path(read_text("RELEASES_DIR", str(VAR_DIR / "releases")))
DATA_LICENCE = read_text("DATA_LICENCE")
DATA_LICENCE_URL = read_text("DATA_LICENCE_URL")
# A table that comes home; ten thousand rows of cases are some ten megabytes.
IMPORT_MAX_BYTES = 25_000_000

# A session of the desk ends so long after signing in, and after so long without any use.
SESSION_COOKIE_AGE = 3600 * read_number("SESSION_HOURS", default=12, least=1)
SESSION_IDLE = timedelta(minutes=read_number("SESSION_IDLE_MINUTES", default=60, least=5))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_SECURE_SITE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_SECURE_SITE
if IS_SECURE_SITE:
    # No other host of the domain, and nobody between who speaks HTTP, can plant such a cookie.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
CSRF_FAILURE_VIEW = "cases.views.errors.csrf_failed"
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE_SITE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_SECURE_SITE
if read_switch("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Nothing is written into pages that a browser would run or draw by: no script, no style.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "frame-src": [NONE],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        # On a site without HTTPS it would ask for what does not answer.
        "upgrade-insecure-requests": IS_SECURE_SITE,
    }
}

MAIL = read_mail("EMAIL_URL")
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.starts_tls, MAIL.is_tls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = read_text("EMAIL_FROM")
if EMAIL_HOST and not DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured("EMAIL_URL is set: set EMAIL_FROM, the sender of the mail, as well.")
# Whom somebody asks who cannot sign in, as the page of forgotten passwords says it.
DESK_CONTACT = read_text("DESK_CONTACT")

LOGGING = logs.configuration()
