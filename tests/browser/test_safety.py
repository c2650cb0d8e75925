"""A student says, while a review runs, that something concerns safety: he ends with another mentor, and whom he named
reads 「导师调整」 and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from liangshi.foundation.base.clock import today
from liangshi.practice.matching.actions.programmes import confirm_round
from liangshi.practice.matching.actions.rounds import check, open_round
from liangshi.practice.plans.choices import Mode
from liangshi.practice.relations.models import Concern
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from tests.asking import SignIn
from tests.browser.test_wishes import PHONE, enter
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_programmes import add, balance, finish, play, review

DESK = {"width": 1440, "height": 900}
NOT_FOR_HIM = ("安全", "申请", "举报", "欧阳雨桐", "提出")


@pytest.mark.row("R49", "R61", "G3", "G10", "N12")
def test_a_safety_request_during_a_review_ends_with_another_mentor(
    browser: Browser, live_server: LiveServer, stage: Stage, sign_in: SignIn
) -> None:
    review(stage)
    Mentorship.objects.update(starts_on=today() - dt.timedelta(60))  # the trial is over: the office decides
    last = add(stage, Mode.ASSIGN)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    student = stage.student(0)
    assert str(now_with(stage)) == "李晓明甲老师"

    def sits(name: str, size: dict[str, int] = PHONE, role: Role | None = None) -> Page:
        page = browser.new_context(viewport=size, locale="zh-CN", base_url=live_server.url).new_page()  # type: ignore[arg-type]
        enter(page, live_server, str(sign_in(name, role).session.session_key))
        return page

    his = sits("student")
    his.goto(f"/relations/students/{student.pk}/change")
    his.get_by_label("这件事关系到安全").check()
    his.get_by_label("理由").fill("他让我害怕。")
    his.get_by_role("button", name="提出申请").click()
    expect(his.get_by_text("学校").first).to_be_visible()

    office = sits("clerk", DESK)
    office.goto("/agenda/")
    office.get_by_role("link", name="办理一份换导师申请").first.click()
    office.get_by_label("新的导师").select_option(str(stage.troupe.posts["second"].pk))
    office.get_by_role("button", name="同意", exact=True).click()
    new = sits("second", role=Role.MENTOR)
    new.goto("/relations/offers")
    new.get_by_role("button", name="愿意").click()
    assert str(now_with(stage)) == "周敏甲老师"

    # The review ends as if nothing had happened: the pair that it began with would have gone on.
    finish(stage, stage.round)
    confirm_round(stage.again().round, actor=stage.clerk)
    play(stage, last)
    balance(last.programme)
    leads = sits("leader", DESK)
    leads.goto(f"/rounds/all/{last.programme_id}/publish")
    leads.get_by_role("button", name="公布结果", exact=True).click()
    expect(leads.get_by_text("已公布").first).to_be_visible()
    assert str(now_with(stage)) == "周敏甲老师"
    his.goto("/")
    expect(his.get_by_text("周敏甲老师").first).to_be_visible()
    assert "原来就是你的导师" not in his.content()

    accused = sits("mentor")
    for address in ("/", "/notices", "/agenda/", "/relations/letters"):
        accused.goto(address)
        main = accused.locator("main").inner_text()
        assert not [word for word in NOT_FOR_HIM if word in main], address
        if address == "/notices":
            assert "导师调整：从今天起，您的 1 名学生由别的老师指导" in main
    assert Concern.objects.get().state == "open"  # nobody but an answer closes it


def now_with(stage: Stage) -> object:
    return Mentorship.objects.get(ACTIVE_PRIMARY, student=stage.student(0)).mentor
