"""A student's pages of a round."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.practice.matching.actions.programmes import add_round
from liangshi.practice.matching.actions.rounds import check, open_round, set_quota
from liangshi.practice.matching.actions.wishes import correct_wishes
from liangshi.practice.matching.queries.published import published_placement
from liangshi.practice.matching.queries.runs import done_run, placements, shares
from liangshi.practice.matching.queries.students import saved as saved_wishes
from liangshi.registry.mentorships.actions import Change, replace
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY
from liangshi.registry.mentorships.profiles import write_profile
from liangshi.registry.people.models import Person
from tests.asking import SignIn
from tests.pages.test_rounds import text, url
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_running import wished


def posted(stage: Stage, version: int, **marks: str) -> dict[str, str]:
    """What the browser sends: a select box per mentor."""
    data = {f"picks-{row.pk}": "" for row in stage.round.mentors.all()}
    return (
        data | {f"picks-{stage.key(post)}": mark for post, mark in marks.items()} | {"version": str(version)}
    )


def test_without_a_round_the_page_says_what_will_happen(sign_in: SignIn) -> None:
    assert "现在没有要填的" in text(sign_in("student").get(reverse("rounds:mine")))


def test_a_student_reads_the_rule_wishes_and_changes_his_mind(stage: Stage, sign_in: SignIn) -> None:
    stage.open()
    client = sign_in("student")
    page = text(client.get(reverse("rounds:mine"), follow=True))
    assert "你还没有填志愿" in page
    assert "填得早晚不影响结果" in page
    form = text(client.get(url("my_wishes", stage)))
    assert "第 5 志愿" in form
    assert "请回避" in form
    data = posted(stage, 0, mentor="1", second="3", leader="avoid")
    page = text(client.post(url("my_wishes", stage), data, follow=True))
    assert "已保存，截止前都可以改" in page
    assert saved_wishes(stage.mine(0)).sentence == "1 李晓明甲老师、2 周敏甲老师；回避书记甲老师"
    page = text(
        client.post(
            url("my_reasons", stage),
            {why(stage, "mentor"): "喜欢物理", why(stage, "second"): ""},
            follow=True,
        )
    )
    assert "理由已保存" in page
    assert "喜欢物理" in text(client.get(url("my_reasons", stage)))
    client.post(url("my_wishes", stage), posted(stage, 2, second="1"))
    assert saved_wishes(stage.mine(0)).sentence == "1 周敏甲老师"


def why(stage: Stage, post: str) -> str:
    return f"why_{stage.key(post)}"


def test_a_reason_stays_with_its_mentor_when_the_wishes_changed_on_another_page(
    stage: Stage, sign_in: SignIn
) -> None:
    stage.open()
    client, reasons = sign_in("student"), url("my_reasons", stage)
    client.post(url("my_wishes", stage), posted(stage, 0, mentor="1", second="2"))
    client.get(reasons)  # stays open, while the order changes elsewhere
    client.post(url("my_wishes", stage), posted(stage, 1, mentor="2", second="1"))
    client.post(reasons, {why(stage, "mentor"): "他教我物理"})
    saved = saved_wishes(stage.mine(0))
    assert dict(zip(saved.names, saved.reasons, strict=True))["李晓明甲老师"] == "他教我物理"
    page = text(client.post(reasons, {why(stage, "leader"): "他会写诗", why(stage, "second"): "她教化学"}))
    assert "「他会写诗」写的那位老师已经不在你的志愿里" in page
    assert "她教化学" in page  # nothing that was typed is lost


@pytest.mark.row("R45")
def test_saving_is_partial_safe_and_ends_with_the_deadline(stage: Stage, sign_in: SignIn) -> None:
    """R45: 1–k wishes with optional reasons and up to 2 to avoid; an empty rank does not erase others; after the
    deadline nobody but the office, with a log."""
    stage.open()
    client = sign_in("student")
    wishes = url("my_wishes", stage)
    client.post(wishes, posted(stage, 0, mentor="1", second="2", leader="avoid"))
    client.post(url("my_reasons", stage), {why(stage, "mentor"): "", why(stage, "second"): "想学化学"})
    assert saved_wishes(stage.mine(0)).reasons == ("", "想学化学")
    # the first rank emptied: the second is kept (and moves up)
    client.post(wishes, posted(stage, 2, second="2", leader="avoid"))
    assert saved_wishes(stage.mine(0)).sentence == "1 周敏甲老师；回避书记甲老师"
    # a request that does not carry the other mentors at all (a broken connection, a filtered page)
    client.post(wishes, {"version": "3", f"picks-{stage.key('grade_head')}": "2"})
    assert saved_wishes(stage.mine(0)).sentence == "1 周敏甲老师、2 组长甲老师；回避书记甲老师"
    too_many = posted(stage, 4, mentor="avoid", second="avoid", leader="avoid")
    assert "最多可以回避 2 位" in text(client.post(wishes, too_many))
    assert "第 1 志愿选了 2 位" in text(client.post(wishes, posted(stage, 4, mentor="1", second="1")))
    assert saved_wishes(stage.mine(0)).names == ("周敏甲老师", "组长甲老师")
    with time_machine.travel(stage.round.closes_at + dt.timedelta(minutes=1)):
        client = sign_in("student")  # the session outlives no week
        page = text(client.post(wishes, posted(stage, 3, mentor="1")))
    assert "填报已经截止，这一次没有保存" in page
    key = stage.key("mentor")
    chosen = page[page.index(f'name="picks-{key}"') :]
    assert '<option value="1" selected>' in chosen[: chosen.index("</select>")]  # nothing he chose is lost
    assert saved_wishes(stage.mine(0)).names == ("周敏甲老师", "组长甲老师")
    stage.close()
    for who in ("mentor", "leader", "guardian"):
        assert sign_in(who).post(wishes, posted(stage, 3, mentor="1")).status_code == 403
    held = stage.mine(0)
    correct_wishes(held, wishes=[key], avoid=[], reason="断网", actor=stage.clerk)
    assert saved_wishes(held).names == ("李晓明甲老师",)
    assert Entry.objects.get(type="wish.corrected").actor == stage.clerk.name


def test_an_empty_list_is_saved_and_not_praised(stage: Stage, sign_in: SignIn) -> None:
    stage.open()
    client = sign_in("student")
    page = text(client.get(url("my_round", stage)))
    assert "没有填的，由学校安排志愿外的老师" in page
    assert "还没有登记" in text(client.get(url("rules", stage)))
    add_round(stage.round.programme, mode="assign", actor=stage.clerk)
    page = text(client.post(url("my_wishes", stage), posted(stage, 0), follow=True))
    assert "你一位老师也没有填" in page
    assert "已保存，截止前" not in page
    assert "没有填的，参加后面的轮次" in page
    stage.close()
    assert "会参加后面的轮次" in text(client.get(url("my_round", stage)))


def test_after_a_change_the_round_does_not_call_the_old_mentor_his(stage: Stage, sign_in: SignIn) -> None:
    stage.open()
    stage.wish(0, "mentor")
    stage.close().propose().see_fairness().publish()
    client = sign_in("student")
    page = text(client.get(url("my_round", stage)))
    assert "后来换过导师" not in page
    assert "你的导师" in page
    bond = stage.student(0).mentorships.get(ACTIVE_PRIMARY)
    change = Change(bond, stage.troupe.posts["second"].pk)
    chain = str(stage.troupe.school.pk)
    with time_machine.travel(now() + dt.timedelta(days=3)):
        replace(
            [change],
            on=today(),
            origin=Origin.CHANGED,
            reason=EndReason.AGREED,
            actor=stage.clerk,
            chain=chain,
        )
        page = text(sign_in("student").get(url("my_round", stage)))
    assert "你现在的导师是周敏甲老师" in page
    assert "公布时排到的导师" in page


def test_two_tabs_the_second_is_told_and_may_insist(stage: Stage, sign_in: SignIn) -> None:
    stage.open()
    client = sign_in("student")
    wishes = url("my_wishes", stage)
    client.post(wishes, posted(stage, 0, mentor="1"))
    page = text(client.post(wishes, posted(stage, 0, second="1")))  # the tab opened before
    assert "你在另一个页面刚保存过志愿，那一次还在：1 李晓明甲老师" in page
    assert 'name="version" value="1"' in page
    assert saved_wishes(stage.mine(0)).names == ("李晓明甲老师",)
    client.post(wishes, posted(stage, 1, second="1"))
    assert saved_wishes(stage.mine(0)).names == ("周敏甲老师",)


def test_a_mentor_of_another_school_cannot_be_smuggled_in(stage: Stage, sign_in: SignIn) -> None:
    stage.open()
    other = Stage(stage.cast, school="other_").open()
    data = posted(stage, 0, mentor="1") | {f"picks-{other.key('mentor')}": "2"}
    page = sign_in("student").post(url("my_wishes", stage), data).content.decode()
    assert "现在不在名单里了" in page
    sign_in("student").post(url("my_wishes", stage), posted(stage, 0, mentor="1"))
    assert saved_wishes(stage.mine(0)).names == ("李晓明甲老师",)


@pytest.mark.row("G5")
def test_the_picker_introduces_mentors_and_gives_no_way_to_reach_them(stage: Stage, sign_in: SignIn) -> None:
    stage.open()
    post = stage.troupe.posts["mentor"]
    write_profile(
        post, intro="带过三届物理竞赛。", interests="长跑", good_at=["XL"], actor=stage.cast.actor("mentor")
    )
    client = sign_in("student")
    mobiles = [person.mobile for person in Person.objects.exclude(mobile_digest="")]
    assert mobiles
    for page in (text(client.get(url("my_wishes", stage))), text(client.get(url("my_mentors", stage)))):
        for shown in ("李晓明甲老师", "物理", "心理疏导", "长跑", "带过三届物理竞赛。"):
            assert shown in page
        assert not any(mobile in page for mobile in mobiles)
        assert "T05" not in page
        assert "@" not in page
    assert "高一" in text(client.get(url("my_mentors", stage)))  # the adviser's grade


def test_mentors_are_filtered_by_subject_and_name(stage: Stage, sign_in: SignIn) -> None:
    stage.open()
    client = sign_in("student")
    page = text(client.get(url("my_mentors", stage), {"subject": "物理"}))
    assert "李晓明甲老师" in page
    assert "周敏甲老师" not in page
    assert "没有符合的老师" in text(client.get(url("my_mentors", stage), {"q": "zzz"}))


def test_after_publication_the_student_sees_mentor_rank_and_why(stage: Stage, sign_in: SignIn) -> None:
    wished(stage).propose()
    client = sign_in("student")
    before = text(client.get(url("my_round", stage)))
    assert "填报已截止" in before
    assert "你的导师" not in before
    stage.publish()
    after = text(client.get(url("my_round", stage)))
    mine = published_placement(stage.actor(0), stage.student(0).pk)
    assert mine
    for shown in ("你的导师", str(mine.mentor), mine.rank_label, mine.reason):
        assert shown in after


@pytest.mark.row("R44")
def test_every_student_has_a_say_and_the_school_sees_how_far_it_was_met(
    stage: Stage, sign_in: SignIn
) -> None:
    """R44: the form for each of them; the rank obtained; shares within the school; nobody with whom he avoids."""
    wished(stage, but_open=True)
    clients = {}
    for n in range(6):
        clients[n] = Client()
        account = stage.student(n).person.account
        clients[n].force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        assert "保存志愿" in text(clients[n].get(url("my_wishes", stage)))
    stage.close().propose().publish()
    run = done_run(stage.round)
    assert run
    for row in placements(run):
        page = text(clients[row.round_student.number - 1].get(url("my_round", stage)))
        assert row.rank_label in page
        assert row.reason in page
        assert not row.round_student.avoidances.filter(mentor=row.mentor_id).exists()
    for who in ("clerk", "leader", "mentor", "worker", "student"):
        page = text(sign_in(who).get(url("rules", stage)))
        for share in shares(run):
            assert share.label in page
            assert f"{share.percent}%" in page
    assert sign_in("other_clerk").get(url("rules", stage)).status_code == 404
    assert sign_in("city").get(url("rules", stage)).status_code == 403


def test_a_round_that_is_not_his_or_not_yet_open_is_not_found(stage: Stage, sign_in: SignIn) -> None:
    stage.draft()
    for name in ("my_round", "my_wishes", "my_mentors", "my_reasons"):
        assert sign_in("student").get(url(name, stage)).status_code == 404
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    for name in ("my_round", "my_wishes", "my_mentors", "my_reasons"):
        assert sign_in("other_student").get(url(name, stage)).status_code == 404
        assert sign_in("mentor").get(url(name, stage)).status_code == 403
        assert sign_in("leader").get(url(name, stage)).status_code == 403
        assert sign_in("guardian").get(url(name, stage)).status_code == 403
        assert sign_in("clerk").get(url(name, stage)).status_code == 403
    assert sign_in("other_student").post(url("my_wishes", stage), posted(stage, 0)).status_code == 404
    assert now() < stage.round.closes_at


@pytest.mark.parametrize(("name", "count"), [("mine", 8), ("my_wishes", 14), ("my_mentors", 13)])
def test_a_students_list_costs_the_same_queries_however_long(
    stage: Stage, sign_in: SignIn, django_assert_num_queries: Any, name: str, count: int
) -> None:
    stage.draft()
    for code in ("T01", "T03", "T04", "T06"):
        set_quota(stage.round.mentors.get(code=code), lower=0, upper=0, actor=stage.clerk)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    client = sign_in("student")
    asked = reverse("rounds:mine") if name == "mine" else url(name, stage)
    client.get(asked)
    with django_assert_num_queries(count):
        client.get(asked)
    stage.round.mentors.filter(code__in=("T03", "T06")).update(upper=3)
    with django_assert_num_queries(count):
        client.get(asked)
