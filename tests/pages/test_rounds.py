"""The office's pages of a round."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.models import WorkerBeat
from liangshi.foundation.jobs import NO_WORKER
from liangshi.practice.matching.actions.rounds import check, open_round, set_quota, void_round
from liangshi.practice.matching.actions.running import run_now, start_run
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Round, Run
from liangshi.practice.matching.queries.runs import done_run, latest_run
from liangshi.practice.matching.queries.students import saved
from liangshi.registry.access.choices import Role
from liangshi.registry.people.models import Person
from tests.asking import SignIn, html_of
from tests.cast import student
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_running import wished

OF_PROGRAMME = {"programme", "add_round", "abort", "publish", "outcome", "outcome_loads", "released", "left"}


def url(name: str, stage: Stage, *more: object) -> str:
    row = stage.round.programme if name in OF_PROGRAMME else stage.round
    return reverse(f"rounds:{name}", args=[row.pk, *more])


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return html_of(response)


def test_the_empty_list_leads_to_the_first_round(sign_in: SignIn) -> None:
    assert "建第一轮" in text(sign_in("clerk").get(reverse("rounds:list")))
    leaders = text(sign_in("leader").get(reverse("rounds:list")))
    assert "还没有匹配过" in leaders
    assert "建第一轮" not in leaders


def test_the_clerk_builds_a_round_with_what_is_suggested(stage: Stage, sign_in: SignIn) -> None:
    stage.free()
    client = sign_in("clerk")
    form = client.get(reverse("rounds:new")).context["form"]
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data["closes_at"] = f"{data['closes_at']:%Y-%m-%dT%H:%M}"
    response = client.post(reverse("rounds:new"), data, follow=True)
    row = Round.objects.get()
    assert response.redirect_chain == [(reverse("rounds:round", args=[row.pk]), 302)]
    assert "检查可行性" in text(response)
    assert row.students.count() == 6
    again = client.post(reverse("rounds:new"), data)  # tapped twice
    assert "它已经建好" in text(again)
    assert Round.objects.count() == 1


def test_a_bad_round_is_explained_and_what_was_typed_stays(stage: Stage, sign_in: SignIn) -> None:
    data = {
        "title": "秋季轮",
        "closes_at": "2022-01-01T18:00",
        "mode": "wishes",
        "wish_limit": 5,
        "cohorts": [stage.troupe.cohort.pk],
    }
    page = text(sign_in("clerk").post(reverse("rounds:new"), data))
    assert "截止时间要在现在以后" in page
    assert "秋季轮" in page
    page = text(sign_in("clerk").post(reverse("rounds:new"), {"closes_at": "明天"}))
    assert "请写成年月日加时间" in page
    assert "请至少选一个年级" in page


def test_from_draft_to_published_by_pages(
    stage: Stage, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    stage.draft()
    clerk = sign_in("clerk")
    assert "已经证明可行" in text(clerk.post(url("feasibility", stage), follow=True))
    confirm = text(clerk.get(url("open", stage)))
    assert "<b>6</b> 名学生收到通知" in confirm
    assert "填报中" in text(clerk.post(url("open", stage), follow=True))
    stage.wish(1, "mentor")
    confirm = text(clerk.get(url("close", stage)))
    assert "提前截止？" in confirm
    assert "<b>1</b> 名学生已经填报" in confirm
    assert "<b>5</b> 名学生还没有填" in confirm
    assert "填报已截止" in text(clerk.post(url("close", stage), follow=True))
    assert stage.again().round.commitment in text(clerk.get(url("run", stage)))
    with django_capture_on_commit_callbacks(execute=True):
        response = clerk.post(url("run", stage), {"draw": "1 2 3"}, follow=True)
    assert NO_WORKER in text(response)
    run_now(Run.objects.get().pk)
    assert "通过了独立核验" in text(clerk.get(url("progress", stage)))
    polled = clerk.get(url("progress", stage), headers={"HX-Request": "true"})
    assert polled.status_code == 286
    assert "李晓明甲老师" in text(clerk.get(url("result", stage)))
    assert "欧阳雨桐甲" in text(clerk.get(url("loads", stage)))
    leader = sign_in("leader")
    confirm = text(leader.get(url("publish", stage)))
    assert "<b>6</b> 名学生有了导师" in confirm
    assert "已经生效" in text(leader.post(url("publish", stage), follow=True))
    assert "它已经是「试谈期」" in text(leader.post(url("publish", stage), follow=True))  # tapped twice
    assert stage.again().round.state == RoundState.PUBLISHED


def test_an_infeasible_round_shows_what_would_help(stage: Stage, sign_in: SignIn) -> None:
    stage.draft(upper=1)
    client = sign_in("clerk")
    for page in (text(client.get(url("feasibility", stage))), text(client.post(url("feasibility", stage)))):
        assert "还差 1 个" in page
        assert "调名额" in page
        assert "的「至多」由 1 改成 2</li>" in page
        assert "（0000" not in page  # nobody's number in the lottery
    assert "检查可行性" in text(client.get(url("round", stage)))
    for page in (client.get(url("open", stage), follow=True), client.post(url("open", stage), follow=True)):
        assert "还没有检查可行性，不能开启" in text(page)
        assert "名学生收到通知" not in text(page)
    assert stage.again().round.state == RoundState.DRAFT


def test_settings_quota_deadline_refresh_void(stage: Stage, sign_in: SignIn) -> None:
    stage.draft()
    client = sign_in("clerk")
    fields = {
        "title": "新名字", "closes_at": "2099-01-01T18:00", "wish_limit": 3, "avoid_limit": 1,
        "lower": 0, "upper": 8,
    }  # fmt: skip
    assert "本轮设置" in text(client.get(url("settings", stage)))
    assert "新名字" in text(client.post(url("settings", stage), fields, follow=True))
    assert "至多 ≤ 15" in text(client.post(url("settings", stage), {**fields, "lower": 9}))
    mentor = stage.round.mentors.get(code="T05")
    assert "至多" in text(client.get(url("quota", stage, mentor.pk)))
    assert "至多 4 人" in text(
        client.post(url("quota", stage, mentor.pk), {"lower": 1, "upper": 4}, follow=True)
    )
    assert "至多 15 人（1:15）。还不够，请增加导师" in text(
        client.post(url("quota", stage, mentor.pk), {"lower": 1, "upper": 16})
    )
    assert "至少 5、至多 4" in text(client.post(url("quota", stage, mentor.pk), {"lower": 5, "upper": 4}))
    assert "名单已按现在的名册更新" in text(client.post(url("refresh", stage), follow=True))
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    assert "截止时间已改" in text(
        client.post(url("deadline", stage), {"closes_at": "2099-02-01T18:00"}, follow=True)
    )
    midnight = client.post(url("deadline", stage), {"closes_at": "2099-02-02T00:00"}, follow=True)
    assert "2 月 1 日 24:00" in text(midnight)
    assert "2 月 1 日 24:00 截止" in text(
        sign_in("student").get(reverse("rounds:my_round", args=[stage.round.pk]))
    )
    assert "截止时间要在现在以后" in text(
        client.post(url("deadline", stage), {"closes_at": "2022-02-01T18:00"})
    )
    assert "请写一句为什么" in text(client.post(url("void", stage), {"reason": ""}))
    assert "这一轮已作废" in text(client.post(url("void", stage), {"reason": "重来"}, follow=True))
    assert "重来" in text(client.get(url("round", stage)))


def test_progress_shows_who_has_filled_it_in_and_never_what(stage: Stage, sign_in: SignIn) -> None:
    stage.open()
    stage.wish(1, "mentor", avoid=("second",))
    client = sign_in("leader")
    page = text(client.get(url("students", stage)))
    assert page.count("未填</span>") == 5
    assert "李晓明甲" not in page
    only = text(client.get(url("students", stage), {"done": "no"}))
    assert "共 <b>5</b> 名学生" in only
    one_class = text(client.get(url("students", stage), {"class_group": stage.troupe.class_2.pk}))
    assert "共 <b>3</b> 名学生" in one_class


def test_the_office_corrects_after_the_deadline_and_every_look_is_logged(
    stage: Stage, sign_in: SignIn
) -> None:
    stage.open()
    stage.wish(1, "mentor")
    stage.close()
    client = sign_in("clerk")
    held = stage.mine(1)
    page = text(client.get(url("correct", stage, held.pk)))
    assert "你正在看一名学生的志愿" in page
    reads = Entry.objects.filter(type="wish.read", subject=str(held.student_id))
    assert reads.count() == 1
    data = {f"picks-{stage.key('second')}": "1", f"picks-{stage.key('mentor')}": "", "version": held.version}
    assert "请写明更正的原因" in text(client.post(url("correct", stage, held.pk), data))
    assert "志愿已更正" in text(
        client.post(url("correct", stage, held.pk), {**data, "reason": "断网"}, follow=True)
    )
    assert saved(stage.mine(1)).names == ("周敏甲老师",)
    drop = url("drop", stage, held.pk)
    assert "退出本轮" in text(client.get(drop))
    assert "已退出" in text(client.post(drop, {"reason": "转学", "cause": "leaving"}, follow=True))


def test_a_failed_run_is_explained_to_the_office_alone(stage: Stage, sign_in: SignIn) -> None:
    wished(stage)
    stage.mine(4).wishes.all().delete()  # behind the fingerprint
    stage.propose()
    assert "数据指纹不一致" in text(sign_in("clerk").get(url("round", stage)))
    assert "数据指纹不一致" in text(sign_in("clerk").get(url("progress", stage)))
    for page in ("round", "progress"):
        assert "数据指纹不一致" not in text(sign_in("leader").get(url(page, stage)))


def test_while_no_worker_lives_every_page_says_so_and_nothing_is_to_be_begun_anew(
    stage: Stage, sign_in: SignIn
) -> None:
    start_run(wished(stage).round, actor=stage.clerk)
    client = sign_in("clerk")
    for page in (text(client.get(url(name, stage))) for name in ("round", "progress", "run")):
        assert NO_WORKER in page
        assert not re.search("重新运算|运算中|进行中|<progress|开始运算", page)
    assert "运算停着" in text(client.get(url("round", stage)))
    whole = text(client.get(url("programme", stage)))
    assert "运算停着" in whole
    assert "的运算停着：后台程序没有运行，请告诉管理员。" in whole
    WorkerBeat.objects.create(worker="示范", beat_at=now())
    assert "运算中" in text(client.get(url("round", stage)))
    assert "正在运算。" in text(client.get(url("programme", stage)))
    assert "进行中" in text(client.get(url("progress", stage)))


def test_one_may_leave_the_page_of_a_long_job(stage: Stage, sign_in: SignIn) -> None:
    start_run(wished(stage).round, actor=stage.clerk)
    page = text(sign_in("clerk").get(url("progress", stage)))
    assert re.search(rf'class="back" href="{url("round", stage)}"', page)


def test_a_published_round_shows_a_result_and_no_proposal(stage: Stage, sign_in: SignIn) -> None:
    """Also in the log of the students whom it names."""
    wished(stage).propose()
    leader, who = sign_in("leader"), stage.troupe.student.pk
    for told, other in (("提案", "结果"), ("结果", "提案")):
        if told == "结果":
            stage.publish()
        for route in ("result", "loads"):
            assert leader.get(url(route, stage)).status_code == 200
        assert f"看{told}" in text(leader.get(url("progress", stage)))
        newest = Entry.objects.filter(subject=str(who), type__startswith="round.").order_by("seq").last()
        assert newest
        assert newest.label == f"查看匹配{told}"
        assert other not in newest.label


def test_the_button_compute_again_replaces_a_run_that_a_killed_worker_left(
    stage: Stage, sign_in: SignIn
) -> None:
    wished(stage)
    stuck = start_run(stage.round, actor=stage.clerk)
    client = sign_in("clerk")
    WorkerBeat.objects.create(worker="示范", beat_at=now())
    assert "重新运算" in text(client.get(url("round", stage)))
    assert "已有一次运算还没有结束" in text(client.get(url("run", stage)))
    client.post(url("run", stage), {"draw": ""})
    newest = latest_run(stage.round)
    assert newest
    assert newest.pk != stuck.pk
    run_now(stuck.pk)
    run_now(newest.pk)
    assert done_run(stage.again().round) == newest


def sheet(response: Any) -> list[list[Any]]:
    assert response["Content-Disposition"].startswith("attachment")
    return [list(row) for row in load_workbook(io.BytesIO(response.content)).active.iter_rows()]


@pytest.mark.row("G9")
def test_the_result_is_exported_both_ways_with_ids_as_text(stage: Stage, sign_in: SignIn) -> None:
    Person.objects.filter(pk=stage.student(3).person_id).update(name="=1+1")
    wished(stage).propose().publish()
    client = sign_in("clerk")
    head, *rows = sheet(client.get(url("result", stage), {"format": "xlsx"}))
    assert [cell.value for cell in head] == ["学生", "学号", "班级", "导师", "工号", "志愿", "为什么是TA"]
    assert [row[1].value for row in rows] == ["000001", "000002", "000003", "000004", "000005", "000006"]
    assert {(row[1].data_type, row[1].number_format, row[4].data_type) for row in rows} == {("s", "@", "s")}
    formula = rows[3][0]
    assert (formula.value, formula.data_type, formula.quotePrefix) == ("=1+1", "s", True)
    head, *loads = sheet(client.get(url("loads", stage), {"format": "xlsx"}))
    assert [cell.value for cell in head] == ["导师", "工号", "人数", "至多", "学生"]
    by_mentor = {row[0].value: [name for name in (row[4].value or "").split("、") if name] for row in loads}
    by_student: dict[str, list[str]] = {name: [] for name in by_mentor}
    for row in rows:
        by_student[row[3].value].append(f"{row[0].value}（{row[2].value}）")
    assert by_mentor == by_student  # the same data, seen from both sides
    assert [row[2].value for row in loads] == [len(by_mentor[row[0].value]) for row in loads]
    taken = Entry.objects.filter(type="list.taken")
    assert {(entry.object, entry.subject) for entry in taken} == {
        (str(stage.round.pk), str(row.student_id)) for row in stage.round.students.all()
    }
    assert taken.count() == 2 * len(rows)  # about each student, in either file


def test_leaders_see_who_got_whom_but_not_what_was_wished(stage: Stage, sign_in: SignIn) -> None:
    wished(stage).propose()
    head, *_ = sheet(sign_in("leader").get(url("result", stage), {"format": "xlsx"}))
    assert [cell.value for cell in head] == ["学生", "学号", "班级", "导师", "工号"]
    page = text(sign_in("leader").get(url("result", stage)))
    assert "你的第一志愿" not in page
    assert "你的第一志愿" in text(sign_in("clerk").get(url("result", stage)))


def test_rules_show_fingerprint_seed_and_shares_to_the_school(stage: Stage, sign_in: SignIn) -> None:
    stage.draft()
    rules = url("rules", stage)
    assert sign_in("mentor").get(rules).status_code == 404  # a draft is nobody's business yet
    void_round(stage.round, reason="重来", actor=stage.clerk)
    wished(stage).propose("7 7")
    rules = url("rules", stage)
    page = text(sign_in("mentor").get(rules))
    assert stage.round.commitment in page
    assert "7 7" in page
    assert "志愿满足情况" not in page
    assert "更正前的" not in page
    before = stage.round.commitment
    set_quota(stage.round.mentors.get(code="T01"), lower=0, upper=9, actor=stage.clerk)
    stage.again().propose("7 7")
    page = text(sign_in("mentor").get(rules))
    assert "更正前的都列在这里" in page
    assert before in page
    stage.publish()
    run = done_run(stage.round)
    assert run
    for name, role in (
        ("mentor", None),
        ("student", None),
        ("guardian", None),
        ("adviser", Role.ADVISER),
        ("worker", None),
    ):
        page = text(sign_in(name, role).get(rules))
        assert run.seed in page
        assert run.result_sha256 in page
        assert "志愿外" in page
        assert "67%" in page


OFFICE = (
    "round",
    "mentors",
    "students",
    "settings",
    "deadline",
    "feasibility",
    "open",
    "close",
    "void",
    "run",
)


@pytest.mark.parametrize("name", [*OFFICE, "progress", "result", "loads", "publish", "rules"])
def test_another_schools_round_is_not_found(stage: Stage, sign_in: SignIn, name: str) -> None:
    wished(stage).propose()
    asked = url(name, stage)
    for who in ("other_clerk", "other_leader"):
        client = sign_in(who)
        expected = {404, 403} if who == "other_leader" else {404}
        assert client.get(asked).status_code in expected
        assert client.post(asked).status_code in expected | {405}
    assert sign_in("other_clerk").get(asked).status_code == (404)
    assert stage.again().round.state == RoundState.PROPOSED


def test_another_schools_mentors_and_students_are_not_found(stage: Stage, sign_in: SignIn) -> None:
    wished(stage)
    other = wished(Stage(stage.cast, school="other_"))
    client = sign_in("clerk")
    mentor, held = other.round.mentors.get(code="T05"), other.mine(1)
    for asked in (
        url("quota", stage, mentor.pk), url("quota", other, mentor.pk), url("drop", stage, held.pk),
        url("drop", other, held.pk), url("correct", stage, held.pk), url("correct", other, held.pk),
    ):  # fmt: skip
        assert client.get(asked).status_code == 404
        assert client.post(asked, {"lower": 0, "upper": 1, "reason": "x"}).status_code == 404
    assert not Entry.objects.filter(type="wish.read").exists()
    assert client.post(url("refresh", other)).status_code == 404
    assert other.again().round.state == RoundState.CLOSED


@pytest.mark.parametrize(
    ("who", "role"),
    [("mentor", None), ("adviser", Role.ADVISER), ("grade_head", None), ("worker", None), ("guardian", None),
     ("student", None), ("city", None), ("county", None)],
)  # fmt: skip
def test_nobody_but_the_office_opens_the_offices_pages(
    stage: Stage, sign_in: SignIn, who: str, role: Role | None
) -> None:
    wished(stage).propose()
    client = sign_in(who, role)
    assert client.get(reverse("rounds:list")).status_code == 403
    assert client.get(reverse("rounds:new")).status_code == 403
    for name in (*OFFICE, "progress", "result", "loads", "publish"):
        assert client.get(url(name, stage)).status_code == 403
        assert client.post(url(name, stage)).status_code == 403
    assert client.get(url("correct", stage, stage.mine(1).pk)).status_code == 403
    assert client.post(url("refresh", stage)).status_code == 403


def test_a_leader_reads_and_publishes_but_does_not_manage(stage: Stage, sign_in: SignIn) -> None:
    wished(stage).propose()
    client = sign_in("leader")
    for name in ("settings", "deadline", "feasibility", "open", "close", "void", "run"):
        assert client.get(url(name, stage)).status_code == 403
        assert client.post(url(name, stage)).status_code == 403
    assert client.get(url("correct", stage, stage.mine(1).pk)).status_code == 403
    for name in ("round", "mentors", "students", "result", "loads", "publish", "rules"):
        assert client.get(url(name, stage)).status_code == 200


def test_who_is_not_signed_in_is_sent_to_sign_in(stage: Stage) -> None:
    stage.draft()
    assert Client().get(url("round", stage)).status_code == 302


@pytest.mark.parametrize("name", ["list", "mentors", "students", "result", "loads"])
def test_a_list_costs_the_same_queries_however_long(
    stage: Stage, sign_in: SignIn, name: str, django_assert_num_queries: Any
) -> None:
    queries_of = {"list": 12, "mentors": 18, "students": 20, "result": 19, "loads": 19}
    wished(stage).propose()
    client = sign_in("clerk")
    asked = reverse("rounds:list") if name == "list" else url(name, stage)
    client.get(asked)
    with django_assert_num_queries(queries_of[name]):
        assert client.get(asked).status_code == 200
    for n in range(3):  # three rows more of everything
        own = stage.troupe
        student(own.school, own.class_1, f"新生{n}", 50 + n, since=today())
    stage.publish()
    stage.draft(title="又一轮")
    if name != "list":
        check(stage.round, actor=stage.clerk)
        open_round(stage.round, actor=stage.clerk)
        stage.close().propose()
        asked = url(name, stage)
    client.get(asked)
    with django_assert_num_queries(queries_of[name]):
        assert client.get(asked).status_code == 200
