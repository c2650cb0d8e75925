"""Measure every page of one city, in a process of its own: `python -m bench._measure REPEATS` prints JSON.

CPU is the least process time of some repetitions. What a page costs the database is counted and not timed, since
machines are shared: steps of SQLite's virtual machine, or blocks that PostgreSQL's plans touch.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liangshi.config.settings")
os.environ["LIANGSHI_DEBUG"] = "0"
django.setup()

from django.core import signals  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import close_old_connections, connection, reset_queries  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402

from bench import _bare  # noqa: E402
from bench._stage import PAGES, Page, Stage  # noqa: E402
from liangshi.foundation.base import wall  # noqa: E402
from liangshi.registry.access.actor import Hat  # noqa: E402
from liangshi.registry.access.choices import Role  # noqa: E402
from liangshi.registry.access.middleware import SESSION_KEY  # noqa: E402

EVERY = 20  # steps between two calls of SQLite's progress handler
Answer = tuple[int, int]  # status, bytes
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Figure:
    """`work`: steps or blocks. `cpu` and `bare` in milliseconds."""

    role: str
    page: str
    status: int
    size: int
    cpu: float
    bare: float
    queries: int
    repeated: int
    work: int


def cookies(person: Any, hat: str) -> str:
    """A prepared session, as a header."""
    client = Client()
    client.force_login(person.account, backend=BACKEND)
    session = client.session
    session[SESSION_KEY] = hat
    session.save()
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def caller(handler: WSGIHandler, url: str, cookie: str) -> Callable[[], Answer]:
    """One request through the whole stack, body read."""
    path, _, query = url.partition("?")
    factory = RequestFactory(HTTP_COOKIE=cookie, SERVER_NAME="127.0.0.1")
    environ = factory._base_environ(PATH_INFO=path, QUERY_STRING=query, REQUEST_METHOD="GET")

    def call() -> Answer:
        said: list[str] = []
        body = handler({**environ, "wsgi.input": io.BytesIO()}, lambda status, _headers: said.append(status))
        size = sum(map(len, body))
        body.close()
        return int(said[0][:3]), size

    return call


def least_cpu(call: Callable[[], Answer], repeats: int) -> float:
    def once() -> float:
        began = time.process_time()
        call()
        return (time.process_time() - began) * 1e3

    call()
    return min(once() for _ in range(repeats))


@contextmanager
def _steps() -> Iterator[list[int]]:
    counted = [0]

    def tick() -> int:
        counted[0] += EVERY
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(tick, EVERY)
    yield counted
    connection.connection.set_progress_handler(None, 0)


def _blocks(statements: list[str]) -> int:
    """Blocks of tables and indexes that the plans of these SELECTs touch, cached or not."""
    total = 0
    with connection.cursor() as cursor:
        for statement in statements:
            if statement.lstrip().upper().startswith("SELECT") and " FOR UPDATE" not in statement:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
                plan = cursor.fetchone()[0][0]["Plan"]
                total += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return total


def counted(call: Callable[[], Answer], hat: Hat) -> tuple[Answer, int, int, int]:
    """The answer, how many questions, how many of them word for word again, and the work of the database."""
    reset_queries()
    with CaptureQueriesContext(connection) as asked:
        answer = call()
    said = [each["sql"] for each in asked.captured_queries]
    selects = [each for each in said if each.lstrip().startswith("SELECT")]
    repeated = len(selects) - len(set(selects))
    if connection.vendor == "sqlite":
        with _steps() as steps:
            call()
        return answer, len(said), repeated, steps[0]
    with wall.closed():
        wall.narrow(hat.reach)
        return answer, len(said), repeated, _blocks(said)


def measure(
    page: Page, role: Role, stage: Stage, handlers: tuple[WSGIHandler, WSGIHandler], repeats: int
) -> Figure | None:
    held, url = stage.hat(role), stage.address(page)
    if held is None or url is None:
        return None
    cookie = cookies(held[0], held[1].key)
    call = caller(handlers[0], url, cookie)
    call()
    (status, size), queries, repeated, work = counted(call, held[1])
    cpu = least_cpu(call, repeats)
    with override_settings(ROOT_URLCONF="bench._bare"):
        plain = caller(handlers[1], f"/bare/{size}", cookie)
        assert plain() == (200, size)
        bare = least_cpu(plain, repeats * 2)
    return Figure(role.value, page.name, status, size, cpu, bare, queries, repeated, work)


def main(arguments: list[str]) -> int:
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)  # the page is measured, not the opening of a connection
    with wall.program("who opens the pages, and which rows they open"):
        figures = _figures(arguments)
    json.dump([asdict(figure) for figure in figures], sys.stdout)
    return 0


def _figures(arguments: list[str]) -> list[Figure]:
    stage = Stage()
    whole = WSGIHandler()
    with override_settings(MIDDLEWARE=_bare.MIDDLEWARE):
        plain = WSGIHandler()
    only = set(arguments[1].split(",")) if len(arguments) > 1 else {role.value for role in Role}
    return [
        figure
        for role in Role
        if role.value in only
        for page in PAGES
        if role in page.readers()
        if (figure := measure(page, role, stage, (whole, plain), int(arguments[0])))
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
