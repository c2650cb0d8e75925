"""The gallery on a port of its own, and a real browser to open it with."""

import shutil
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client, override_settings
from playwright.sync_api import Browser, sync_playwright

from tests.foundation.ui import settings as gallery_settings

BORROWED = (
    "MIDDLEWARE",
    "MESSAGE_STORAGE",
    "TEMPLATES",
    "FORM_RENDERER",
    "ROOT_URLCONF",
    "STATICFILES_FINDERS",
    "NODE_MODULES",
    "NODE_ASSETS",
)
PLAIN_STATIC = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(scope="module", autouse=True)
def _gallery() -> Iterator[None]:
    """The gallery's own settings: no sign-in, no database, the strict policy."""
    borrowed = {name: getattr(gallery_settings, name) for name in BORROWED}
    with override_settings(**borrowed, STORAGES=settings.STORAGES | PLAIN_STATIC):
        yield


@pytest.fixture
def page_client() -> Client:
    return Client(raise_request_exception=False)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def gallery_url(_gallery: None) -> Iterator[str]:
    application = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", 0, application, WSGIServer, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """An installed Chromium or Chrome, else the one Playwright installed; absent, the tests fail."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()
