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

from liangshi.offline.proof_file import ClubProof, Proof, read_clubs, read_proof, read_whole, refuse
from liangshi.pairing import certify_clubs, certify_two_sided
from liangshi.pairing.admission import TwoSidedResult
from liangshi.pairing.certificate import Certificate, Violation
from liangshi.pairing.certify import PLACED, certify
from liangshi.pairing.problem import Result

NEXT_ROUND = "下一轮"  # the key of no mentor: who has it falls on to the next round
PLACED_OR_NEXT = "每名学生恰有一位导师，或者转入下一轮"
FILE = "凭证文件没有被改动"
SEED = "抽签种子由数据指纹和抽签号码得出"
MOVES = "公布的安排就是运算结果加上列出的个别调整"
FINAL_QUOTAS = "公布的安排：每位导师的人数在下限与上限之间"
FINAL_BANS = "公布的安排：没有学生被安排给回避的导师"
FINAL_FIGURES = "公布的安排：各项数字和校验值属实"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and what the reader should know or compare himself."""

    certificate: Certificate
    notes: tuple[str, ...]


def check_proof(path: Path) -> Checked:
    """Every promise of a proof, checked. Raises DocumentError for a file of no use."""
    whole = read_whole(path)
    if whole["mode"] == "clubs":
        return _check_clubs(read_clubs(whole))
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
    yield from _untouched(proof, proof.commitment, proof.problem.seed)


def _untouched(proof: Proof | ClubProof, commitment: str, seed: str) -> Iterator[Violation]:
    if hashlib.sha256(proof.text.encode()).hexdigest() != proof.sha256:
        yield Violation(FILE, "文件的校验值与内容不符：文件被改动过，或者没有存完整。")
    if hashlib.sha256((commitment + proof.draw).encode()).hexdigest() != seed:
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


def _check_clubs(proof: ClubProof) -> Checked:
    """社团整组: nothing is moved by hand, so what was computed is what was published."""
    problem, result = proof.problem, proof.result
    origin = _promised((FILE, SEED), tuple(_untouched(proof, result.commitment, result.seed)))
    if not origin.holds:
        return Checked(origin, ())
    known = {club.key for club in problem.clubs}
    if strangers := {one.club for one in result.split} - known:
        refuse(f"凭证的 computed 里的社团 {min(strangers)} 不在名单里。")
    found = certify_clubs.certify(problem, result)
    certificate = Certificate((*origin.kept, *found.kept), found.violations)
    members = sum(len(club.members) for club in problem.clubs)
    notes = (
        f"{proof.title}：{len(problem.clubs)} 个社团、{members} 名成员。",
        *_fingerprints(result.commitment, result.seed, result.sha256),
    )
    return Checked(certificate, notes if found.holds else ())


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


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
