"""Nothing foreign runs in a page: the policy stands on every answer of ours, and nothing of ours names another host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liangshi.foundation.base.middleware import POLICY
from liangshi.portal.home import views
from tests.architecture.tree import CODE
from tests.asking import SignIn
from tests.cast import Cast

OURS = sorted(
    file
    for place in ("templates/**/*.html", "static/**/*")
    for file in CODE.glob(f"*/*/{place}")
    if file.is_file()
)
HOST = re.compile(r"""(?:\w+:)?//[\w-]+(?:\.[\w-]+)+|//(?=[{$])""")
NAMESPACE = "http://www.w3.org/2000/svg"


def directives(policy: str) -> dict[str, set[str]]:
    """Name → sources."""
    parts = [each.split() for each in policy.split(";") if each.strip()]
    assert len({name for name, *_ in parts}) == len(parts), "of two of one name a browser takes the first"
    return {name: set(sources) for name, *sources in parts}


def test_a_page_runs_and_loads_what_is_its_own_alone() -> None:
    held = directives(POLICY)
    own, none = {"'self'"}, {"'none'"}
    assert held == {
        "default-src": own,
        "script-src": own,
        "style-src": own,
        "img-src": {*own, "data:"},
        "font-src": own,
        "connect-src": own,
        "object-src": none,
        "base-uri": none,
        "frame-ancestors": none,
        "form-action": own,
    }


def test_every_answer_carries_the_policy(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a mistake of ours")

    mentor, strict = sign_in("mentor"), Client(enforce_csrf_checks=True)
    answers: dict[int, Any] = {
        200: mentor.get("/"),
        302: Client().get("/students"),
        400: mentor.get("/", headers={"host": "elsewhere.example"}),
        403: mentor.get("/org"),
        404: mentor.get("/no-such-page"),
        405: mentor.get("/sign-out"),
        413: mentor.post("/sign-in", {"login": "x" * 2**19}),
    }
    monkeypatch.setattr(views, "render", breaks)
    mentor.raise_request_exception = False
    answers[500] = mentor.get("/hats")
    assert [answer.status_code for answer in answers.values()] == list(answers)
    monkeypatch.undo()
    without_token = strict.post("/sign-in", {"login": "a", "password": "b"})
    assert without_token.status_code == 403
    for answer in (*answers.values(), without_token):
        assert answer["Content-Security-Policy"] == POLICY, answer
        assert answer["Cache-Control"] == "no-store", answer


def test_no_view_has_a_policy_of_its_own() -> None:
    """The middleware lets stand what a view has set."""
    naming = [file for file in CODE.rglob("*.py") if "Content-Security-Policy" in file.read_text("utf-8")]
    assert naming == [CODE / "foundation" / "base" / "middleware.py"]


def foreign(text: str) -> list[str]:
    """The other hosts that a page, a style sheet or a script of ours names."""
    return HOST.findall(text.replace(NAMESPACE, ""))


@pytest.mark.parametrize("file", OURS, ids=lambda path: "/".join(path.parts[-2:]))
def test_nothing_of_ours_names_another_host(file: Path) -> None:
    assert foreign(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        '<script src="https://cdn.example.com/a.js"></script>',
        '<img src="//cdn.example.com/a.png">',
        "@import url(http://fonts.example.com/css);",
        'fetch("wss://a.example.com")',
        '<a href="//{{ host }}/">',
        "fetch(`//${host}/`)",
    ],
)
def test_the_check_of_hosts_sees_one(line: str) -> None:
    assert foreign(line)
    assert not foreign(f'<svg xmlns="{NAMESPACE}">// a remark of ours, see a.js\n<a href="/students">')
