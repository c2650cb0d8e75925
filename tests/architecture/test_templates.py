"""What a template may not do, whatever state its page is in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import get_resolver

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


ASKED = re.compile(r"{% url (['\"])([\w:]+)\1([^%]*?) as \w+ %}")


def unknown(source: str) -> list[str]:
    """Addresses taken with `as` that nothing answers to, by name or number of arguments: Django says nothing of them."""
    patterns = get_resolver()
    found = []
    for _, name, given in ASKED.findall(source):
        space, _, short = name.partition(":")
        held = patterns.namespace_dict[space][1].reverse_dict.getlist(short)
        takes = {len(each[0][0][1]) for each in held}
        if len(given.split()) not in takes:
            found.append(f"{name}{given}")
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_an_address_with_a_name_is_one(path: Path) -> None:
    assert unknown(path.read_text(encoding="utf-8")) == []


def test_the_check_of_addresses_sees_what_nothing_answers_to() -> None:
    bodies = ("{% url 'home:home' as a %}", "{% url 'home:hom' as a %}", '{% url "dossier:student" as a %}')
    assert unknown("".join(bodies)) == ["home:hom", "dossier:student"]


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


# What a template is made of, down to single characters of its text.
PIECE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>|\s+|.", re.DOTALL)
INLINE = re.compile(r"</?(?:a|abbr|b|code|em|i|small|span|strong|time)\b")
CHINESE = re.compile(r"[\u4e00-\u9fff「『（《“]|{{")  # a value stands for a word
BRANCHES = ("elif", "else", "empty")
OPENS = ("if", "for", "with")
SILENT = ("csrf_token", "load", "url")


class Pieces:
    """A template as a reader of its text meets it: `next_of`, the next branch or the end, and `end_of`, the end, of a
    tag that opens or parts a block, by position."""

    def __init__(self, source: str) -> None:
        self.all = PIECE.findall(source)
        self.next_of: dict[int, int] = {}
        self.end_of: dict[int, int] = {}
        held: list[list[int]] = []
        for at, tag in enumerate(self.tag(at) for at in range(len(self.all))):
            if tag in OPENS:
                held.append([at])
            elif tag in BRANCHES:
                self.next_of[held[-1][-1]] = at
                held[-1].append(at)
            elif tag.removeprefix("end") in OPENS:
                parts = held.pop()
                self.next_of[parts[-1]] = at
                self.end_of.update(dict.fromkeys(parts, at))

    def tag(self, at: int) -> str:
        return self.all[at][2:-2].split()[0] if self.all[at].startswith("{%") else ""

    def after(self, at: int) -> list[int]:
        """Where a reader may go on after the piece at `at`; nowhere where the line ends: at a component, a paragraph."""
        piece, tag = self.all[at], self.tag(at)
        if tag in BRANCHES:
            return [self.end_of[at] + 1]
        if tag in {"if", "for"}:
            return [at + 1, *self._branches(at)]
        goes_on = tag.removeprefix("end") in OPENS or tag in SILENT or piece.startswith("{#")
        return [at + 1] if goes_on or piece.isspace() or INLINE.match(piece) else []

    def _branches(self, at: int) -> Iterator[int]:
        while at in self.next_of:
            at = self.next_of[at]
            yield at + 1

    def blank_follows(self, at: int) -> bool:
        """Whether white space and then Chinese may stand behind the piece at `at`, in one line."""
        todo, seen = [(at + 1, False)], set()
        while todo:
            here = at, blank = todo.pop()
            if here in seen or at >= len(self.all):
                continue
            seen.add(here)
            if blank and CHINESE.match(self.all[at]):
                return True
            todo += [(to, blank or self.all[at].isspace()) for to in self.after(at)]
        return False


def blanks(source: str) -> list[int]:
    """Numbers of the lines, from 1, with a mark behind which a blank would be seen: 「是。 不」."""
    pieces, line, found = Pieces(source), 1, []
    for at, piece in enumerate(pieces.all):
        if piece in "。；！？，、：" and pieces.blank_follows(at):
            found.append(line)
        line += piece.count("\n")
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_blank_stands_behind_a_chinese_mark(path: Path) -> None:
    assert blanks(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>是。 不</p>", [1]),
        ("<p>一\n是。\n不</p>", [2]),
        ("<p>是。</p>\n<p>不</p>", []),
        ("<p>是。 <b>不</b></p>", [1]),
        ("<p>是。</b>\n</p>\n不", []),
        ("<p>{% if a %}是。\n{% else %}不{% endif %}</p>", []),
        ("<p>{% if a %}是。\n{% else %}不{% endif %}都</p>", [1]),
        ("<p>是。{% if a %}\n{% elif b %}不{% endif %}</p>", []),
        ("<p>是。 {% if a %}x{% elif b %}y{% else %}不{% endif %}</p>", [1]),
        ("<p>是。{% if a %}x{% endif %}\n不</p>", [1]),
        ("<p>是。\n{{ name }}</p>", [1]),
        ("<p>是。\n{# why #}</p>", []),
        ("是。{% endcard %}\n不", []),
        ("<p>是。 2026</p>", []),
    ],
)
def test_a_blank_behind_a_mark_is_seen_through_tags(source: str, found: list[int]) -> None:
    assert blanks(source) == found


# Half-open ends (`ends_on`, `trial_until`) and moments that may be midnight, printed as a day.
EXCLUSIVE = re.compile(r"\b(?:ends_on|trial_until)\|date|\b(?:closes_at|answers_until)\|date|:%m-%d %H:%M")


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in (*TEMPLATES, *sorted(CODE.glob("*/*/**/*.py")))
        if EXCLUSIVE.search(path.read_text("utf-8"))
    ]
    or [None],
)
def test_an_end_is_printed_as_the_last_day_that_counts(path: Path | None) -> None:
    """`base.clock` and its filters `last_day` and `deadline` are the one way to say when something is over."""
    assert path is None
