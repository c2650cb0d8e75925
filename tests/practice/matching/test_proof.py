"""The proof of a round: handed out by the office, verified with one command, refused when a word is altered (N10)."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liangshi.config.cli import main
from liangshi.foundation.base.clock import now
from liangshi.pairing import lottery
from liangshi.pairing.problem import Aim, Mentor, Problem, Student, Weights
from liangshi.pairing.wishes import solve
from liangshi.practice.matching.actions.answers import ask_mentors
from liangshi.practice.matching.actions.moves import move_student
from liangshi.practice.matching.actions.rounds import set_quota
from liangshi.practice.matching.choices import MoveReason, RoundState
from liangshi.practice.matching.models import RoundMentor, Run
from liangshi.practice.matching.queries.engine import commitment_of, mentor_keys
from liangshi.practice.matching.queries.proof import _arrangement, _input, proof_file
from liangshi.practice.matching.queries.runs import placements
from liangshi.practice.plans.choices import Mode
from liangshi.registry.people.models import Club
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_moves import happy, move, run_of
from tests.practice.matching.test_programmes import add, club, play, say, two_sided
from tests.practice.matching.test_rounds import refused
from tests.practice.matching.test_running import wished

Proof = dict[str, Any]


def taken(stage: Stage) -> Proof:
    proof: Proof = json.loads(proof_file(run_of(stage)))
    return proof


def sealed(proof: Proof) -> Proof:
    """The file's own checksum made to fit, as a forger would."""
    rest = {name: value for name, value in proof.items() if name != "sha256"}
    text = json.dumps(rest, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return rest | {"sha256": hashlib.sha256(text.encode()).hexdigest()}


def certify(folder: Path, proof: Any, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, str]:
    path = folder / "凭证.json"
    path.write_text(
        proof if isinstance(proof, str) else json.dumps(proof, ensure_ascii=False), encoding="utf-8"
    )
    capsys.readouterr()
    code = main(["certify", str(path), *more])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def adjusted(stage: Stage) -> Stage:
    """A proposal with two moves, one of them an exception from 回避."""
    wished(stage).propose("3 1 4")
    move(stage, happy(stage), "leader", reason=MoveReason.SPECIAL)
    move(stage, 2, "grade_head", reason=MoveReason.AGREED, note="与学生谈过", actor=stage.leader)
    return stage


@pytest.mark.row("N10")
def test_anybody_verifies_a_published_round_from_the_file_alone(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wished(stage).propose("3 1 4").publish()
    run = run_of(stage)
    proof = taken(stage)
    assert (proof["commitment"], proof["draw"], proof["seed"]) == (stage.round.commitment, "3 1 4", run.seed)
    assert proof["final"]["sha256"] == run.result_sha256
    assert proof["computed"] == proof["final"]
    code, out, err = certify(tmp_path, proof, capsys)
    assert (code, err) == (0, "")
    for promise in (
        "凭证文件没有被改动",
        "抽签种子由数据指纹和抽签号码得出",
        "每名学生恰有一位导师",
        "没有志愿导师的学生最少",
        "志愿名次合计最小",
        "同样好的安排由公开抽签决定",
        "公布的安排就是运算结果加上列出的个别调整",
    ):
        assert f"成立　{promise}\n" in out
    assert f"结果指纹 {run.result_sha256}" in out
    assert out.endswith("核验通过。\n")
    code, out, _ = certify(tmp_path, proof, capsys, "--json")
    assert code == 0
    assert json.loads(out)["holds"] is True
    assert json.loads(out)["violations"] == []


def test_the_file_names_nobody(adjusted: Stage) -> None:
    data = proof_file(run_of(adjusted)).decode()
    troupe = adjusted.troupe
    people = [*troupe.people.values(), *(one.person for one in troupe.students)]
    assert not any(person.name in data for person in people)
    assert not any(code in data for code in RoundMentor.objects.values_list("code", flat=True))
    numbers = [n for one in troupe.students for n in (one.school_no, one.national_no)]
    assert not any(number in data for number in numbers)
    assert "与学生谈过" not in data
    assert MoveReason.SPECIAL.label not in data


def test_the_keys_do_not_depend_on_how_a_database_sorts(stage: Stage) -> None:
    stage.draft()
    for code, other in (("T01", "t2"), ("T03", "T10"), ("T04", "é"), ("T05", "9")):
        stage.round.mentors.filter(code=code).update(code=other)
    keys = mentor_keys(stage.round.mentors.all())
    assert keys == {"9": "M001", "T06": "M002", "T10": "M003", "t2": "M004", "é": "M005"}


def test_moves_are_listed_by_reason_and_their_distance_is_told(
    adjusted: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = taken(adjusted)
    assert [(one["reason"], one["agreed"]) for one in proof["moves"]] == [
        ("个别调整", False),
        ("师生双方同意", True),
    ]
    code, out, _ = certify(tmp_path, proof, capsys)
    assert code == 0
    assert "成立　运算结果：志愿名次合计最小" in out
    assert "公布前个别调整 2 处：个别调整 1 处、师生双方同意 1 处。调整不是运算所得，不保证最优。" in out
    run = run_of(adjusted)
    assert (
        f"和运算出的最优安排相比：志愿外 {run.unlisted - 1:+d} 人，志愿名次合计 {run.total_rank - 6:+d}。"
        in out
    )
    assert "其中 1 处不按学生的回避安排" in out


def swap(pairs: list[list[str]]) -> None:
    """Two students of different mentors change places."""
    other = next(pair for pair in pairs if pair[1] != pairs[0][1])
    pairs[0][1], other[1] = other[1], pairs[0][1]


def reseal_final(proof: Proof) -> None:
    """Figures and seal of the published arrangement made to fit its pairs."""
    final, wishes = proof["final"], {row[0]: row[1] for row in proof["input"]["students"]}
    ranks = [wishes[s].index(m) + 1 if m in wishes[s] else 0 for s, m in final["pairs"]]
    final["profile"] = [ranks.count(n) for n in range(1, max(map(len, wishes.values())) + 1)]
    final["unlisted"], final["total_rank"] = ranks.count(0), sum(ranks)
    whole = [proof["commitment"], proof["aim"], proof["seed"], final["pairs"]]
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    final["sha256"] = hashlib.sha256(text.encode()).hexdigest()


def hidden_move(proof: Proof) -> None:
    swap(proof["final"]["pairs"])
    reseal_final(proof)


def better_figures(proof: Proof) -> None:
    proof["final"]["unlisted"] -= 1


def another_wish(proof: Proof) -> None:
    proof["input"]["students"][0][1].reverse()


def another_draw(proof: Proof) -> None:
    proof["draw"] = "9 9 9"


def bad_computation(proof: Proof) -> None:
    swap(proof["computed"]["pairs"])


def exception_hidden(proof: Proof) -> None:
    for one in proof["moves"]:
        one["agreed"] = False


def more_places(proof: Proof) -> None:
    proof["input"]["mentors"][0][2] += 1


def dropped_move(proof: Proof) -> None:
    proof["moves"].pop(0)


FORGERIES: list[tuple[Callable[[Proof], None], str]] = [
    (hidden_move, "对不上"),
    (better_figures, "各志愿人数、志愿外人数"),
    (another_wish, "输入的校验值"),
    (another_draw, "抽签种子不是"),
    (bad_computation, "不成立"),
    (exception_hidden, "回避导师"),
    (more_places, "输入的校验值"),
    (dropped_move, "对不上"),
]


@pytest.mark.row("N10")
@pytest.mark.parametrize(("forge", "said"), FORGERIES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_forged_file_is_found_out_even_with_a_fitting_checksum(
    adjusted: Stage,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    forge: Callable[[Proof], None],
    said: str,
) -> None:
    proof = taken(adjusted)
    forged = copy.deepcopy(proof)
    forge(forged)
    code, _, err = certify(tmp_path, forged, capsys)
    assert (code, "文件的校验值与内容不符" in err) == (1, True)
    code, out, err = certify(tmp_path, sealed(forged), capsys)
    assert code == 1
    assert said in err
    assert "核验不通过。" in err
    assert "核验通过" not in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p.update(format="x"), "这不是良师的复核凭证"),
        (lambda p: p.update(version=2), "只认识版本 1"),
        (lambda p: p.update(mode="kings"), "不认识的匹配方式「kings」"),
        (lambda p: p.update(aim="best"), "目标 aim 不认识"),
        (lambda p: p.update(more=1), "不多不少"),
        (lambda p: p.update(moves={}), "moves 应是一个列表"),
        (lambda p: p.update(title=3), "title 里应是文字"),
        (lambda p: p["final"].update(unlisted=-1), "不小于 0 的整数"),
        (lambda p: p["final"].update(unlisted=True), "不小于 0 的整数"),
        (lambda p: p["final"].update(total_rank=1.0), "不小于 0 的整数"),
        (lambda p: p["final"]["pairs"].pop(), "不是每名学生恰有一位导师"),
        (lambda p: p["final"]["pairs"][0].__setitem__(1, "M999"), "M999 不在导师名单里"),
        (lambda p: p["input"]["students"][0].extend(["x", "y"]), "每行应有 4 或 5 项"),
        (lambda p: p["input"]["mentors"][0].pop(), "每行应有 3 或 4 项"),
        (lambda p: p["weights"].pop("even"), "只应有 meet 和 even"),
        (lambda p: p["weights"].update(meet=101), "自相矛盾"),
        (lambda p: p["input"]["students"].append(p["input"]["students"][0]), "出现了两次"),
        (lambda p: p["input"].update(names=[]), "只应有 students 和 mentors"),
        (lambda p: p["moves"][0].update(student="99999"), "不在名单里"),
        (lambda p: p["moves"][0].pop("agreed"), "moves 里的项目不对"),
        (lambda p: p.update(computed=[]), "computed 应是一组项目"),
        (lambda p: p["computed"].pop("sha256"), "computed 里的项目不对"),
    ],
)
def test_a_file_of_another_form_is_refused_in_words(
    adjusted: Stage,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Proof], object],
    said: str,
) -> None:
    proof = taken(adjusted)
    change(proof)
    code, out, err = certify(tmp_path, sealed(proof), capsys)
    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.parametrize(
    "content", ["", "{", "[" * 100_000, '{"format": 1, "format": 2}', '{"a": NaN}', "[]"]
)
def test_what_is_no_json_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    code, out, err = certify(tmp_path, content, capsys)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1


def test_a_missing_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certify", str(tmp_path / "没有.json")]) == 1
    assert "读不了文件" in capsys.readouterr().err


def test_no_proof_is_made_of_an_input_that_has_changed(adjusted: Stage) -> None:
    RoundMentor.objects.filter(round=adjusted.round, code="T01").update(upper=9)
    run = Run.objects.get(pk=run_of(adjusted).pk)
    assert refused(lambda: proof_file(run)).code == "input_changed"
    assert refused(lambda: move(adjusted, 4, "grade_head")).code == "input_changed"


def test_weights_and_present_mentors_are_part_of_what_is_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    students = tuple(
        Student(f"{n:05d}", ("M001", "M002"), affinity=(("M002",),), present="M003" if n < 3 else "")
        for n in range(1, 7)
    )
    mentors = tuple(Mentor(f"M00{n}", 0, 3) for n in (1, 2, 3))
    problem = Problem(students, mentors, "", weights=Weights(meet=2, even=1))
    commitment = lottery.commitment(problem)
    problem = replace(problem, seed=lottery.seed(commitment))
    result = solve(problem, Aim.SUM)
    assert result.kept
    held = _arrangement(problem, result.pairs, result.sha256)
    proof = sealed(
        {
            "format": "liangshi-proof",
            "version": 1,
            "title": "续任",
            "mode": "wishes",
            "aim": "sum",
            "weights": {"meet": 2, "even": 1},
            "input": _input(problem),
            "commitment": commitment,
            "draw": "",
            "seed": problem.seed,
            "computed": held,
            "moves": [],
            "final": dict(held),
        }
    )
    assert certify(tmp_path, proof, capsys)[0] == 0
    code, _, err = certify(tmp_path, sealed(proof | {"weights": {"meet": 0, "even": 1}}), capsys)
    assert (code, "输入的校验值" in err) == (1, True)
    fewer = copy.deepcopy(proof)
    fewer["final"]["kept"] -= 1
    code, _, err = certify(tmp_path, sealed(fewer), capsys)
    assert (code, "续任人数" in err) == (1, True)


def both_sides(stage: Stage) -> Stage:
    """A proposal of both sides: one declined, and whoever gets no wish goes on to a second round."""
    two_sided(stage)
    add(stage, Mode.ASSIGN)
    ask_mentors(stage.round, now() + dt.timedelta(3), actor=stage.clerk)
    say(stage, "mentor", 0, "unfit")
    return stage.close().propose("2 7 1 8")


@pytest.mark.row("N10")
def test_a_round_of_both_sides_is_verified_with_its_lines(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both_sides(stage)
    proof = taken(stage)
    assert proof["mode"] == "two_sided"
    passed = sum(mentor == "下一轮" for _, mentor in proof["final"]["pairs"])
    assert 0 < passed < 6
    code, out, err = certify(tmp_path, proof, capsys)
    assert (code, err) == (0, "")
    assert f"6 名学生、5 位导师；{6 - passed} 名学生在这一轮有了导师，{passed} 名转入下一轮" in out
    assert "每名学生恰有一位导师，或者转入下一轮" in out
    assert "每名学生恰有一位导师，或者转入下一轮" in run_of(stage).certificate["kept"]
    assert run_of(stage).result_sha256 in out
    target = placements(run_of(stage)).first()
    assert target
    move_student(
        target.round_student,
        stage.round.mentors.get(code="T01"),
        held=target.mentor_id,
        reason=MoveReason.AGREED,
        actor=stage.clerk,
    )
    code, out, _ = certify(tmp_path, taken(stage), capsys)
    assert code == 0
    assert "师生双方同意 1 处" in out


def other_line(proof: Proof) -> None:
    line = next(line for _, line in proof["admission"]["cutoffs"] if line)
    line[0] += 1


def hidden_envy(proof: Proof) -> None:
    proof["admission"]["envy"].append(["00001", "M001", "00002"])


@pytest.mark.parametrize("forge", [other_line, hidden_envy, lambda p: p["computed"]["pairs"].reverse()])
def test_a_forged_line_is_found_out(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str], forge: Callable[[Proof], None]
) -> None:
    proof = taken(both_sides(stage))
    before = json.dumps(proof)
    forge(proof)
    assert json.dumps(proof) != before
    code, out, err = certify(tmp_path, sealed(proof), capsys)
    assert code == 1, out + err


def with_clubs(stage: Stage) -> Stage:
    club(stage, "机器人社", "mentor", 0, 1, 2)
    club(stage, "诗社", "second", 3)
    stage.draft(mode=Mode.CLUBS)
    set_quota(stage.round.mentors.get(code="T05"), lower=0, upper=2, actor=stage.clerk)
    add(stage, Mode.ASSIGN)
    play(stage, stage.round)
    return stage.again()


@pytest.mark.row("N10")
def test_a_round_of_clubs_is_verified_and_not_moved_by_hand(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_clubs(stage)
    proof = taken(stage)
    assert not any(row.person.name in json.dumps(proof, ensure_ascii=False) for row in stage.troupe.students)
    code, out, err = certify(tmp_path, proof, capsys)
    assert (code, err) == (0, "")
    assert "2 个社团、4 名成员" in out
    target = placements(run_of(stage)).first()
    assert target
    problem = refused(
        lambda: move_student(
            target.round_student,
            stage.round.mentors.get(code="T01"),
            held=target.mentor_id,
            reason=MoveReason.AGREED,
            actor=stage.clerk,
        )
    )
    assert problem.code == "not_movable"


@pytest.mark.row("N10")
def test_a_club_that_gets_another_adviser_later_does_not_take_the_proof_away(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_clubs(stage)
    Club.objects.update(adviser=stage.troupe.posts["leader"])
    assert commitment_of(stage.round) == stage.round.commitment
    assert certify(tmp_path, taken(stage), capsys)[0] == 0
    set_quota(stage.round.mentors.get(code="T05"), lower=0, upper=3, actor=stage.clerk)
    stage.again().propose()
    assert stage.round.state == RoundState.PROPOSED
    given = {one.mentor.code for one in placements(run_of(stage))}
    assert given <= {"T05", "T06"}  # those whom the students saw


def swapped_seat(proof: Proof) -> None:
    """The member who drew the worse lot gets the seat of one who drew better."""
    computed = proof["computed"]
    kept = computed["pairs"][0]
    kept[0], computed["rest"][0] = computed["rest"][0], kept[0]
    computed["pairs"].sort()


@pytest.mark.parametrize(
    "forge",
    [
        swapped_seat,
        lambda p: p["computed"].update(kept=3),
        lambda p: p["computed"].update(whole=[]),
        lambda p: p["computed"]["split"][0].__setitem__(1, "lottery"),
        lambda p: p["input"]["mentors"][0].__setitem__(1, 9),
    ],
)
def test_a_forged_club_file_is_found_out(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str], forge: Callable[[Proof], None]
) -> None:
    proof = taken(with_clubs(stage))
    forge(proof)
    code, out, err = certify(tmp_path, sealed(proof), capsys)
    assert code == 1, out + err
