"""志愿优配 from workbook to workbook: ``liangshi pair`` and ``liangshi certify``, without server or database.

Nothing here imports the framework: both commands start in the time that NumPy takes to load.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

from liangshi.foundation.documents.reading import read_workbook
from liangshi.foundation.documents.sheets import DocumentError
from liangshi.foundation.documents.writing import Table, workbook_bytes
from liangshi.offline import wish_sheets
from liangshi.pairing import feasibility, lottery, wishes
from liangshi.pairing.certificate import Certificate
from liangshi.pairing.certify import certify
from liangshi.pairing.explain import explain
from liangshi.pairing.problem import Aim, Problem, ProblemError, Result

PAIR_USAGE = "liangshi pair WISHES.xlsx --out RESULT.xlsx [--aim sum|greedy|generous] [--seed S] [--json]"
CERTIFY_USAGE = "liangshi certify WISHES.xlsx RESULT.xlsx [--json]，或 liangshi certify PROOF.json [--json]"
NUMERALS = "一二三四五六七八九十"
SHOWN = 20
UNLISTED = "志愿外"


class _UsageError(Exception):
    """The command line cannot be understood."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _UsageError(message)


class _RefusedError(Exception):
    """The job cannot be done: sentences for people, and the same as data."""

    def __init__(self, sentences: Sequence[str], data: Sequence[dict[str, object]]) -> None:
        super().__init__(*sentences)
        self.sentences, self.data = sentences, data


def run_pair(argv: Sequence[str]) -> int:
    """``liangshi pair``: 0 done, 1 refused with reasons, 2 wrong usage."""
    parser = _Parser(
        prog="liangshi pair", usage=PAIR_USAGE, description="按学生志愿分配导师，并写出理由和证书。"
    )
    parser.add_argument("wishes", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--aim", choices=[aim.value for aim in Aim], default=Aim.SUM.value)
    parser.add_argument("--seed")
    parser.add_argument("--json", action="store_true")
    try:
        options = parser.parse_args(argv)
    except _UsageError:
        _say(f"命令写得不对，请照这样写：{PAIR_USAGE}", error=True)
        return 2
    try:
        problem, result = pair(options.wishes, options.out, Aim(options.aim), options.seed)
    except (_RefusedError, DocumentError) as error:
        return _refuse(error, as_json=options.json)
    if options.json:
        _say(json.dumps(_summary(problem, result), ensure_ascii=False))
    else:
        _say(_told(problem, result, options.out))
    return 0


def run_certify(argv: Sequence[str]) -> int:
    """``liangshi certify``: 0 all promises hold, 1 one is broken or a file unusable, 2 wrong usage.

    One file is a proof that a school handed out; two are wishes and the workbook made from them.
    """
    parser = _Parser(prog="liangshi certify", usage=CERTIFY_USAGE, description="独立核验分配结果。")
    parser.add_argument("wishes", type=Path, metavar="WISHES.xlsx | PROOF.json")
    parser.add_argument("result", type=Path, nargs="?", metavar="RESULT.xlsx")
    parser.add_argument("--json", action="store_true")
    try:
        options = parser.parse_args(argv)
        if options.result is None and options.wishes.suffix.lower() != ".json":
            raise _UsageError
    except _UsageError:
        _say(f"命令写得不对，请照这样写：{CERTIFY_USAGE}", error=True)
        return 2
    try:
        certificate, notes = _checked(options.wishes, options.result)
    except DocumentError as error:
        return _refuse(error, as_json=options.json)
    _report_certificate(certificate, notes, as_json=options.json)
    return 0 if certificate.holds else 1


def _checked(first: Path, second: Path | None) -> tuple[Certificate, tuple[str, ...]]:
    """What the one verifier or the other finds, with notes for the reader. Raises DocumentError."""
    if second is not None:
        from liangshi.offline.certify_files import check_files

        return check_files(first, second), ()
    from liangshi.offline.certify_proof import check_proof

    found = check_proof(first)
    return found.certificate, found.notes


def pair(source: Path, target: Path, aim: Aim, seed: str | None) -> tuple[Problem, Result]:
    """Read, prove feasible, solve, certify, write. DocumentError or _RefusedError: nothing is written."""
    if target.suffix.lower() != ".xlsx":
        raise DocumentError("out_name", f"结果文件要以 .xlsx 结尾（现在是 {target.name}），请改 --out。")
    if seed is not None and not (0 < len(seed) <= 200 and seed.isprintable() and seed == seed.strip()):
        raise DocumentError("seed", "抽签种子要是 1 到 200 个可见字符，首尾不带空格，请改 --seed。")
    if source.resolve() == target.resolve():
        raise DocumentError("same_file", "结果文件不能就是志愿文件，请把 --out 改成另一个文件名。")
    problem = read_problem(source, seed)
    obstacles = feasibility.check(problem)
    if obstacles:
        raise _RefusedError(
            ["名额、下限和回避不能同时满足，没有可行的安排。", *(obstacle.message for obstacle in obstacles)],
            [{"code": f"infeasible_{obstacle.kind}", "message": obstacle.message} for obstacle in obstacles],
        )
    result = wishes.solve(problem, aim)
    certificate = certify(problem, result, canonical=True)
    if not certificate.holds:
        broken = [violation.message for violation in certificate.violations]
        raise _RefusedError(
            ["结果没有通过独立核验，已停止，什么也没有写。请把志愿文件交给维护人员。", *broken],
            [{"code": "not_certified", "message": message} for message in broken],
        )
    write_result(target, problem, result, certificate, chosen_seed=seed is not None)
    return problem, result


def read_problem(source: Path, seed: str | None) -> Problem:
    """The problem of a workbook. Without a seed, the seed follows from the input's own commitment."""
    found = wish_sheets.read(read_workbook(read_bytes(source), source.name))
    if found.problems:
        hidden = len(found.problems) - SHOWN
        raise _RefusedError(
            [
                f"文件里有 {len(found.problems)} 处要先改正：",
                *(problem.sentence for problem in found.problems[:SHOWN]),
                *([f"……还有 {hidden} 处。"] if hidden > 0 else []),
            ],
            [asdict(problem) for problem in found.problems],
        )
    students, mentors = tuple(found.students), tuple(found.mentors)
    try:
        problem = Problem(students, mentors, seed or "")
    except ProblemError as error:
        raise DocumentError(error.code, error.message) from error
    return problem if seed is not None else replace(problem, seed=lottery.seed(lottery.commitment(problem)))


def read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError("no_file", f"找不到文件 {path}，请检查文件名和所在的文件夹。") from None
    except IsADirectoryError:
        raise DocumentError("folder", f"{path} 是一个文件夹，请给出里面的 .xlsx 文件。") from None
    except OSError as error:
        raise DocumentError(
            "unreadable", f"读不了文件 {path}（{error.strerror}），请检查权限后再试。"
        ) from error


def write_result(
    target: Path, problem: Problem, result: Result, certificate: Certificate, *, chosen_seed: bool
) -> None:
    """The published workbook: 结果, 导师, 证书, every id and name as text."""
    results, mentors = result_rows(problem, result), mentor_rows(problem, result)
    facts = [
        ("分配目标", result.aim.label),
        ("抽签种子", result.seed),
        ("种子来源", "指定" if chosen_seed else "由输入校验值得出"),
        ("输入校验值", result.commitment),
        ("结果校验值", result.sha256),
        ("表格校验值", _sha256([sorted(results), sorted(mentors)])),
        ("学生人数", str(len(problem.students))),
        ("导师人数", str(len(problem.mentors))),
        *((f"{wish_label(wish)}人数", str(count)) for wish, count in enumerate(result.profile)),
        (f"{UNLISTED}人数", str(result.unlisted)),
        ("志愿名次合计", str(result.total_rank)),
        *(("承诺", promise) for promise in certificate.kept),
    ]
    tables = [
        Table("结果", ("学籍号", "姓名", "导师", "志愿", "理由"), results),
        Table("导师", ("导师", "工号", "人数", "学生"), mentors),
        Table("证书", ("项目", "内容"), facts),
    ]
    try:
        target.write_bytes(workbook_bytes(tables))
    except OSError as error:
        raise DocumentError(
            "unwritable",
            f"写不了结果文件 {target}（{error.strerror}），请换一个文件夹，或关闭已打开的同名文件。",
        ) from error


def result_rows(problem: Problem, result: Result) -> list[tuple[str, str, str, str, str]]:
    students = {student.key: student for student in problem.students}
    labels, reasons = problem.mentor_labels(), explain(problem, result)
    rows = []
    for key, mentor in result.pairs:
        student = students[key]
        wish = wish_label(student.wishes.index(mentor)) if mentor in student.wishes else UNLISTED
        rows.append((key, student.name, labels[mentor], wish, reasons[key]))
    return rows


def mentor_rows(problem: Problem, result: Result) -> list[tuple[str, str, str, str]]:
    names = {student.key: student.name for student in problem.students}
    taken: dict[str, list[str]] = defaultdict(list)
    for key, mentor in result.pairs:
        taken[mentor].append(names[key])
    return [
        (mentor.name, mentor.key, str(len(taken[mentor.key])), "、".join(taken[mentor.key]))
        for mentor in sorted(problem.mentors, key=lambda mentor: mentor.key)
    ]


def wish_label(wish: int) -> str:
    """0 → 第一志愿."""
    return f"第{NUMERALS[wish] if wish < len(NUMERALS) else wish + 1}志愿"


def _summary(problem: Problem, result: Result) -> dict[str, object]:
    return {
        "students": len(problem.students),
        "mentors": len(problem.mentors),
        "profile": list(result.profile),
        "unlisted": result.unlisted,
        "total_rank": result.total_rank,
        "seed": result.seed,
        "result_sha256": result.sha256,
    }


def _told(problem: Problem, result: Result, target: Path) -> str:
    wishes_met = "".join(f"{wish_label(wish)} {count} 人，" for wish, count in enumerate(result.profile))
    return "\n".join(
        [
            f"{len(problem.students)} 名学生、{len(problem.mentors)} 位导师，目标：{result.aim.label}。",
            f"{wishes_met}{UNLISTED} {result.unlisted} 人；志愿名次合计 {result.total_rank}。",
            f"抽签种子 {result.seed}",
            f"结果校验值 {result.sha256}",
            f"已通过独立核验，写入 {target}",
        ]
    )


def _report_certificate(certificate: Certificate, notes: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        violations = [{"promise": v.promise, "message": v.message} for v in certificate.violations]
        answer: dict[str, object] = {
            "holds": certificate.holds,
            "kept": list(certificate.kept),
            "violations": violations,
        }
        if notes:
            answer["notes"] = list(notes)
        _say(json.dumps(answer, ensure_ascii=False))
        return
    for promise in certificate.kept:
        _say(f"成立　{promise}")
    for note in notes:
        _say(note)
    for violation in certificate.violations[:SHOWN]:
        _say(f"不成立　{violation.promise}：{violation.message}", error=True)
    _say("核验通过。" if certificate.holds else "核验不通过。", error=not certificate.holds)


def _refuse(error: _RefusedError | DocumentError, *, as_json: bool) -> int:
    if isinstance(error, DocumentError):
        error = _RefusedError([error.message], [{"code": error.code, "message": error.message}])
    if as_json:
        _say(json.dumps({"problems": error.data}, ensure_ascii=False))
    for sentence in error.sentences:
        _say(sentence, error=True)
    return 1


def _say(text: str, *, error: bool = False) -> None:
    (sys.stderr if error else sys.stdout).write(text + "\n")


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
