"""Finds the heading row of a sheet, wherever it is, and says what each column means to us."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from liangshi.foundation.documents.sheets import Row, Sheet, address
from liangshi.practice.rosters.parsing.kinds import Kind, normal
from liangshi.practice.rosters.parsing.model import ColumnChoice
from liangshi.practice.rosters.parsing.students import LOOSE

SEARCHED_ROWS = 30
LEAST_KNOWN = 2
# What stands in the lower row of a two-row heading, under 监护人1 and the like.
LOWER_WORDS = frozenset(LOOSE) | {"姓名", "名字", "是否监护人", "工作单位", "身份证号", "职务", "关系说明"}


@dataclass(frozen=True, slots=True)
class Header:
    """`first` and `last` are row numbers; `headings`: column → heading, unique within the sheet."""

    first: int
    last: int
    headings: dict[int, str]

    @property
    def cell(self) -> str:
        return address(self.first, min(self.headings, default=1))


def find_header(
    sheet: Sheet, kinds: Iterable[Kind], answers: dict[str, str | None]
) -> tuple[Header, dict[str, int]] | None:
    """The row that most looks like headings, and for each kind how many of its columns it names.

    Of several kinds only those count of which a marking column is there, and which no other's rules out.
    """
    kinds = tuple(kinds)
    best: tuple[Header, dict[str, int]] | None = None
    rows = sheet.rows[:SEARCHED_ROWS]
    for position, row in enumerate(rows):
        header = _header_at(sheet, row, rows[position + 1] if position + 1 < len(rows) else None)
        scores = _scores(header, kinds, answers)
        most = max(scores.values())
        if most >= LEAST_KNOWN and (best is None or most > max(best[1].values())):
            best = header, scores
    return best


def _scores(header: Header, kinds: tuple[Kind, ...], answers: dict[str, str | None]) -> dict[str, int]:
    scores = {kind.identifier: _score(header, kind, answers, len(kinds) == 1) for kind in kinds}
    beaten = {other for kind in kinds if scores[kind.identifier] for other in kind.rules_out}
    return scores | dict.fromkeys(beaten, 0)


def _score(header: Header, kind: Kind, answers: dict[str, str | None], given: bool) -> int:
    """How many fields of this kind the row names; 0 when none marks the kind and the kind is not given."""
    fields = {choice.field for choice in propose(header, kind, answers) if choice.field}
    return len(fields) if given or fields.intersection(kind.marks) else 0


def _header_at(sheet: Sheet, row: Row, below: Row | None) -> Header:
    upper = {column: _shown(cell.text) for column, cell in row.cells.items() if _shown(cell.text)}
    lower = _lower_headings(row, below)
    if lower and below and any(column not in upper or _is_wide(sheet, row, column) for column in lower):
        joined = dict(upper)
        for column, text in lower.items():
            joined[column] = _above(upper, column) + text
        return Header(row.number, below.number, _unique(joined))
    return Header(row.number, row.number, _unique(upper))


def _lower_headings(row: Row, below: Row | None) -> dict[int, str]:
    """The cells of the next row when all of them are words of a lower heading; else nothing."""
    if below is None or below.number != row.number + 1:
        return {}
    lower = {column: _shown(cell.text) for column, cell in below.cells.items() if _shown(cell.text)}
    return lower if len(lower) >= 2 and all(normal(text) in LOWER_WORDS for text in lower.values()) else {}


def _is_wide(sheet: Sheet, row: Row, column: int) -> bool:
    return any(
        area.top <= row.number <= area.bottom and area.left <= column <= area.right and area.right > area.left
        for area in sheet.merged
    )


def _above(upper: dict[int, str], column: int) -> str:
    """The heading that spans this column: its own, or the nearest to the left."""
    return next((upper[place] for place in sorted(upper, reverse=True) if place <= column), "")


def _shown(text: str) -> str:
    return re.sub(r"[\s★☆*※]", "", text)[:60]


def _unique(headings: dict[int, str]) -> dict[int, str]:
    """Repeated headings get (2), (3) …, left to right."""
    seen: dict[str, int] = {}
    unique = {}
    for column in sorted(headings):
        heading = headings[column]
        seen[heading] = seen.get(heading, 0) + 1
        unique[column] = heading if seen[heading] == 1 else f"{heading}({seen[heading]})"
    return unique


def propose(header: Header, kind: Kind, answers: dict[str, str | None]) -> list[ColumnChoice]:
    """A choice for every heading, left to right: the clerk's answers first, then what we know."""
    taken = {target for heading, target in answers.items() if target and heading in header.headings.values()}
    known = {normal(word): column.identifier for column in kind.columns for word in column.headings}
    unsure = {normal(word): column.identifier for column in kind.columns for word in column.unsure}
    choices = []
    for column in sorted(header.headings):
        heading = header.headings[column]
        word = normal(heading)
        if heading in answers:
            choices.append(ColumnChoice(heading, answers[heading], "chosen"))
        elif word in known and known[word] not in taken:
            taken.add(known[word])
            choices.append(ColumnChoice(heading, known[word], "sure"))
        elif word in unsure and unsure[word] not in taken:
            choices.append(ColumnChoice(heading, None, "ask", unsure[word]))
        else:
            choices.append(ColumnChoice(heading, None, "ignored"))
    return kind.refine(choices)
