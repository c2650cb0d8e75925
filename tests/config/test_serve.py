"""`liangshi serve`: answers, hands out static files without collectstatic, never debugs, stops when asked."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.management import call_command

from liangshi.config import cli
from liangshi.foundation.base import tables, worker
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.postgresql import policies
from liangshi.registry.access.policy import ROUTES
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
def temp(tmp_path):
    """The server's temporary folder."""
    folder = tmp_path / "temp"
    folder.mkdir()
    return folder


@pytest.fixture
def server(transactional_db, port, temp):
    child = subprocess.Popen(
        [sys.executable, "-c", MAIN, "serve", "--port", str(port)],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "LIANGSHI_DATABASE": address_of_database(),
            "LIANGSHI_DEBUG": "1",
            "TMPDIR": str(temp),
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
        child.terminate()  # its worker goes with it, and lets go of the pipe
    child.communicate(timeout=30)


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


def peak(server) -> int:
    """The most memory that the process which answers has ever held, in bytes."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    found = [re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{each}/status").read_text()) for each in children]
    return max(int(each[1]) for each in found if each) * 1024


def send(port: int, path: str, head: str, body: bytes, times: int = 1, *, breaks_off: bool = False):
    """POST `body` so many times over, as far as the server takes it. The status and the page of its answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n".encode())
        with contextlib.suppress(OSError):  # the server has answered and reads no more
            for _ in range(times):
                line.sendall(body)
            if breaks_off:
                line.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.status, answer.read().decode()


def test_what_nobody_has_asked_for_is_neither_kept_nor_read(server, port, temp):
    """Signed out: 32 MiB by their length, in pieces and with a length that lies; a form that breaks off."""
    base = f"http://127.0.0.1:{port}"
    assert get(f"{base}/sign-in").status == 200
    before, block = peak(server), b"x" * 2**16
    form = "Content-Type: multipart/form-data; boundary=x\r\n"
    status, page = send(port, "/sign-in", f"{form}Content-Length: {32 * 2**20}", block, 512)
    assert (status, "一次最多收 256 KB" in page) == (413, True)
    piece = b"%x\r\n%s\r\n" % (len(block), block)
    assert send(port, "/sign-in", f"{form}Transfer-Encoding: chunked", piece, 512)[0] == 411
    assert (
        send(port, "/sign-in", f"{form}Content-Length: 10\r\nTransfer-Encoding: chunked", piece, 9)[0] == 411
    )
    assert send(port, "/sign-in", f"{form}Content-Length: 10\r\nContent-Length: 99", block, 9)[0] == 400
    assert send(port, "/rosters/new/", f"{form}Content-Length: {16 * 2**20}", block, 256)[0] == 302
    assert peak(server) - before < 24 * 2**20
    typed = "Content-Type: application/x-www-form-urlencoded\r\nCookie: csrf=" + "t" * 32
    field = b"csrfmiddlewaretoken=" + b"t" * 32 + b"&login=a&password=b"
    assert send(port, "/sign-in", f"{typed}\r\nContent-Length: 4000", field, breaks_off=True)[0] == 403
    assert send(port, "/sign-in", f"{typed}\r\nContent-Length: {len(field)}", field)[0] == 200
    assert not list(temp.rglob("*"))


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


def test_nobody_is_served_where_a_guard_is_missing(transactional_db, monkeypatch):
    """Neither by the website nor by the worker, whichever guard it is, nor with a hole in the policy table."""

    def missing():
        raise DomainError("no_wall", "墙不见了。")

    monkeypatch.setattr("django.core.wsgi.get_wsgi_application", lambda: None)
    monkeypatch.setattr(worker.Worker, "serve", lambda self: pytest.fail("it serves"))
    runpy.run_module("liangshi.config.wsgi")
    with monkeypatch.context() as hole:
        hole.delitem(ROUTES, "home:me")
        with pytest.raises(SystemExit, match="home:me is not in the policy table"):
            runpy.run_module("liangshi.config.wsgi")
    assert policies.demand_wall in tables.DEMANDS
    monkeypatch.setattr(tables, "DEMANDS", [*tables.DEMANDS, missing])
    with pytest.raises(SystemExit, match="墙不见了"):
        runpy.run_module("liangshi.config.wsgi")
    with pytest.raises(DomainError, match="墙不见了"):
        call_command("worker")
