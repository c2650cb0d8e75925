"""The page of the three aims side by side."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.models import WorkerBeat
from liangshi.foundation.jobs import NO_WORKER, State
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions.running import run_now
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Run
from liangshi.practice.matching.queries.runs import comparison
from liangshi.practice.plans.choices import Aim
from liangshi.registry.access.choices import Role
from tests.asking import SignIn
from tests.pages.test_rounds import text, url
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_comparing import choose, compare, contested

# Who is concerned by a proposal, under each hat, and what he can open.
CONCERNED = (
    ("student", None, ("my_round", "my_mentors", "my_wishes", "rules")),
    ("guardian", None, ("rules",)),
    ("mentor", None, ("rules",)),
    ("adviser", Role.ADVISER, ("rules",)),
    ("adviser", Role.MENTOR, ("rules",)),
    ("adviser", Role.GUARDIAN, ("rules",)),
    ("grade_head", None, ("rules",)),
)


def work(stage: Stage) -> None:
    """What the worker does with the queue."""
    for run in Run.objects.filter(round=stage.round, state=State.QUEUED):
        run_now(run.pk)
    stage.again()


def shown(page: str) -> dict[str, list[int]]:
    """The table of the page: label → a number per aim."""
    lines = re.findall(r'<tr> <th scope="row">(.+?)</th>(.+?)</tr>', page)
    return {
        label: [int(n) for n in re.findall(r">(\d+)<", cells)]
        for label, cells in lines
        if ">是<" not in cells
    }


def marked(page: str, label: str) -> list[str]:
    """The cells of a line that marks an aim."""
    cells = re.search(rf'<th scope="row">{label}</th>(.+?)</tr>', page)
    return re.findall(r"<td[^>]*>(.*?)</td>", cells[1]) if cells else []


def pages_of(client: Client, stage: Stage, names: tuple[str, ...]) -> dict[str, str]:
    """Every page the person has about himself and about the round, with what it leads to."""
    asked = [reverse("home:home"), reverse("home:notices"), *(url(name, stage) for name in names)]
    return {where: text(client.get(where, follow=True)) for where in asked}


def timeless(page: str) -> str:
    """The page without what is new at every request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"|hx-headers=\'[^\']+\'', "", page)


@pytest.mark.row("G7")
def test_a_proposal_is_compared_side_by_side_and_seen_by_nobody_before_it_is_published(
    stage: Stage, sign_in: SignIn
) -> None:
    """G7: a run makes a proposal only; students and mentors see nothing of it until it is published; proposals are
    compared side by side."""
    contested(stage)
    clients = [(sign_in(who, role), names) for who, role, names in CONCERNED]
    before = [pages_of(client, stage, names) for client, names in clients]
    notices = list(Notice.objects.exclude(url=url("round", stage)).values_list("pk", flat=True))
    clerk = sign_in("clerk")
    clerk.post(url("run", stage), {"draw": "3 1 4"})
    work(stage)
    assert stage.round.state == RoundState.PROPOSED
    clerk.post(url("compare_start", stage))
    work(stage)
    page = text(clerk.get(url("compare", stage)))
    assert shown(page)["序号之和"] == [10, 13, 10]
    assert shown(page) == dict(comparison(stage.round).rows)
    clerk.post(url("choose_aim", stage, "greedy"))
    work(stage)
    assert stage.round.state == RoundState.PROPOSED

    after = [pages_of(client, stage, names) for client, names in clients]
    for old, new in zip(before, after, strict=True):
        for where in old:
            seen = timeless(new[where]).replace("3 1 4", "还没有登记")  # the draw is public
            assert seen == timeless(old[where]), where
    assert list(Notice.objects.exclude(url=url("round", stage)).values_list("pk", flat=True)) == notices
    for client, _ in clients:
        for name in ("round", "result", "loads", "progress", "compare"):
            assert client.get(url(name, stage)).status_code == 403

    stage.publish()
    now = [pages_of(client, stage, names) for client, names in clients]
    assert all(timeless(new[url("rules", stage)]) != timeless(old[url("rules", stage)]) for old, new in
               zip(before, now, strict=True))  # fmt: skip
    assert "你的导师" in now[0][url("my_round", stage)]


def test_no_number_is_asked_for_where_none_is_taken(stage: Stage, sign_in: SignIn) -> None:
    """Compared without a draw: the page of the computation says so and has no field, and a late one is refused."""
    compare(contested(stage))
    clerk = sign_in("clerk")
    page = text(clerk.get(url("run", stage)))
    assert 'name="draw"' not in page
    assert "三种目标比一比也算" in page
    assert "之后不能再换" in text(clerk.post(url("run", stage), {"draw": "2 7"}))
    assert stage.again().round.draw == ""
    clerk.post(url("run", stage))
    assert stage.again().round.state == RoundState.RUNNING


def test_the_comparison_by_pages(
    stage: Stage, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    contested(stage)
    clerk, leader = sign_in("clerk"), sign_in("leader")
    for client in (clerk, leader):
        assert "三种目标比一比" in text(client.get(url("round", stage)))
    assert "学校办公室还没有算" in text(leader.get(url("compare", stage)))
    assert "要公开抽签的，先登记号码" in text(clerk.get(url("compare", stage)))
    assert 'name="draw"' in text(clerk.get(url("run", stage)))
    with django_capture_on_commit_callbacks(execute=True):
        page = text(clerk.post(url("compare_start", stage), {"draw": "2 7"}, follow=True))
    assert NO_WORKER in page
    WorkerBeat.objects.create(worker="示范", beat_at=now())
    again = text(clerk.post(url("compare_start", stage), {"draw": "2 7"}, follow=True))  # tapped twice
    assert "正在用三种目标各算一遍" in again
    work(stage)
    assert Run.objects.filter(trial=True, state=State.DONE).count() == 3
    assert clerk.get(url("compare", stage), headers={"HX-Request": "true"}).status_code == 286
    for client in (clerk, leader):
        page = text(client.get(url("compare", stage)))
        assert "换目标不会重新抽签" in page
        assert marked(page, "已经告知") == ["是", "", ""]
        assert len(shown(page)) == 9
        assert "现有提案" not in page
        assert not any(row.person.name in page for row in stage.troupe.students)
        assert "李晓明甲" not in page
    assert "用「第一志愿最多」" not in text(leader.get(url("compare", stage)))
    confirm = text(clerk.get(url("choose_aim", stage, "greedy")))
    assert "<b>4</b> 第 1 志愿（「总体最优」是" in confirm
    assert "<b>13</b> 序号之和（「总体最优」是 10）" in confirm
    assert "现在的提案会作废" not in confirm
    clerk.post(url("choose_aim", stage, "greedy"))
    assert "已经在用「第一志愿最多」了" in text(
        clerk.post(url("choose_aim", stage, "greedy"), follow=True)
    )  # tapped twice
    work(stage)
    page = text(clerk.get(url("compare", stage)))
    assert marked(page, "现有提案") == ["", "是", ""]
    assert "现在的提案会作废" in text(clerk.get(url("choose_aim", stage, "generous")))
    assert "换用的目标" in text(clerk.get(url("round", stage)))
    assert clerk.get(url("choose_aim", stage, "best")).status_code == 404


@pytest.mark.parametrize("chosen", [Aim.SUM, Aim.GREEDY])
def test_the_rules_say_which_aim_was_used_and_that_three_were_compared(
    stage: Stage, sign_in: SignIn, chosen: Aim
) -> None:
    compare(contested(stage).propose())
    if chosen != Aim.SUM:
        choose(stage, chosen)
    student = sign_in("student")
    page = text(student.get(url("rules", stage)))
    assert "全体同学的志愿名次加起来最小" in page
    assert "可以只看人数、不看姓名" in page
    assert "公布的结果用的目标" not in page
    stage.publish()
    page = text(student.get(url("rules", stage)))
    assert f"公布的结果用的目标是「{chosen.label}」" in page
    assert ("开启填报时说的是「总体最优」" in page) == (chosen != Aim.SUM)
    assert ("得到第一志愿的同学最多" in page) == (chosen == Aim.GREEDY)
    assert "比较过三种目标" in page
    clerk = sign_in("clerk")
    assert "截止以后、公布以前" in text(clerk.get(url("compare", stage), follow=True))
    assert "现在不能换目标" in text(clerk.post(url("choose_aim", stage, "generous"), follow=True))
    assert stage.again().round.state == RoundState.PUBLISHED


def test_a_round_published_without_comparing_does_not_claim_it(stage: Stage, sign_in: SignIn) -> None:
    contested(stage).propose().publish()
    page = text(sign_in("student").get(url("rules", stage)))
    assert "公布的结果用的目标是「总体最优」" in page
    assert "比较过三种目标" not in page


def test_why_a_comparison_failed_is_for_the_office(stage: Stage, sign_in: SignIn) -> None:
    contested(stage)
    stage.mine(4).wishes.all().delete()  # behind the fingerprint
    compare(stage)
    page = text(sign_in("clerk").get(url("compare", stage)))
    assert "数据指纹不一致" in page
    assert "重新运算" in page
    page = text(sign_in("leader").get(url("compare", stage)))
    assert "数据指纹不一致" not in page
    assert "请学校办公室看原因" in page


def test_a_second_draw_is_refused_on_the_page(stage: Stage, sign_in: SignIn) -> None:
    compare(contested(stage), draw="1")
    page = text(sign_in("clerk").post(url("compare_start", stage), {"draw": "2"}, follow=True))
    assert "谁也不能挑结果" in page


def test_who_may_not_compare_and_choose(stage: Stage, sign_in: SignIn) -> None:
    compare(contested(stage).propose())
    addresses = [url("compare", stage), url("compare_start", stage), url("choose_aim", stage, "greedy")]
    runs = Run.objects.count()
    for who, role in (*((who, role) for who, role, _ in CONCERNED), ("worker", None), ("county", None)):
        client = sign_in(who, role)
        for asked in addresses:
            assert client.get(asked).status_code == 403
            assert client.post(asked).status_code == 403
    leader = sign_in("leader")
    for asked in addresses[1:]:
        assert leader.post(asked).status_code == 403
    other = sign_in("other_clerk")
    assert other.get(addresses[0]).status_code == 404
    for asked in addresses[1:]:
        assert other.post(asked).status_code == 404
    assert Run.objects.count() == runs
    assert stage.again().round.target == Aim.SUM
