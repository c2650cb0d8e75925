"""`liangshi serve`: answers, hands out static files without collectstatic, never debugs, stops when asked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from liangshi.config import cli
from tests.config.test_worker import address_of_database
from tests.conftest import ROOT

MAIN = "import sys; from liangshi.config.cli import main; sys.exit(main())"


def get(url: str):
    try:
        return urllib.request.urlopen(url, timeout=120)
    except urllib.error.HTTPError as problem:
        return problem


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def server(transactional_db, port):
    child = subprocess.Popen(
        [sys.executable, "-c", MAIN, "serve", "--port", str(port)],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "LIANGSHI_DATABASE": address_of_database(),
            "LIANGSHI_DEBUG": "1",
        },
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    deadline = time.monotonic() + 120
    while not cli.answers("127.0.0.1", port):
        assert child.poll() is None, child.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield child
    if child.poll() is None:
        child.kill()
    child.communicate()


def test_it_answers_and_stops(server, port):
    base = f"http://127.0.0.1:{port}"
    assert get(f"{base}/sign-in").status == 200
    missing = get(f"{base}/no-such-page")
    assert missing.status == 404
    assert "DEBUG" not in missing.read().decode(), "a developer's setting does not reach the public"
    for name in ("ui/css/page.css", "django_htmx/htmx-2.min.js", "vendor/echarts.min.js"):
        static = get(f"{base}/static/{name}")
        assert static.status == 200
        assert "max-age" in static.headers["Cache-Control"]
        assert static.headers["ETag"]
        assert "Access-Control-Allow-Origin" not in static.headers
    taken = subprocess.run(
        [sys.executable, "-c", MAIN, "serve", "--port", str(port)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert taken.returncode == 1
    assert "已被别的程序占用" in taken.stderr
    server.send_signal(signal.SIGTERM)
    _, words = server.communicate(timeout=120)
    assert server.returncode == 0, words
    assert not cli.answers("127.0.0.1", port)


def test_a_database_without_tables_is_a_sentence(port, tmp_path):
    answer = subprocess.run(
        [sys.executable, "-c", MAIN, "serve", "--port", str(port)],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "LIANGSHI_DATABASE": f"sqlite://{tmp_path}/empty.sqlite3",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode != 0
    assert "liangshi migrate" in answer.stderr
    assert "Traceback" not in answer.stderr
