"""Reads a proof file (``docs/proof.md``) strictly: every part has its one form, and no part is left over.

Shares no code with what makes the file. What the parts claim is checked by ``certify_proof``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from liangshi.foundation.documents.sheets import DocumentError
from liangshi.pairing.admission import Line
from liangshi.pairing.clubs import Club, ClubProblem, ClubResult, Split, Why
from liangshi.pairing.problem import Aim, Mentor, Mode, Problem, ProblemError, Student, Weights

LARGEST = 64 << 20  # bytes
HEAD = {"format", "version", "title", "mode", "input", "commitment", "draw", "seed", "computed", "sha256"}
RANKED = HEAD | {"aim", "weights", "moves", "final"}
TOP = {  # mode → what its file holds, no more and no less; a mode that is not here is refused, not guessed at
    Mode.WISHES.value: RANKED,
    Mode.TWO_SIDED.value: RANKED | {"admission"},
    "clubs": HEAD,
}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Pairs with what they claim about themselves."""

    pairs: tuple[tuple[str, str], ...]
    profile: tuple[int, ...]
    unlisted: int
    total_rank: int
    kept: int
    moved: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Move:
    student: str
    held: str
    given: str
    reason: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class Admission:
    """What a two-sided result claims beside its pairs (`pairing.admission.TwoSidedResult`)."""

    cutoffs: tuple[tuple[str, Line | None], ...]
    repaired: tuple[tuple[str, str, str], ...]
    envy: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The file, read strictly. `text` is what its own checksum is over."""

    problem: Problem
    aim: Aim
    commitment: str
    draw: str
    computed: Arrangement
    moves: tuple[Move, ...]
    final: Arrangement
    text: str
    sha256: str
    title: str
    admission: Admission | None = None

    @property
    def rule(self) -> str:
        """What stands in the seals: the aim, or the mode where there is none."""
        return Mode.TWO_SIDED.value if self.admission else self.aim.value


@dataclass(frozen=True, slots=True)
class ClubProof:
    """The file of a round of clubs, read strictly."""

    problem: ClubProblem
    result: ClubResult
    draw: str
    text: str
    sha256: str
    title: str


def read_whole(path: Path) -> dict[str, Any]:
    """The file's parts, exactly those of its mode. Raises DocumentError."""
    whole = _object(_json(path), "凭证")
    if whole.get("format") != "liangshi-proof":
        refuse("这不是良师的复核凭证。请从学校办公室取得以 .json 结尾的凭证文件。")
    if whole.get("version") != 1:
        refuse(f"凭证的版本是 {whole.get('version')}，这个程序只认识版本 1。请用更新的版本核验。")
    mode = whole.get("mode")
    if not isinstance(mode, str) or mode not in TOP:
        refuse(f"不认识的匹配方式「{mode}」。请用更新的版本核验。")
    if set(whole) != TOP[mode]:
        refuse(f"凭证里的项目应为 {'、'.join(sorted(TOP[mode]))}，不多不少。")
    return whole


def _plain(whole: dict[str, Any]) -> str:
    """The text that the file's own checksum is over."""
    unsealed = {name: value for name, value in whole.items() if name != "sha256"}
    return json.dumps(unsealed, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def read_proof(whole: dict[str, Any]) -> Proof:
    """The parts of a file of wishes or of both sides as data; every part has its one form. Raises DocumentError."""
    text = {
        name: _text(whole[name], name) for name in ("title", "mode", "commitment", "draw", "seed", "sha256")
    }
    if whole["aim"] not in {aim.value for aim in Aim}:
        refuse(f"凭证里的目标 aim 不认识：{whole['aim']}。")
    problem = _problem(whole, text["mode"], text["seed"])
    known = ({one.key for one in problem.students}, {one.key for one in problem.mentors})
    return Proof(
        problem,
        Aim(whole["aim"]),
        text["commitment"],
        text["draw"],
        _arrangement(whole["computed"], "computed", *known),
        tuple(_move(one, *known) for one in _list(whole["moves"], "moves")),
        _arrangement(whole["final"], "final", *known),
        _plain(whole),
        text["sha256"],
        text["title"],
        _admission(whole["admission"]) if "admission" in whole else None,
    )


def read_clubs(whole: dict[str, Any]) -> ClubProof:
    """The parts of a file of clubs as data. Raises DocumentError."""
    text = {name: _text(whole[name], name) for name in ("title", "commitment", "draw", "seed", "sha256")}
    held, computed = _object(whole["input"], "input"), _object(whole["computed"], "computed")
    if set(held) != {"clubs", "mentors"}:
        refuse("凭证的 input 里只应有 clubs 和 mentors。")
    if set(computed) != {"pairs", "whole", "split", "rest", "kept", "sha256"}:
        refuse("凭证的 computed 里的项目不对。")
    try:
        problem = ClubProblem(
            tuple(_club(row) for row in _list(held["clubs"], "clubs")),
            tuple(_adviser(row) for row in _list(held["mentors"], "mentors")),
            text["seed"],
        )
    except ProblemError as error:
        raise DocumentError(error.code, f"凭证里的名单自相矛盾：{error.message}") from error
    result = ClubResult(
        text["seed"],
        tuple(_pair(row, "computed") for row in _list(computed["pairs"], "computed")),
        _texts(computed["whole"], "computed"),
        tuple(_split(row) for row in _list(computed["split"], "computed")),
        _texts(computed["rest"], "computed"),
        _count(computed["kept"], "computed"),
        text["commitment"],
        _text(computed["sha256"], "computed"),
    )
    return ClubProof(problem, result, text["draw"], _plain(whole), text["sha256"], text["title"])


def _club(value: Any) -> Club:
    key, adviser, members = _row(value, "clubs", 3)
    name = _text(key, "clubs")
    return Club(name, name, _text(adviser, "clubs"), _texts(members, "clubs"))


def _adviser(value: Any) -> Mentor:
    key, upper = _row(value, "mentors", 2)
    return Mentor(_text(key, "mentors"), 0, _count(upper, "mentors"))


def _split(value: Any) -> Split:
    club, why, placed = _row(value, "computed", 3)
    if why not in {one.value for one in Why}:
        refuse(f"凭证的 computed 里，拆分的原因不认识：{why}。")
    return Split(_text(club, "computed"), Why(why), _count(placed, "computed"))


def _admission(value: Any) -> Admission:
    held = _object(value, "admission")
    if set(held) != {"cutoffs", "repaired", "envy"}:
        refuse("凭证的 admission 里的项目不对。")
    return Admission(
        tuple(_cutoff(row) for row in _list(held["cutoffs"], "admission")),
        tuple(_three(row) for row in _list(held["repaired"], "admission")),
        tuple(_three(row) for row in _list(held["envy"], "admission")),
    )


def _cutoff(value: Any) -> tuple[str, Line | None]:
    """[mentor, [favour, tier, number]], or [mentor, []] where nobody was admitted."""
    mentor, line = _row(value, "admission", 2)
    if not _row(line, "admission", 0, 3):
        return _text(mentor, "admission"), None
    favour, tier, number = line
    return _text(mentor, "admission"), Line(
        _count(favour, "admission"), _count(tier, "admission"), _text(number, "admission")
    )


def _three(value: Any) -> tuple[str, str, str]:
    first, second, third = _row(value, "admission", 3)
    return _text(first, "admission"), _text(second, "admission"), _text(third, "admission")


def _json(path: Path) -> Any:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError("no_file", f"读不了文件 {path}：{error.strerror or '请检查文件名'}。") from None
    if len(data) > LARGEST:
        refuse(f"{path.name} 超过 {LARGEST >> 20} MB，不像是一份凭证。")
    try:
        return json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise DocumentError("corrupt", f"{path.name} 不是完整的 JSON 文件，读不出内容。") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise ValueError("a name stands twice")
    return held


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _problem(whole: dict[str, Any], mode: str, seed: str) -> Problem:
    held, weights = _object(whole["input"], "input"), _object(whole["weights"], "weights")
    if set(held) != {"students", "mentors"}:
        refuse("凭证的 input 里只应有 students 和 mentors。")
    if set(weights) != {"meet", "even"}:
        refuse("凭证的 weights 里只应有 meet 和 even。")
    meet, even = (_count(weights[name], "weights") for name in ("meet", "even"))
    try:
        return Problem(
            tuple(_student(row) for row in _list(held["students"], "students")),
            tuple(_mentor(row) for row in _list(held["mentors"], "mentors")),
            seed,
            Mode(mode),
            Weights(meet, even),
        )
    except ProblemError as error:
        raise DocumentError(error.code, f"凭证里的名单自相矛盾：{error.message}") from error


def _student(value: Any) -> Student:
    """[key, [wishes], [banned], [[near], …]], and fifth the mentor he has, where he has one."""
    key, wishes, banned, near, *present = _row(value, "students", 4, 5)
    return Student(
        _text(key, "students"),
        _texts(wishes, "students"),
        frozenset(_texts(banned, "students")),
        _groups(near, "students"),
        present=_text(present[0], "students") if present else "",
    )


def _mentor(value: Any) -> Mentor:
    """[key, lower, upper], and fourth the groups of students he favours, where there are any."""
    key, lower, upper, *favours = _row(value, "mentors", 3, 4)
    return Mentor(
        _text(key, "mentors"),
        _count(lower, "mentors"),
        _count(upper, "mentors"),
        favours=_groups(favours[0], "mentors") if favours else (),
    )


def _groups(value: Any, name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(_texts(group, name) for group in _list(value, name))


def _arrangement(value: Any, name: str, students: set[str], mentors: set[str]) -> Arrangement:
    held = _object(value, name)
    if set(held) != {"pairs", "profile", "unlisted", "total_rank", "kept", "moved", "sha256"}:
        refuse(f"凭证的 {name} 里的项目不对。")
    pairs = tuple(_pair(row, name) for row in _list(held["pairs"], name))
    if {student for student, _ in pairs} != students or len(pairs) != len(students):
        refuse(f"凭证的 {name} 里，不是每名学生恰有一位导师。")
    if strangers := {mentor for _, mentor in pairs} - mentors:
        refuse(f"凭证的 {name} 里的导师 {min(strangers)} 不在导师名单里。")
    return Arrangement(
        pairs,
        tuple(_count(one, name) for one in _list(held["profile"], name)),
        _count(held["unlisted"], name),
        _count(held["total_rank"], name),
        _count(held["kept"], name),
        _count(held["moved"], name),
        _text(held["sha256"], name),
    )


def _move(value: Any, students: set[str], mentors: set[str]) -> Move:
    held = _object(value, "moves")
    if set(held) != {"student", "from", "to", "reason", "agreed"} or not isinstance(held["agreed"], bool):
        refuse("凭证的 moves 里的项目不对。")
    student, before, after, reason = (
        _text(held[name], "moves") for name in ("student", "from", "to", "reason")
    )
    if student not in students or not {before, after} <= mentors:
        refuse("凭证的 moves 里有不在名单里的学生或导师。")
    return Move(student, before, after, reason, held["agreed"])


def _object(value: Any, name: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else refuse(f"凭证的 {name} 应是一组项目。")


def _list(value: Any, name: str) -> list[Any]:
    return value if isinstance(value, list) else refuse(f"凭证的 {name} 应是一个列表。")


def _row(value: Any, name: str, *lengths: int) -> list[Any]:
    row = _list(value, name)
    told = "或 ".join(f"{length} " for length in lengths)
    return row if len(row) in lengths else refuse(f"凭证的 {name} 里，每行应有 {told}项。")


def _pair(value: Any, name: str) -> tuple[str, str]:
    student, mentor = _row(value, name, 2)
    return _text(student, name), _text(mentor, name)


def _texts(value: Any, name: str) -> tuple[str, ...]:
    return tuple(_text(one, name) for one in _list(value, name))


def _text(value: Any, name: str) -> str:
    return value if isinstance(value, str) else refuse(f"凭证的 {name} 里应是文字。")


def _count(value: Any, name: str) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return int(value) if whole else refuse(f"凭证的 {name} 里应是不小于 0 的整数。")


def refuse(message: str) -> NoReturn:
    """The file is of no use."""
    raise DocumentError("bad_proof", message)
