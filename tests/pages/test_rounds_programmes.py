"""Pages of programmes, of the policy, and of the modes in which mentors and club members have a say."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.practice.matching.actions.answers import answer, ask_mentors
from liangshi.practice.matching.actions.programmes import abort_programme, add_round, confirm_round
from liangshi.practice.matching.actions.rounds import check, open_round
from liangshi.practice.matching.actions.running import run_now, start_run
from liangshi.practice.matching.actions.wishes import save_reasons, save_wishes
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Answer, Programme, Round
from liangshi.practice.matching.queries.engine import problem_for
from liangshi.practice.matching.queries.programmes import live_rounds
from liangshi.practice.plans.actions import change_policy
from liangshi.practice.plans.choices import Mode
from liangshi.practice.plans.models import Policy
from liangshi.registry.access.choices import Role
from tests.asking import SignIn
from tests.cast import student
from tests.pages.test_rounds import text, url
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_programmes import add, club, finish, review


def policy_data(client: Client, **changed: Any) -> dict[str, Any]:
    """What the leader's browser sends when he changes nothing but `changed`."""
    form = client.get(reverse("plans:policy_edit")).context["form"]
    assert sorted(field.name for _, part in form.groups for field in part) == sorted(
        set(form.fields) - {"seen"}
    )
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in (data | changed).items() if value is not None}


def test_the_policy_exists_before_anybody_fills_in_a_form(stage: Stage, sign_in: SignIn) -> None:
    page = text(sign_in("clerk").get(reverse("plans:policy")))
    assert "学校还没有改过" in page
    assert "改办法" not in page
    assert "5 个以内" in page
    assert "4 周" in page
    assert not Policy.objects.exists()  # reading writes nothing
    assert sign_in("clerk").get(reverse("plans:policy_edit")).status_code == 403


@pytest.mark.row("R42")
def test_the_leader_changes_the_policy_and_rounds_follow_it(stage: Stage, sign_in: SignIn) -> None:
    leader, clerk = sign_in("leader"), sign_in("clerk")
    edit = reverse("plans:policy_edit")
    data = policy_data(leader, modes=["two_sided", "assign"], wish_limit=3, adviser_places=8, grade_1=12)
    assert "第 1 版" in text(leader.post(edit, data, follow=True))
    assert "刚才有人改过" in text(leader.post(edit, data | {"wish_limit": 4}))  # from an old page
    assert "志愿数" not in text(leader.get(reverse("plans:policy")))
    refused = leader.post(edit, policy_data(leader, teacher_places=16))
    assert refused.context["form"].errors.keys() == {"teacher_places"}
    page = text(clerk.get(reverse("rounds:new")))
    assert "双向选择" in page
    assert "志愿优配" not in page.split("<form")[-1]
    tampered = {"title": "偷偷来", "cohorts": [stage.troupe.cohort.pk], "mode": "wishes", "wish_limit": 3}
    assert not Programme.objects.exists()
    assert clerk.post(reverse("rounds:new"), tampered | {"closes_at": "2099-01-01T18:00"}).status_code == 200
    assert not Programme.objects.exists()
    stage.draft(mode=Mode.TWO_SIDED)
    leader.post(edit, policy_data(leader, modes=["assign"]))
    check(stage.round, actor=stage.clerk)
    page = text(clerk.post(url("open", stage), follow=True))
    assert "学年匹配办法》不一致" in page
    assert "双向选择" in page
    assert stage.again().round.state == RoundState.FEASIBLE


@pytest.mark.row("R42")
def test_a_draft_takes_the_aim_that_was_changed_in_the_policy(stage: Stage, sign_in: SignIn) -> None:
    leader, clerk = sign_in("leader"), sign_in("clerk")
    stage.draft()
    leader.post(reverse("plans:policy_edit"), policy_data(leader, aim="greedy"))
    check(stage.round, actor=stage.clerk)
    assert "点「更新名单」就一致" in text(clerk.post(url("open", stage), follow=True))
    clerk.post(url("refresh", stage))
    check(stage.again().round, actor=stage.clerk)
    clerk.post(url("open", stage))
    assert (stage.again().round.state, stage.round.aim) == (RoundState.OPEN, "greedy")


def test_a_programme_is_walked_through_by_its_one_next_thing(stage: Stage, sign_in: SignIn) -> None:
    stage.draft(upper=2)
    clerk = sign_in("clerk")
    page = text(clerk.get(url("programme", stage)))
    assert "还没有检查可行性" in page
    added = clerk.post(url("add_round", stage), {"mode": "assign"}, follow=True)
    assert "等前面的轮次确认" in text(added)
    last = live_rounds(stage.round.programme)[1]
    assert "等上一轮" in text(clerk.get(reverse("rounds:round", args=[last.pk])))
    assert "请写明截止时间" in text(clerk.post(url("add_round", stage), {"mode": "wishes"}))
    clerk.post(url("feasibility", stage))
    clerk.post(url("open", stage))
    stage.wish(0, "mentor")
    stage.wish(1, "second")
    finish(stage, stage.round)
    page = text(clerk.get(url("programme", stage)))
    assert "还有 4 名学生没有安排到" in page
    assert "安排 2，余 4，剩名额 8" in page
    confirm = text(clerk.get(url("confirm", stage)))
    assert "<b>4</b> 名转入下一轮" in confirm
    clerk.post(url("confirm", stage))
    assert "它已经是「已确认」" in text(clerk.post(url("confirm", stage), follow=True))  # tapped twice
    assert "现在还没有可以公布的结果" in text(sign_in("leader").get(url("publish", stage), follow=True))
    asked = reverse("rounds:feasibility", args=[last.pk])
    assert "已经证明可行：4 名学生" in text(clerk.post(asked, follow=True))
    clerk.post(reverse("rounds:open", args=[last.pk]))
    last.refresh_from_db()
    assert last.state == RoundState.CLOSED  # nobody has anything to fill in
    run_now(start_run(last, actor=stage.clerk).pk)
    leader = sign_in("leader")
    assert "每名学生都有了着落" in text(leader.get(url("programme", stage)))
    confirm = text(leader.get(url("publish", stage)))
    assert "<b>6</b> 名学生有了导师" in confirm
    assert "<b>2</b> 人是第 1 志愿" in confirm
    assert "<b>4</b> 人由学校统一安排" in confirm  # it adds up
    assert "4 周试谈期" in confirm
    page = text(leader.post(url("publish", stage), follow=True))
    last = today() + dt.timedelta(27)
    assert (
        f"试谈期到 {last.month} 月 {last.day} 日为止（含当天）" in page
    )  # his relation: that many days, too
    stage.again()
    sheet = load_workbook(io.BytesIO(clerk.get(url("outcome", stage), {"format": "xlsx"}).content)).active
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert head == ["学生", "学号", "班级", "导师", "工号", "哪一轮", "志愿", "为什么是TA"]
    assert sorted(row[5] for row in rows) == ["志愿优配"] * 2 + ["行政指派"] * 4
    loads = load_workbook(
        io.BytesIO(clerk.get(url("outcome_loads", stage), {"format": "xlsx"}).content)
    ).active
    counts = [row[2].value for row in loads.iter_rows(min_row=2)]
    assert sum(counts) == 6
    page = text(leader.get(url("outcome", stage)))
    assert "第 1 志愿</th>" not in page
    assert "为什么是TA" not in page  # what somebody wished is not for the leader


def test_the_last_round_warns_before_it_places_everybody(stage: Stage, sign_in: SignIn) -> None:
    stage.open(upper=2)
    stage.wish(0, "mentor")
    clerk = sign_in("clerk")
    assert "<b>5</b> 名学生还没有填，将按志愿外安排" in text(clerk.get(url("close", stage)))
    assert "这是最后一轮" not in text(clerk.get(url("run", stage)))
    stage.close()
    page = text(clerk.get(url("run", stage)))
    assert "这是最后一轮" in page
    assert "会把 6 名学生全部安排好。" in page
    assert "没有填志愿的 5 名，和没有如愿的，都安排志愿外的老师。" in page
    assert url("add_round", stage) in page
    stage.propose()
    assert "再加一轮" in text(clerk.get(url("programme", stage)))
    page = text(clerk.get(url("add_round", stage)))
    assert "现在的提案连同个别调整会作废" in page
    assert "志愿、导师的回应都还在" in page
    page = text(clerk.post(url("add_round", stage), {"mode": "assign"}, follow=True))
    assert "请重新运算「新生导师匹配」：没有如愿的学生会转入新的一轮" in page
    assert "这是最后一轮" not in text(clerk.get(url("run", stage)))
    stage.again().propose()
    assert "<b>5</b> 名转入下一轮" in text(clerk.get(url("confirm", stage)))


def test_what_voiding_does_is_said_where_it_is_asked(stage: Stage, sign_in: SignIn) -> None:
    stage.open(upper=2)
    clerk = sign_in("clerk")
    assert "仅有的一轮，整个匹配就此中止" in text(clerk.get(url("void", stage)))
    stage.close()
    assert "不用作废：请点「再加一轮」" in text(clerk.get(url("void", stage)))
    clerk.post(url("add_round", stage), {"mode": "assign"})
    last = live_rounds(stage.round.programme)[1]
    assert f"6 名学生转入「{last}」" in text(clerk.get(url("void", stage)))
    assert "前面的轮次不变" in text(clerk.get(reverse("rounds:void", args=[last.pk])))


def test_a_full_programme_says_why_no_round_is_added(stage: Stage, sign_in: SignIn) -> None:
    stage.open(upper=2)
    clerk = sign_in("clerk")
    stage.wish(0, "mentor")
    stage.close().propose()
    confirm_round(stage.round, actor=stage.clerk)
    assert "再加一轮" not in text(clerk.get(url("programme", stage)))
    page = text(clerk.get(url("add_round", stage), follow=True))
    assert "每名学生都已经安排到，没有人可以转入新的一轮" in page


@pytest.mark.parametrize(
    ("mode", "last", "said"),
    [
        (Mode.WISHES, True, "教这个班的老师，相当于志愿名次提前 1 位；老师每多带一名，相当于退后 2 位"),
        (Mode.WISHES, False, "教这个班的老师，相当于志愿名次提前 1 位。"),
        (Mode.TWO_SIDED, True, "学年匹配办法里的权重，这一轮没有用到"),
    ],
)
def test_the_rules_tell_the_weights_that_the_round_uses(
    stage: Stage, sign_in: SignIn, mode: Mode, last: bool, said: str
) -> None:
    troupe = stage.troupe
    change_policy(troupe.school, troupe.year, seen=0, meet=1, even=2, actor=stage.leader)
    stage.open(mode=mode, upper=2)
    if not last:
        add_round(stage.round.programme, mode=Mode.ASSIGN, actor=stage.clerk)
    clerk = sign_in("clerk")
    assert said in text(clerk.get(url("rules", stage)))
    stage.wish(0, "mentor")
    if mode == Mode.TWO_SIDED:
        ask_mentors(stage.round, now() + dt.timedelta(3), actor=stage.clerk)
    stage.close().propose()
    weights = problem_for(stage.round).weights
    assert (weights.meet, weights.even) == ((0, 0) if mode == Mode.TWO_SIDED else (1, 2 * last))
    assert said in text(clerk.get(url("rules", stage)))


def test_giving_up_and_reasons(stage: Stage, sign_in: SignIn) -> None:
    stage.open()
    clerk = sign_in("clerk")
    clerk.post(url("drop", stage, stage.mine(2).pk), {"reason": "八月已办", "cause": "suspending"})
    page = text(clerk.get(url("left", stage)))
    assert "休学" in page
    assert "八月已办" in page
    assert "请写一句为什么" in text(clerk.post(url("abort", stage), {"reason": ""}))
    assert "已中止" in text(clerk.post(url("abort", stage), {"reason": "停课"}, follow=True))
    assert "停课" in text(clerk.get(url("programme", stage)))


@pytest.mark.row("R46")
def test_a_mentor_sees_names_and_classes_and_taps(stage: Stage, sign_in: SignIn) -> None:
    stage.open(mode=Mode.TWO_SIDED)
    stage.wish(0, "second", "mentor")
    stage.wish(3, "mentor", avoid=("leader",))
    save_reasons(stage.mine(3), {UUID(stage.key("mentor")): "数学想补一补"}, version=1, actor=stage.actor(3))
    asked = url("answer", stage)
    mentor = sign_in("mentor")
    assert mentor.get(asked).status_code == 404  # the students have not finished
    page = text(
        sign_in("clerk").post(url("ask_mentors", stage), {"answers_until": "2099-01-01T18:00"}, follow=True)
    )
    assert "导师正在回应" in page
    assert "请您回应" in text(mentor.get(reverse("home:home")))
    page = text(mentor.get(asked))
    for shown in ("欧阳雨桐甲", "王明甲", "高一(1)班", "暂不合适"):
        assert shown in page
    for hidden in ("志愿", "数学想补一补", "王明明甲", "回避"):
        assert hidden not in page
    key = stage.mine(0).pk
    page = text(mentor.post(url("say", stage), {"student": key, "verdict": "unfit"}, follow=True))
    assert 'aria-pressed="true">暂不合适' in page
    mentor.post(url("say", stage), {"student": key, "verdict": "unfit"})
    assert Answer.objects.count() == Entry.objects.filter(type="answer.saved").count() == 1
    assert "不在名单里" in text(
        mentor.post(url("say", stage), {"student": stage.mine(5).pk, "verdict": "fair"}, follow=True)
    )
    assert "这一次没有保存" in text(mentor.post(url("say", stage), {"student": "x"}, follow=True))
    other = sign_in("adviser", Role.MENTOR)
    assert "没有要您回应的" in text(other.get(asked))
    for who, code in (
        ("other_mentor", 404),
        ("clerk", 403),
        ("leader", 403),
        ("student", 403),
        ("guardian", 403),
    ):
        assert sign_in(who).get(asked).status_code == code
        assert sign_in(who).post(url("say", stage), {"student": key, "verdict": "fair"}).status_code == code
    office = text(sign_in("clerk").get(url("round", stage)))
    assert "愿意 0，一般 0，暂不合适 1" in office


@pytest.mark.row("R46")
def test_a_decline_shows_nowhere(stage: Stage, sign_in: SignIn) -> None:
    stage.open(mode=Mode.TWO_SIDED)
    stage.wish(0, "mentor", "second")
    ask_mentors(stage.round, now() + dt.timedelta(1), actor=stage.clerk)
    actor = stage.cast.actor("mentor")
    answer(stage.round.mentors.get(code="T05"), stage.mine(0).pk, "unfit", actor=actor)
    stage.close().propose().publish()
    pages = [text(sign_in("student").get(url(name, stage))) for name in ("my_round", "rules")]
    pages += [
        text(sign_in("student").get(reverse("home:home"))),
        text(sign_in("guardian").get(reverse("home:home"))),
    ]
    pages += [text(sign_in("clerk").get(url(name, stage))) for name in ("result", "loads", "round", "rules")]
    pages += [
        text(sign_in("clerk").get(url(name, stage))) for name in ("outcome", "outcome_loads", "programme")
    ]
    for page in pages:
        for word in ("暂不合适", "婉拒", "拒绝"):
            assert word not in page
    assert "第 2 志愿" in pages[0]
    exported = sign_in("clerk").get(url("outcome", stage), {"format": "xlsx"}).content
    cells = [
        str(cell.value) for row in load_workbook(io.BytesIO(exported)).active.iter_rows() for cell in row
    ]
    assert not any("暂不合适" in cell for cell in cells)


@pytest.mark.row("R47")
def test_a_student_in_two_clubs_chooses_one(stage: Stage, sign_in: SignIn) -> None:
    robots = club(stage, "机器人社", "mentor", 0, 1)
    club(stage, "诗社", "second", 0, 2)
    stage.open(mode=Mode.CLUBS)
    clerk = sign_in("clerk")
    everybody = text(clerk.get(url("students", stage)))
    words = ("还没有选", "没有社团", "跟社团")
    assert [len(re.findall(rf">\s*{word}\s*</", everybody)) for word in words] == [1, 3, 2]
    assert "未填" not in everybody
    waiting = text(clerk.get(url("students", stage), {"done": "no"}))
    assert "欧阳雨桐甲" in waiting
    assert "没有社团" not in waiting
    assert "?done=no" in text(clerk.get(url("round", stage)))
    client = sign_in("student")
    page = text(client.get(url("my_round", stage)))
    assert "你参加了 2 个社团" in page
    form = text(client.get(url("my_club", stage)))
    assert "机器人社 · 李晓明甲老师" in form
    refused = client.post(url("my_club", stage), {"club": stage.troupe.cohort.pk})
    assert refused.context["form"].errors.keys() == {"club"}
    page = text(client.post(url("my_club", stage), {"club": robots.pk}, follow=True))
    assert "你会跟「机器人社」的指导老师李晓明甲老师" in page
    page = text(client.post(url("my_club", stage), {"club": "none"}, follow=True))
    assert "都不跟" in page
    office = text(sign_in("clerk").get(url("round", stage)))
    assert "2 名学生跟社团的指导老师；0 名参加了几个社团" in office
    stage.close()
    assert "选择已经截止" in text(client.post(url("my_club", stage), {"club": robots.pk}))
    for name in ("my_wishes", "my_mentors", "my_reasons", "my_keep"):
        assert client.get(url(name, stage)).status_code == 404


def plain(page: str) -> str:
    """A page without what is new each time it is made."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.rsplit("</h1>", maxsplit=1)[-1])


@pytest.mark.row("G3")
def test_both_may_object_to_going_on_and_neither_learns_it_of_the_other(
    stage: Stage, sign_in: SignIn
) -> None:
    review(stage)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    mine, mentor = sign_in("student"), sign_in("mentor")
    assert "李晓明甲老师" in text(mine.get(url("my_round", stage)))
    before = plain(text(mine.get(url("my_round", stage))))
    key = stage.mine(0).pk
    page = text(mentor.post(url("say", stage), {"student": key, "verdict": "no"}, follow=True))
    assert 'aria-pressed="true">不再续任' in page
    assert plain(text(mine.get(url("my_round", stage)))) == before
    mentor.post(url("say", stage), {"student": key, "verdict": "keep"})
    seen = text(mentor.get(url("answer", stage)))
    page = text(mine.post(url("my_keep", stage), {"answer": "no"}, follow=True))
    assert "你说了想换一位导师" in page
    assert plain(text(mentor.get(url("answer", stage)))) == plain(seen)
    assert "1 对里有人不再续任" in text(sign_in("clerk").get(url("round", stage)))
    finish(stage, stage.round)
    page = text(sign_in("leader").get(url("released", stage)))
    assert "欧阳雨桐甲" in page
    assert "李晓明甲老师" in page
    assert "王明甲" not in page
    read = Entry.objects.filter(type="round.proposal_read", actor="书记甲")
    assert [entry.subject for entry in read] == [str(stage.mine(0).student_id)]
    assert mentor.post(url("say", stage), {"student": stage.mine(5).pk, "verdict": "no"}).status_code == 404


def test_a_review_is_built_by_the_page_too(stage: Stage, sign_in: SignIn) -> None:
    review(stage)
    abort_programme(stage.round.programme, reason="换个日子", actor=stage.clerk)
    client = sign_in("clerk")
    address = reverse("rounds:new") + "?kind=review"
    page = client.get(address)
    assert "5 名学生有导师" in text(page)
    assert page.context["form"].initial["mode"] == Mode.CONTINUE
    data = {
        "title": "复核",
        "cohorts": [stage.troupe.cohort.pk],
        "mode": "continue",
        "closes_at": "",
        "wish_limit": 5,
    }
    assert "检查可行性" in text(client.post(address, data, follow=True))
    row = Round.objects.get(programme__title="复核")
    assert row.programme.kind == "review"
    assert abs(row.closes_at - now() - dt.timedelta(5)) < dt.timedelta(minutes=5)


@pytest.mark.parametrize(
    ("name", "who", "count"),
    [
        ("programme", "clerk", 25),
        ("outcome", "clerk", 24),
        ("outcome_loads", "clerk", 25),
        ("answer", "mentor", 13),
    ],
)
def test_a_page_costs_the_same_queries_however_long(
    stage: Stage, sign_in: SignIn, name: str, who: str, count: int, django_assert_num_queries: Any
) -> None:
    stage.draft(mode=Mode.TWO_SIDED)
    for n in range(3):  # they take part from the second opening on
        student(
            stage.troupe.school, stage.troupe.class_1, f"新生{n}", 50 + n, since=stage.troupe.year.starts_on
        )

    def asked(wishers: int) -> str:
        check(stage.round, actor=stage.clerk)
        open_round(stage.round, actor=stage.clerk)
        for held in stage.round.students.order_by("number")[:wishers]:
            key = stage.key("mentor")
            save_wishes(held, wishes=[key], avoid=[], version=0, actor=stage.actor(0))
        ask_mentors(stage.round, now() + dt.timedelta(1), actor=stage.clerk)
        if name != "answer":
            stage.close().propose()
        return url(name, stage)

    address = asked(1)
    client = sign_in(who)
    client.get(address)
    with django_assert_num_queries(count):
        assert client.get(address).status_code == 200
    abort_programme(stage.round.programme, reason="再来", actor=stage.clerk)
    stage.draft(mode=Mode.TWO_SIDED)
    add(stage, Mode.CLUBS) if name == "programme" else None
    address = asked(3)
    client.get(address)
    with django_assert_num_queries(count):
        assert client.get(address).status_code == 200
