"""`liangshi who-hears`: the table of transitions in words, as docs/manual/who-hears.md has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from liangshi.registry.access.transitions import KINDS, SIDES, Cell, Kind, Row

HEAD = """# 谁会收到什么

由 `liangshi who-hears > docs/manual/who-hears.md` 写出，不要手改。

每一件事发生时，谁会收到哪一句话，谁的「待办」里多一项或少一项；没有写到的人不会收到，原因写在最后一栏。\
「…」处是当时的姓名、人数或日期。通知里从不写原因，也不写是谁提出的。

"""


def lines() -> Iterator[str]:
    for kind in KINDS:
        yield f"## {kind.label}\n"
        yield "| 发生什么 | 谁会知道 | 别人为什么不通知 |"
        yield "|---|---|---|"
        yield from _rows(kind)
        yield ""


def _rows(kind: Kind) -> Iterator[str]:
    for member, word in kind.members.items():
        if row := kind.rows.get(member):
            alike = [kind.members[other] for other in kind.members if kind.rows.get(other) is row]
            if alike[0] == word:
                yield _line("、".join(alike), row)
        else:
            yield f"| {word} | 不会发生 | {kind.never[member]} |"


def _line(words: str, row: Row) -> str:
    told = [f"{SIDES[side]}：{said}" for side, cell in row.cells() if (said := _cell(cell))]
    silence = {cell.why for _, cell in row.cells() if cell.why}
    return f"| {words} | {'<br>'.join(told) or '—'} | {'；'.join(sorted(silence))} |"


def _cell(cell: Cell) -> str:
    parts = [f"「{_filled(words)}」" for words in cell.words]
    parts += ["待办多一项"] * bool(cell.opens) + ["待办少一项"] * bool(cell.closes)
    return "，".join(parts)


def _filled(words: str) -> str:
    return re.sub(r"(?:{[a-z]+})+", "…", words.replace("{you}", "您"))


class Command(BaseCommand):
    help = "写出什么事发生时谁会收到什么（docs/manual/who-hears.md）"
    requires_system_checks: Any = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(HEAD + "\n".join(lines()))
