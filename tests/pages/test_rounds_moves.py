"""The pages between a proposal and its publication: moves, board, fairness, proof."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.practice.matching.actions.rounds import void_round
from liangshi.practice.matching.actions.running import compare_aims, run_now
from liangshi.practice.matching.choices import MoveReason
from liangshi.practice.matching.models import ManualMove
from liangshi.practice.matching.queries.moves import board as board_columns
from tests.cast import student
from tests.pages.test_rounds import SignIn, text, url
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_fairness import unequal, wish_unequally
from tests.practice.matching.test_moves import at, happy, move, run_of
from tests.practice.matching.test_running import wished

PAGES = ("moves", "board", "fairness", "verify")


def asked(stage: Stage, n: int) -> str:
    return url("move", stage, stage.mine(n).pk)


def data(stage: Stage, n: int, post: str, **change: str) -> dict[str, str]:
    fields = {"mentor": stage.key(post), "held": str(at(stage, n).mentor_id), "reason": "lodging", "note": ""}
    return fields | change


@pytest.mark.parametrize("name", [*PAGES, "proof", "undo_all"])
def test_another_school_finds_nothing(stage: Stage, sign_in: SignIn, name: str) -> None:
    wished(stage).propose()
    assert sign_in("other_clerk").get(url(name, stage)).status_code == 404


@pytest.mark.parametrize("person", ["student", "guardian", "mentor", "adviser", "grade_head", "city"])
def test_who_is_not_of_the_office_is_turned_away(stage: Stage, sign_in: SignIn, person: str) -> None:
    wished(stage).propose()
    client = sign_in(person)
    for name in ("moves", "board", "fairness", "proof", "undo_all"):
        assert client.get(url(name, stage)).status_code == 403
    assert client.post(url("fairness_seen", stage)).status_code == 403


def test_a_clerk_does_not_tick_for_a_leader_and_a_leader_takes_no_proof(
    stage: Stage, sign_in: SignIn
) -> None:
    wished(stage).propose()
    assert sign_in("clerk").post(url("fairness_seen", stage)).status_code == 403
    assert sign_in("leader").get(url("proof", stage)).status_code == 403


def test_before_there_is_a_proposal_every_page_says_so(stage: Stage, sign_in: SignIn) -> None:
    wished(stage)
    client = sign_in("clerk")
    for name in ("moves", "board", "undo_all"):
        assert "只有提案能个别调整" in text(client.get(url(name, stage), follow=True))
    assert "还没有提案" in text(client.get(url("fairness", stage), follow=True))
    assert "没有凭证可以下载" in text(client.get(url("proof", stage), follow=True))


def test_a_full_mentor_is_shown_as_full_and_refused(stage: Stage, sign_in: SignIn) -> None:
    wished(stage).propose()
    client = sign_in("clerk")
    page = text(client.get(asked(stage, 4)))
    assert "2/2" in page
    assert "已满" in page
    assert f"?to={stage.key('mentor')}" not in page
    assert f"?to={stage.key('leader')}" in page
    refused = text(client.post(asked(stage, 4), data(stage, 4, "mentor")))
    assert "李晓明甲老师已满（2/2）" in refused
    assert 'data-count="2" data-upper="2"' in text(client.get(url("board", stage)))


def test_whom_one_looks_for_on_the_board_comes_first(stage: Stage, sign_in: SignIn) -> None:
    wished(stage).propose()
    client, board = sign_in("clerk"), url("board", stage)
    mentors = [one.mentor for one in client.get(board).context["columns"]]
    name, last = stage.student(4).person.name, mentors[-1]
    answer = client.get(board, {"who": f"{name} {last.staff.person.name}"})
    shown = [one.mentor for one in answer.context["columns"]]
    assert set(shown[:2]) == {at(stage, 4).mentor, last}
    assert set(shown) == set(mentors)  # whom he may be dragged to is all still there
    assert answer.context["named"] == {stage.mine(4).pk, last.pk}
    assert "没有找到「谁也不是」" in text(client.get(board, {"who": "谁也不是"}))


def test_a_move_without_a_reason_keeps_what_was_typed(stage: Stage, sign_in: SignIn) -> None:
    wished(stage).propose()
    n = happy(stage)
    page = text(sign_in("clerk").post(asked(stage, n), data(stage, n, "leader", reason="", note="搬宿舍")))
    assert "请从列表里选一个调整的原因" in page
    assert "搬宿舍" in page
    assert not ManualMove.objects.exists()


@pytest.mark.row("G8")
def test_choose_student_mentor_and_reason_then_undo_without_javascript(stage: Stage, sign_in: SignIn) -> None:
    wished(stage).propose()
    n = happy(stage)
    client = sign_in("clerk")
    assert asked(stage, n) in text(client.get(url("moves", stage)))
    target = f"{asked(stage, n)}?to={stage.key('leader')}"
    assert target in text(client.get(asked(stage, n)))
    form = text(client.get(target))
    assert all(reason.label in form for reason in MoveReason)
    who = str(stage.mine(n).student_id)
    read = Entry.objects.filter(type__in=("wish.read", "round.proposal_read"), subject=who).order_by("seq")
    assert [entry.type for entry in read] == ["round.proposal_read", "wish.read"]  # the third adds nothing
    done = text(client.post(asked(stage, n), data(stage, n, "leader"), follow=True))
    assert "志愿名次合计 -1。现在和最优安排相比：多 1 名同学落到志愿外" in done
    made = ManualMove.objects.get()
    assert at(stage, n).mentor.code == "T01"
    assert "照顾住宿安排 1 处" in text(client.get(url("result", stage)))
    undone = text(client.post(url("undo", stage, made.pk), follow=True))
    assert "已撤销" in undone
    assert at(stage, n).mentor.code == "T05"
    assert "已经撤销过了" in text(client.post(url("undo", stage, made.pk), follow=True))
    move(stage, n, "leader")
    assert "1</b>" in text(client.get(url("undo_all", stage)))
    assert "已全部撤销" in text(client.post(url("undo_all", stage), follow=True))


def test_a_leader_sees_no_wishes_and_overrules_an_avoidance_with_a_reason(
    stage: Stage, sign_in: SignIn
) -> None:
    wished(stage).propose()
    client = sign_in("leader")
    for page in (url("moves", stage), url("board", stage), asked(stage, 2)):
        shown = text(client.get(page))
        assert "第 1 志愿" not in shown
        assert "回避" not in shown
    assert "只有校领导能这样安排" in text(client.post(asked(stage, 2), data(stage, 2, "grade_head")))
    assert "请另一位同事来调" in text(client.post(asked(stage, 2), data(stage, 2, "leader", note="谈过了")))
    done = text(client.post(asked(stage, 2), data(stage, 2, "grade_head", note="谈过了"), follow=True))
    assert "名额和回避都核验过了" in done
    assert "志愿名次合计" not in done
    marks = text(sign_in("clerk").get(asked(stage, 2)))
    assert "第 1 志愿" in marks
    assert "回避" in marks
    assert Entry.objects.filter(type="wish.read").count() == 1


def test_a_moved_student_reads_a_neutral_sentence(stage: Stage, sign_in: SignIn) -> None:
    wished(stage).propose()
    move(stage, 0, "leader", reason=MoveReason.SPECIAL)
    stage.publish()
    page = text(sign_in("student").get(url("my_round", stage)))
    assert "学校办公室在公布前作了个别调整。" in page
    assert "特殊支持" not in page
    assert "个别调整 1 处" in text(sign_in("student").get(url("rules", stage)))


@pytest.mark.row("N11")
def test_fairness_is_shown_in_words_and_figures_without_a_name_and_ticked(
    stage: Stage, sign_in: SignIn
) -> None:
    wish_unequally(unequal(stage))
    leader, clerk = sign_in("leader"), sign_in("clerk")
    page = text(clerk.get(url("publish", stage), follow=True))
    assert "相差 83.3 个百分点" in page
    assert 'name="shown"' not in page  # the tick is the leader's
    page = text(leader.get(url("fairness", stage)))
    assert not any(one.person.name in page for one in stage.troupe.students)
    assert "看数字" in page
    run = run_of(stage)
    assert "提案又调整过" in text(leader.post(url("fairness_seen", stage), {"shown": "old"}, follow=True))
    assert "可以公布" in text(
        leader.post(url("fairness_seen", stage), {"shown": run.result_sha256}, follow=True)
    )
    assert "公布结果？" in text(clerk.get(url("publish", stage)))
    for trial in compare_aims(stage.round, actor=stage.clerk):
        run_now(trial.pk)
    side_by_side = text(leader.get(url("compare", stage)))
    assert "性别 · 第 1 志愿" in side_by_side
    assert not any(one.person.name in side_by_side for one in stage.troupe.students)


def test_the_proof_is_downloaded_and_its_page_shows_the_command(stage: Stage, sign_in: SignIn) -> None:
    wished(stage).propose()
    clerk = sign_in("clerk")
    answer = clerk.get(url("proof", stage))
    taken = Entry.objects.get(type="round.proof_taken")
    assert (taken.actor, taken.object, taken.subject) == ("干事甲", str(stage.round.pk), "")
    assert json.loads(answer.content)["final"]["sha256"] == run_of(stage).result_sha256
    assert "attachment" in answer["Content-Disposition"]
    hidden = text(sign_in("student").get(url("verify", stage)))
    assert "start.py certify" in hidden
    assert run_of(stage).result_sha256 not in hidden  # not before it is published
    stage.publish()
    assert run_of(stage).result_sha256 in text(sign_in("student").get(url("verify", stage)))


def test_anybody_takes_the_script_of_the_draw() -> None:
    answer = Client().get(reverse("rounds:lottery_script"))
    assert answer.status_code == 200
    assert b"import hashlib" in answer.content


def test_the_rules_say_what_is_promised_and_what_is_not(stage: Stage, sign_in: SignIn) -> None:
    wished(stage)
    page = text(sign_in("student").get(url("rules", stage)))
    assert "不能保证绝对没有空子" in page
    assert "按公开抽签的次序" in page


@pytest.mark.parametrize("name", ["moves", "board"])
def test_a_list_costs_the_same_queries_however_long(
    stage: Stage, sign_in: SignIn, name: str, django_assert_num_queries: Any
) -> None:
    queries_of = {"moves": 21, "board": 17}
    wished(stage).propose()
    move(stage, happy(stage), "leader")
    client = sign_in("clerk")
    client.get(url(name, stage))
    with django_assert_num_queries(queries_of[name]):
        client.get(url(name, stage))
    for n in range(3):
        student(stage.troupe.school, stage.troupe.class_1, f"新生{n}", 50 + n, since=today())
    void_round(stage.round, reason="再来", actor=stage.clerk)
    wished(stage).propose()
    for n in (happy(stage), 4, 5):
        free = next(one for one in board_columns(run_of(stage)) if one.mentor.code == "T03")
        if at(stage, n).mentor_id != free.mentor.pk and not free.full:
            move(stage, n, "grade_head")
    client.get(url(name, stage))
    with django_assert_num_queries(queries_of[name]):
        client.get(url(name, stage))
