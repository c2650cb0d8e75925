"""Checks a proof file (``docs/proof.md``) without server and database: ``liangshi certify 凭证.json``.

Written apart from what makes the file: its own reader, its own hashes and counts, no common code with solver,
server or ``queries.proof``. Optimality is checked by ``pairing.certify``, which shares nothing with the solver.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from liangshi.foundation.documents.sheets import DocumentError
from liangshi.pairing import certify_clubs, certify_two_sided
from liangshi.pairing.admission import Line, TwoSidedResult
from liangshi.pairing.certificate import Certificate, Violation
from liangshi.pairing.certify import PLACED, certify
from liangshi.pairing.clubs import Club, ClubProblem, ClubResult, Split, Why
from liangshi.pairing.problem import Aim, Mentor, Mode, Problem, ProblemError, Result, Student, Weights

LARGEST = 64 << 20  # bytes
NEXT_ROUND = "下一轮"  # the key of no mentor: who has it falls on to the next round
PLACED_OR_NEXT = "每名学生恰有一位导师，或者转入下一轮"
FILE = "凭证文件没有被改动"
SEED = "抽签种子由数据指纹和抽签号码得出"
MOVES = "公布的安排就是运算结果加上列出的个别调整"
FINAL_QUOTAS = "公布的安排：每位导师的人数在下限与上限之间"
FINAL_BANS = "公布的安排：没有学生被安排给回避的导师"
FINAL_FIGURES = "公布的安排：各项数字和校验值属实"
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
class Checked:
    """What was found, and what the reader should know or compare himself."""

    certificate: Certificate
    notes: tuple[str, ...]


def check_proof(path: Path) -> Checked:
    """Every promise of a proof, checked. Raises DocumentError for a file of no use."""
    whole = read_whole(path)
    if whole["mode"] == "clubs":
        return _check_clubs(whole)
    proof = read_proof(whole)
    kept: list[str] = []
    computed = _two_sided if proof.admission else _wishes
    for promises, step in (((FILE, SEED), _origin), ((), computed), ((), _published)):
        found = step(proof)
        certificate = found if isinstance(found, Certificate) else _promised(promises, tuple(found))
        kept += certificate.kept
        if not certificate.holds:
            return Checked(Certificate(tuple(kept), certificate.violations), ())
    if _passes_on(proof):
        kept = [PLACED_OR_NEXT if one == PLACED else one for one in kept]
    return Checked(Certificate(tuple(kept), ()), tuple(_notes(proof)))


def _passes_on(proof: Proof) -> bool:
    """Whether there was a next round for those who got none of their wishes."""
    return any(mentor.key == NEXT_ROUND for mentor in proof.problem.mentors)


def _promised(promises: tuple[str, ...], violations: tuple[Violation, ...]) -> Certificate:
    broken = {violation.promise for violation in violations}
    return Certificate(tuple(one for one in promises if one not in broken), violations)


def _origin(proof: Proof) -> Iterator[Violation]:
    yield from _untouched(proof.text, proof.sha256, proof.commitment, proof.draw, proof.problem.seed)


def _untouched(text: str, sha256: str, commitment: str, draw: str, seed: str) -> Iterator[Violation]:
    if hashlib.sha256(text.encode()).hexdigest() != sha256:
        yield Violation(FILE, "文件的校验值与内容不符：文件被改动过，或者没有存完整。")
    if hashlib.sha256((commitment + draw).encode()).hexdigest() != seed:
        yield Violation(SEED, "抽签种子不是由数据指纹和抽签号码算出来的。")


def _wishes(proof: Proof) -> Certificate:
    """志愿优配: the computed result is the best one, and the only one that the lottery leaves."""
    one = proof.computed
    result = Result(
        proof.aim,
        proof.problem.seed,
        one.pairs,
        one.profile,
        one.unlisted,
        one.total_rank,
        proof.commitment,
        one.sha256,
        one.kept,
        one.moved,
    )
    return _of_computed(proof, certify(proof.problem, result, canonical=True))


def _two_sided(proof: Proof) -> Certificate:
    """双选录取: the computed result is the one admission, with its lines and every exception told."""
    one, told = proof.computed, proof.admission
    assert told
    result = TwoSidedResult(
        proof.problem.seed,
        one.pairs,
        one.profile,
        one.unlisted,
        one.total_rank,
        told.cutoffs,
        told.repaired,
        told.envy,
        proof.commitment,
        one.sha256,
    )
    return _of_computed(proof, certify_two_sided.certify(proof.problem, result))


def _of_computed(proof: Proof, found: Certificate) -> Certificate:
    if not proof.moves:
        return found
    return Certificate(tuple(f"运算结果：{promise}" for promise in found.kept), found.violations)


def _check_clubs(whole: dict[str, Any]) -> Checked:
    """社团整组: nothing is moved by hand, so what was computed is what was published."""
    text = {name: _text(whole[name], name) for name in ("title", "commitment", "draw", "seed", "sha256")}
    held, computed = _object(whole["input"], "input"), _object(whole["computed"], "computed")
    if set(held) != {"clubs", "mentors"}:
        _refuse("凭证的 input 里只应有 clubs 和 mentors。")
    if set(computed) != {"pairs", "whole", "split", "rest", "kept", "sha256"}:
        _refuse("凭证的 computed 里的项目不对。")
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
    origin = _promised(
        (FILE, SEED),
        tuple(_untouched(_plain(whole), text["sha256"], text["commitment"], text["draw"], text["seed"])),
    )
    if not origin.holds:
        return Checked(origin, ())
    known = {club.key for club in problem.clubs}
    if strangers := {one.club for one in result.split} - known:
        _refuse(f"凭证的 computed 里的社团 {min(strangers)} 不在名单里。")
    found = certify_clubs.certify(problem, result)
    certificate = Certificate((*origin.kept, *found.kept), found.violations)
    members = sum(len(club.members) for club in problem.clubs)
    notes = (
        f"{text['title']}：{len(problem.clubs)} 个社团、{members} 名成员。",
        *_fingerprints(text["commitment"], text["seed"], result.sha256),
    )
    return Checked(certificate, notes if found.holds else ())


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
        _refuse(f"凭证的 computed 里，拆分的原因不认识：{why}。")
    return Split(_text(club, "computed"), Why(why), _count(placed, "computed"))


def _published(proof: Proof) -> Certificate:
    """What was published: the computed result and the moves, nothing else; and every promise a move must keep."""
    if stray := tuple(_moved(proof)):
        return Certificate((), stray)
    promises = (MOVES, FINAL_QUOTAS, FINAL_BANS, FINAL_FIGURES)
    return _promised(promises, (*_allowed(proof), *_stated(proof)))


def _moved(proof: Proof) -> Iterator[Violation]:
    pairs = dict(proof.computed.pairs)
    for number, move in enumerate(proof.moves, 1):
        if pairs.get(move.student) != move.held:
            yield Violation(MOVES, f"第 {number} 处调整：学生 {move.student} 当时的导师不是 {move.held}。")
            return
        pairs[move.student] = move.given
    if tuple(sorted(pairs.items())) != proof.final.pairs:
        yield Violation(MOVES, "公布的安排和「运算结果 + 个别调整」对不上：有没有列出的改动。")


def _allowed(proof: Proof) -> Iterator[Violation]:
    counts = Counter(mentor for _, mentor in proof.final.pairs)
    for mentor in proof.problem.mentors:
        if not mentor.lower <= counts[mentor.key] <= mentor.upper:
            yield Violation(
                FINAL_QUOTAS,
                f"导师 {mentor.key} 有 {counts[mentor.key]} 人，应在 {mentor.lower} 到 {mentor.upper} 人之间。",
            )
    agreed = {(move.student, move.given) for move in proof.moves if move.agreed}
    banned = {student.key: student.banned for student in proof.problem.students}
    for student, given in proof.final.pairs:
        if given in banned[student] and (student, given) not in agreed:
            yield Violation(FINAL_BANS, f"学生 {student} 回避导师 {given}，却安排给了这位导师。")


def _stated(proof: Proof) -> Iterator[Violation]:
    final = proof.final
    if (final.profile, final.unlisted, final.total_rank, final.kept, final.moved) != _counted(proof):
        yield Violation(FINAL_FIGURES, "公布的各志愿人数、志愿外人数、名次合计或续任人数与安排不符。")
    seal = _sha256([proof.commitment, proof.rule, proof.problem.seed, final.pairs])
    if final.sha256 != seal:
        yield Violation(FINAL_FIGURES, "公布的安排与它的结果指纹不符：安排被改动过。")


def _counted(proof: Proof) -> tuple[tuple[int, ...], int, int, int, int]:
    """The published arrangement counted anew: profile, unlisted, total rank, kept, moved."""
    given, students = dict(proof.final.pairs), proof.problem.students
    had = [student for student in students if student.present]
    kept = {student.key for student in had if given[student.key] == student.present}
    got = Counter(
        student.wishes.index(given[student.key]) + 1 if given[student.key] in student.wishes else 0
        for student in students
        if student.key not in kept
    )
    longest = max(len(student.wishes) for student in students)
    total = sum(wish * count for wish, count in got.items())
    profile = tuple(got[wish] for wish in range(1, longest + 1))
    return profile, got[0], total, len(kept), len(had) - len(kept)


def _notes(proof: Proof) -> Iterator[str]:
    students, mentors = len(proof.problem.students), len(proof.problem.mentors)
    if _passes_on(proof):
        passed = sum(mentor == NEXT_ROUND for _, mentor in proof.final.pairs)
        yield (
            f"{proof.title}：{students} 名学生、{mentors - 1} 位导师；"
            f"{students - passed} 名学生在这一轮有了导师，{passed} 名转入下一轮。"
        )
    else:
        yield f"{proof.title}：{students} 名学生、{mentors} 位导师。"
    if proof.moves:
        reasons = Counter(move.reason for move in proof.moves)
        told = "、".join(f"{reason} {count} 处" for reason, count in sorted(reasons.items()))
        yield f"公布前个别调整 {len(proof.moves)} 处：{told}。调整不是运算所得，不保证最优。"
        unlisted = proof.final.unlisted - proof.computed.unlisted
        total = proof.final.total_rank - proof.computed.total_rank
        yield f"和运算出的最优安排相比：志愿外 {unlisted:+d} 人，志愿名次合计 {total:+d}。"
        if count := sum(move.agreed for move in proof.moves):
            yield f"其中 {count} 处不按学生的回避安排，由校领导写明理由同意。"
    yield from _fingerprints(proof.commitment, proof.problem.seed, proof.final.sha256)


def _fingerprints(commitment: str, seed: str, result: str) -> Iterator[str]:
    yield "请再和学校公布的「规则与抽签依据」核对这三个指纹，一致才是同一轮："
    yield f"数据指纹 {commitment}"
    yield f"种子 {seed}"
    yield f"结果指纹 {result}"


def read_whole(path: Path) -> dict[str, Any]:
    """The file's parts, exactly those of its mode. Raises DocumentError."""
    whole = _object(_json(path), "凭证")
    if whole.get("format") != "liangshi-proof":
        _refuse("这不是良师的复核凭证。请从学校办公室取得以 .json 结尾的凭证文件。")
    if whole.get("version") != 1:
        _refuse(f"凭证的版本是 {whole.get('version')}，这个程序只认识版本 1。请用更新的版本核验。")
    mode = whole.get("mode")
    if not isinstance(mode, str) or mode not in TOP:
        _refuse(f"不认识的匹配方式「{mode}」。请用更新的版本核验。")
    if set(whole) != TOP[mode]:
        _refuse(f"凭证里的项目应为 {'、'.join(sorted(TOP[mode]))}，不多不少。")
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
        _refuse(f"凭证里的目标 aim 不认识：{whole['aim']}。")
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


def _admission(value: Any) -> Admission:
    held = _object(value, "admission")
    if set(held) != {"cutoffs", "repaired", "envy"}:
        _refuse("凭证的 admission 里的项目不对。")
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
        _refuse(f"{path.name} 超过 {LARGEST >> 20} MB，不像是一份凭证。")
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
        _refuse("凭证的 input 里只应有 students 和 mentors。")
    if set(weights) != {"meet", "even"}:
        _refuse("凭证的 weights 里只应有 meet 和 even。")
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
        _refuse(f"凭证的 {name} 里的项目不对。")
    pairs = tuple(_pair(row, name) for row in _list(held["pairs"], name))
    if {student for student, _ in pairs} != students or len(pairs) != len(students):
        _refuse(f"凭证的 {name} 里，不是每名学生恰有一位导师。")
    if strangers := {mentor for _, mentor in pairs} - mentors:
        _refuse(f"凭证的 {name} 里的导师 {min(strangers)} 不在导师名单里。")
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
        _refuse("凭证的 moves 里的项目不对。")
    student, before, after, reason = (
        _text(held[name], "moves") for name in ("student", "from", "to", "reason")
    )
    if student not in students or not {before, after} <= mentors:
        _refuse("凭证的 moves 里有不在名单里的学生或导师。")
    return Move(student, before, after, reason, held["agreed"])


def _object(value: Any, name: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else _refuse(f"凭证的 {name} 应是一组项目。")


def _list(value: Any, name: str) -> list[Any]:
    return value if isinstance(value, list) else _refuse(f"凭证的 {name} 应是一个列表。")


def _row(value: Any, name: str, *lengths: int) -> list[Any]:
    row = _list(value, name)
    told = "或 ".join(f"{length} " for length in lengths)
    return row if len(row) in lengths else _refuse(f"凭证的 {name} 里，每行应有 {told}项。")


def _pair(value: Any, name: str) -> tuple[str, str]:
    student, mentor = _row(value, name, 2)
    return _text(student, name), _text(mentor, name)


def _texts(value: Any, name: str) -> tuple[str, ...]:
    return tuple(_text(one, name) for one in _list(value, name))


def _text(value: Any, name: str) -> str:
    return value if isinstance(value, str) else _refuse(f"凭证的 {name} 里应是文字。")


def _count(value: Any, name: str) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return int(value) if whole else _refuse(f"凭证的 {name} 里应是不小于 0 的整数。")


def _refuse(message: str) -> NoReturn:
    raise DocumentError("bad_proof", message)


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
