"""What a template may not do, whatever state its page is in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.tree import CODE

BLOCK = re.compile(r"{% block (\w+) %}(.*?){% endblock %}", re.DOTALL)
NAMED = re.compile(r"{% url [^%]* as (\w+) %}")
TEMPLATES = sorted(CODE.glob("*/*/templates/**/*.html"))
WORD = r"{[{%%](?:[^}\"']|\"[^\"]*\"|'[^']*')*?(?<![\w.=\"'])%s\b(?!=)"


def lost(source: str) -> set[str]:
    """Addresses that one block names and another uses: Django forgets them at the end of a block."""
    blocks = BLOCK.findall(source)
    return {
        name
        for block, body in blocks
        for name in NAMED.findall(body)
        for other, text in blocks
        if other != block and name not in NAMED.findall(text) and re.search(WORD % name, text)
    }


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_an_address_is_named_in_the_block_that_uses_it(path: Path) -> None:
    assert not lost(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('{% button_link "先不" back style="quiet" %}', {"back"}),
        ('{% url "home:home" as back %}{% button_link "先不" back %}', set()),
        ('<a href="{{ back }}">back</a>', {"back"}),
        ('back {% button_link "back" here back=here %}', set()),
    ],
)
def test_the_check_of_templates_sees_what_it_forbids(body: str, found: set[str]) -> None:
    head = "{% block heading %}{% url 'home:home' as back %}{% page_heading back_url=back %}{% endblock %}"
    assert lost(f"{head}{{% block content %}}{body}{{% endblock %}}") == found


LONGEST = 120


def long_lines(source: str) -> list[int]:
    """Numbers of the lines with more than LONGEST characters, from 1."""
    return [number for number, line in enumerate(source.split("\n"), 1) if len(line) > LONGEST]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_line_is_longer_than_a_screen(path: Path) -> None:
    assert long_lines(path.read_text(encoding="utf-8")) == []


def test_a_long_line_is_counted_in_characters() -> None:
    assert long_lines("师" * LONGEST) == []
    assert long_lines("师\n" + "师" * (LONGEST + 1)) == [2]
