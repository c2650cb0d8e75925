"""What an import found and what it would do, as JSON for programs and as sentences for people."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from liangshi.foundation.documents.sheets import DocumentError
from liangshi.practice.rosters.parsing.model import (
    ClubRow,
    PairRow,
    Problem,
    Roster,
    RosterRow,
    StaffRow,
    StudentRow,
)
from liangshi.practice.rosters.parsing.reading import KINDS
from liangshi.practice.rosters.parsing.staff import classes_of, pool_exception
from liangshi.registry.schools.classnames import ClassName

SHOWN_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of a file. `rows` are its data lines; `guardians` are links of a guardian to a student;
    `new`, `changed` and `unchanged` count records of the roster's own kind."""

    kind: str
    rows: int
    students: int
    guardians: int
    staff: int
    classes: int
    pairs: int
    clubs: int
    mentor_exceptions: tuple[str, ...]
    new: int
    changed: int
    unchanged: int
    ignored_columns: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def applicable(self) -> bool:
        return not self.problems and self.rows > 0

    def as_json(self) -> dict[str, Any]:
        held = asdict(self)
        for problem in held["problems"]:
            del problem["about"]  # a key of ours, of no use outside
        return held


def report_of(
    roster: Roster, *, new: int, changed: int, unchanged: int, problems: Iterable[Problem] = ()
) -> Report:
    """The report of a roster; `problems` are those that only the registry could tell."""
    rows = roster.rows
    students = [row for row in rows if isinstance(row, StudentRow)]
    staff = [row for row in rows if isinstance(row, StaffRow)]
    return Report(
        kind=roster.kind,
        rows=roster.row_count,
        students=len(students),
        guardians=sum(len(row.guardians) for row in students),
        staff=len(staff),
        classes=len({name for row in rows for name in _classes(row)}),
        pairs=sum(isinstance(row, PairRow) for row in rows),
        clubs=len({row.club for row in rows if isinstance(row, ClubRow)}),
        mentor_exceptions=tuple(
            f"{row.name}（{pool_exception(row)}）" for row in staff if pool_exception(row)
        ),
        new=new,
        changed=changed,
        unchanged=unchanged,
        ignored_columns=roster.ignored_columns,
        problems=(*roster.problems, *problems),
    )


def report_of_refusal(error: DocumentError, kind: str | None) -> Report:
    """The report of a file that could not be read at all."""
    problem = Problem("", "", "", "", error.code, error.message)
    return Report(kind or "", 0, 0, 0, 0, 0, 0, 0, (), 0, 0, 0, (), (problem,))


def _classes(row: RosterRow) -> set[ClassName]:
    if isinstance(row, StaffRow):
        return classes_of(row)
    return {row.class_name} if row.class_name else set()


def sentences(report: Report) -> list[str]:
    """The report for people, one line each."""
    lines = []
    if report.kind in KINDS:
        lines.append(f"名册种类：{KINDS[report.kind].label}，共 {report.rows} 行。")
    counts = (
        ("学生", report.students, "人"),
        ("监护关系", report.guardians, "条"),
        ("教职工", report.staff, "人"),
        ("班级", report.classes, "个"),
        ("导师关系", report.pairs, "条"),
        ("社团", report.clubs, "个"),
    )
    found = [f"{label} {count} {unit}" for label, count, unit in counts if count]
    if found:
        lines.append(f"读到：{'，'.join(found)}。")
    if report.staff:
        exceptions = "、".join(report.mentor_exceptions) or "无"
        lines.append(f"可进入导师池 {report.staff - len(report.mentor_exceptions)} 人；例外：{exceptions}。")
    if report.rows:
        lines.append(f"新增 {report.new}，更改 {report.changed}，不变 {report.unchanged}。")
    if report.ignored_columns:
        names = "、".join(report.ignored_columns)
        lines.append(f"已忽略 {len(report.ignored_columns)} 列（不需要，没有读入）：{names}。")
    if not report.problems:
        lines.append(
            "没有发现问题，可以整份导入。" if report.rows else "表头下面没有名单，没有可导入的内容。"
        )
        return lines
    lines.append(f"发现 {len(report.problems)} 处问题，改好之前不会写入任何内容：")
    lines += [f"  {_where(problem)}{problem.message}" for problem in report.problems[:SHOWN_PROBLEMS]]
    if len(report.problems) > SHOWN_PROBLEMS:
        lines.append(f"  ……还有 {len(report.problems) - SHOWN_PROBLEMS} 处，加 --json 可看全部。")
    return lines


def _where(problem: Problem) -> str:
    place = " ".join(part for part in (problem.sheet, problem.cell) if part)
    value = f"（{problem.value}）" if problem.value else ""
    return f"{place} {problem.column}{value}：" if place else ""
