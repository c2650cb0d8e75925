"""Just enough Django to show the gallery: `manage.py runserver --settings tests.foundation.ui.settings`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DEBUG = True
SECRET_KEY = "only for the gallery"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "liangshi.foundation.ui",
]
MIDDLEWARE = [
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tests.foundation.ui.gallery.strict_csp",
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
FORM_RENDERER = "liangshi.foundation.ui.forms.Renderer"
ROOT_URLCONF = "tests.foundation.ui.gallery"
STATIC_URL = "/static/"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "liangshi.foundation.ui.finders.NodeFinder",
]
NODE_MODULES = ROOT / "node_modules"
NODE_ASSETS = {"vendor/echarts.min.js": "echarts/dist/echarts.min.js"}
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
