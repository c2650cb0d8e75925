"""One settings module. What differs between installations comes from `env`, nothing else does."""

from __future__ import annotations

import os

from liangshi.config import env
from liangshi.foundation.base.rooms import rooms_of

ENV = env.read(os.environ)

SECRET_KEY = ENV.secret_key
FIELD_KEY = ENV.field_key
AUDIT_KEY = ENV.audit_key
AUDIT_HEADS = ENV.home / "heads"  # where the worker keeps the log's signed heads
DEBUG = ENV.debug
ALLOWED_HOSTS = list(ENV.hosts)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "liangshi.foundation.base",
    "liangshi.foundation.ui",
    "liangshi.foundation.audit",
    "liangshi.foundation.notices",
    "liangshi.foundation.records",
    "liangshi.registry.schools",
    "liangshi.registry.people",
    "liangshi.registry.mentorships",
    "liangshi.registry.accounts",
    "liangshi.registry.access",
    *rooms_of("liangshi.practice", "liangshi.oversight", "liangshi.portal"),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "liangshi.foundation.base.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # Who asks, then how much he sends, and only then is the body read (for the token of the form).
    "liangshi.registry.access.middleware.Gate",
    "liangshi.registry.access.bodies.Measure",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "liangshi.registry.access.middleware.Lock",
    "liangshi.foundation.ui.errors.wrong_way",
]

ROOT_URLCONF = "liangshi.config.urls"
WSGI_APPLICATION = "liangshi.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "liangshi.portal.home.shell.shell",
            ],
        },
    }
]
FORM_RENDERER = "liangshi.foundation.ui.forms.Renderer"

DATABASES = {"default": ENV.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "liangshi.registry.accounts.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "liangshi.registry.accounts.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "liangshi.registry.accounts.passwords.NotCommon"},
    {"NAME": "liangshi.registry.accounts.passwords.NotOnlyDigits"},
]
LOGIN_URL = "home:sign_in"
LOGIN_REDIRECT_URL = "home:home"
LOGOUT_REDIRECT_URL = "home:sign_in"

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
NODE_MODULES = env.ROOT / "node_modules"
LOTTERY_SCRIPT = env.ROOT / "docs" / "lottery.py"  # handed to anybody who wants to repeat a draw
NODE_ASSETS = {
    # name under static/ → file under node_modules/
    "vendor/echarts.min.js": "echarts/dist/echarts.min.js",
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "liangshi.foundation.ui.finders.NodeFinder",
]
WHITENOISE_USE_FINDERS = True  # straight from the source tree: there is no collectstatic
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 2**18  # of a form, where a route takes no file (`registry.access.bodies`)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
# An uploaded file stays in memory: what a route takes has a bound, and nothing is ever left in the temporary folder.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 21 * 2**20

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
SESSION_COOKIE_NAME = "__Host-session" if ENV.https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if ENV.https else "csrf"
DEVICE_COOKIE_NAME = "__Host-device" if ENV.https else "device"
CSRF_FAILURE_VIEW = "liangshi.portal.home.views.csrf_failure"
LOCKED_VIEW = "liangshi.portal.home.locked.locked"  # what the gate shows where somebody was away too long
PROXIES = ENV.proxies  # how many of our own stand in front (`foundation.base.address`)
SECURE_SSL_REDIRECT = ENV.https
SECURE_HSTS_SECONDS = 365 * 86400 if ENV.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": ENV.log_level},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django_tasks_db": {"level": "WARNING"},  # says every second that there is nothing to do
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
