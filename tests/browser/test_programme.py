"""A programme of four modes through the pages: a school with twelve clubs, 社团 → 双向选择 → 志愿优配 → 行政指派.

Each person sits at his own screen: students and mentors at a phone, office and leader at a desk. A handful of
students choose on their pages; the others do the same through the actions. The worker's turn is taken by the test.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.worker import Worker
from liangshi.practice.matching.actions.wishes import save_wishes
from liangshi.practice.matching.choices import ProgrammeState, Verdict
from liangshi.practice.matching.models import Programme, Round, RoundStudent
from liangshi.practice.matching.queries.programmes import placed_in, standing, steps
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.middleware import SESSION_KEY
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import Gender
from liangshi.registry.people.models import Club, ClubMember, Person, Student
from tests.cast import build, person, staff, student
from tests.practice.matching.stage import Stage

PHONE, DESK = (390, 844), (1440, 900)
CLUBS = 12
MEMBERS = 4
STUDENTS = 72  # besides the six of the cast
PLACES = 5  # of each mentor, in this programme
SOUGHT = "李晓明甲老师"
REFUSALS = ("暂不合适", "婉拒", "拒绝")


@dataclass
class Town:
    """The school and the browsers of its people."""

    stage: Stage
    students: list[Student]
    browser: Browser
    url: str

    def page(self, who: Person, role: Role, size: tuple[int, int]) -> Page:
        hat = next(hat for hat in hats_of(who, today()) if hat.role == role)
        client = Client()
        client.force_login(who.account, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[SESSION_KEY] = hat.key
        session.save()
        context: BrowserContext = self.browser.new_context(
            base_url=self.url, viewport={"width": size[0], "height": size[1]}, locale="zh-CN"
        )
        context.add_cookies([{"name": "session", "value": str(session.session_key), "url": self.url}])
        return context.new_page()

    def pupil(self, n: int) -> Page:
        return self.page(self.students[n].person, Role.STUDENT, PHONE)

    def acting(self, n: int) -> Actor:
        who = self.students[n].person
        return Actor(who.account.pk, who.pk, who.name, hats_of(who, today())[0])

    def mine(self, row: Round, n: int) -> RoundStudent:
        return RoundStudent.objects.get(round=row, student=self.students[n])

    def wish(self, row: Round, n: int, *codes: str) -> None:
        keys = {one.code: str(one.pk) for one in row.mentors.all()}
        held = self.mine(row, n)
        save_wishes(
            held, wishes=[keys[code] for code in codes], avoid=(), version=held.version, actor=self.acting(n)
        )


def settle_town(browser: Browser, server: LiveServer) -> Town:
    """Two classes, twelve clubs of four with an adviser each; the first student is in two of them."""
    stage = Stage(build()).free()
    troupe = stage.troupe
    pupils = list(troupe.students)
    for n in range(STUDENTS):
        pupils.append(
            student(
                troupe.school,
                troupe.class_1 if n % 2 else troupe.class_2,
                f"学生甲{n + 1:02d}",
                100 + n,
                since=troupe.year.starts_on,
                gender=Gender.MALE if n % 4 < 2 else Gender.FEMALE,
            )
        )
    for turn in range(CLUBS):
        adviser = staff(troupe.school, f"C{turn:02d}", person(f"社师甲{turn + 1:02d}"), subject="历史")
        club = Club.objects.create(year=troupe.year, name=f"社团{turn + 1:02d}", adviser=adviser)
        members = pupils[6 + turn * MEMBERS : 6 + (turn + 1) * MEMBERS]
        for one in [*members, *([pupils[6]] if turn == 1 else [])]:
            ClubMember.objects.create(club=club, student=one, starts_on=troupe.year.starts_on)
    return Town(stage, pupils, browser, server.url)


def go(page: Page, *links: str) -> None:
    for link in links:
        page.get_by_role("link", name=link, exact=True).first.click()


def build_programme(page: Page) -> Programme:
    """The office makes the programme with its four rounds, and gives each mentor five places."""
    page.goto("/rounds/")
    go(page, "建第一轮")
    page.get_by_label("第一轮的方式").select_option(label="社团")
    page.get_by_role("button", name="建好这一轮").click()
    go(page, "改设置")
    page.get_by_label("每位导师至多带几名").fill(str(PLACES))
    page.get_by_role("button", name="保存设置").click()
    programme = Programme.objects.get()
    for mode in ("双向选择", "志愿优配", "行政指派"):
        page.goto(f"/rounds/all/{programme.pk}")
        go(page, "再加一轮")
        page.get_by_label(mode).check()
        page.get_by_role("button", name="加这一轮").click()
        expect(page.get_by_text("加好了")).to_be_visible()
    for number, mode in enumerate(("社团", "双向选择", "志愿优配", "行政指派"), 1):
        expect(page.get_by_role("link", name=f"第 {number} 轮 · {mode}")).to_be_visible()
    return programme


def open_next(page: Page, programme: Programme, verb: str) -> Round:
    """Check the round that is next, and open it; returns it."""
    page.goto(f"/rounds/all/{programme.pk}")
    go(page, "去检查")
    page.get_by_role("button", name="检查可行性").click()
    expect(page.get_by_text("已经证明可行")).to_be_visible()
    go(page, verb)
    page.get_by_role("button", name=verb, exact=True).click()
    return Round.objects.get(pk=page.url.rsplit("/", 1)[1])


def close(page: Page, row: Round) -> None:
    page.goto(f"/rounds/{row.pk}")
    go(page, "提前截止")
    page.get_by_role("button", name="现在截止").click()


def compute(page: Page, row: Round) -> None:
    page.goto(f"/rounds/{row.pk}")
    go(page, "运算")
    page.get_by_role("button", name="开始运算").click()
    Worker().run()
    page.goto(f"/rounds/{row.pk}")
    expect(page.get_by_text("通过独立核验")).to_be_visible()


def confirm(page: Page, row: Round) -> None:
    page.goto(f"/rounds/{row.pk}")
    go(page, "确认这一轮")
    page.get_by_role("button", name="确认这一轮").click()
    expect(page.get_by_text("这一轮确认了。")).to_be_visible()


def rank(page: Page, row: Round, *names: str) -> None:
    """A student picks mentors in order on his phone."""
    page.goto("/rounds/mine")
    if page.get_by_role("link", name="填志愿", exact=True).count() == 0:  # he has been in other rounds
        page.get_by_role("link", name=row.title).first.click()
    go(page, "填志愿")
    for name in names:
        page.get_by_role("button", name=f"选 {name}", exact=True).click()
    page.get_by_role("button", name="保存志愿").click()
    expect(page.get_by_text("已保存，截止前都可以改").first).to_be_visible()


def clubs(town: Town, clerk: Page, programme: Programme) -> Round:
    """Who is in two clubs chooses on his phone; the members of one go to its adviser."""
    row = open_next(clerk, programme, "开启选社团")
    pupil = town.pupil(6)
    pupil.goto(f"/rounds/mine/{row.pk}")
    expect(pupil.get_by_text("你参加了 2 个社团")).to_be_visible()
    go(pupil, "选社团")
    pupil.get_by_label("社团02").check()
    pupil.get_by_role("button", name="保存").click()
    expect(pupil.get_by_text("社师甲02老师")).to_be_visible()
    close(clerk, row)
    compute(clerk, row)
    confirm(clerk, row)
    placed = {one.round_student.student_id: one.mentor.code for one in placed_in(row)}
    assert len(placed) == CLUBS * MEMBERS
    assert placed[town.students[6].pk] == "C01"
    return row


def both_sides(town: Town, clerk: Page, programme: Programme) -> tuple[Round, int]:
    """Eight of one class want one mentor, who answers three of them on his phone. Returns whom he declined."""
    row = open_next(clerk, programme, "开启填报")
    first, others = [], []
    for held in row.students.order_by("number"):
        n = next(n for n, one in enumerate(town.students) if one.pk == held.student_id)
        (first if held.class_group == town.stage.troupe.class_1 else others).append(n)
    rank(town.pupil(first[0]), row, SOUGHT, "周敏甲老师")
    for n in first[1:8]:
        town.wish(row, n, "T05")
    for turn, n in enumerate(others[:8]):
        town.wish(row, n, "T04" if turn % 2 else "T06")
    clerk.goto(f"/rounds/{row.pk}")
    go(clerk, "提前请导师回应")
    clerk.get_by_role("button", name="截止填报，请导师回应").click()
    expect(clerk.get_by_text("导师正在回应")).to_be_visible()
    mentor = town.page(town.stage.troupe.people["mentor"], Role.MENTOR, PHONE)
    mentor.goto("/")
    expect(mentor.get_by_role("heading", name="请您回应")).to_be_visible()
    mentor.goto(f"/rounds/answers/{row.pk}")
    expect(mentor.get_by_text("志愿", exact=False)).to_have_count(0)  # neither rank nor reason
    for n, said in zip(first, (Verdict.UNFIT, Verdict.FAIR, Verdict.WILLING), strict=False):
        card = mentor.locator(f'form:has(input[value="{town.mine(row, n).pk}"])')
        card.get_by_role("button", name=said.label, exact=True).click()
        expect(card.get_by_role("button", name=said.label, exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
    assert mentor.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    clerk.goto(f"/rounds/{row.pk}")
    expect(clerk.get_by_text("愿意 1，一般 1，暂不合适 1")).to_be_visible()
    close(clerk, row)
    compute(clerk, row)
    confirm(clerk, row)
    return row, first[0]


def wishes(town: Town, clerk: Page, programme: Programme) -> Round:
    """One student ranks on his phone, eight more have, the rest do not; one is moved and brought back."""
    row = open_next(clerk, programme, "开启填报")
    keys = {one.pk: n for n, one in enumerate(town.students)}
    left = [keys[held.student_id] for held in row.students.order_by("number")]
    rank(town.pupil(left[0]), row, "社师甲03老师", "社师甲04老师")
    for turn, n in enumerate(left[1:9]):
        town.wish(row, n, f"C{turn + 3:02d}")
    close(clerk, row)
    compute(clerk, row)
    move_and_undo(clerk, row)
    confirm(clerk, row)
    return row


def move_and_undo(page: Page, row: Round) -> None:
    moved = placed_in(row).order_by("round_student__number")[0]
    name, mentor = str(moved.round_student), str(moved.mentor)
    page.goto(f"/rounds/{row.pk}")
    go(page, "个别调整")
    page.get_by_role("link", name=name).first.click()
    page.get_by_role("link", name="组长甲老师").click()
    page.get_by_role("button", name="调整", exact=True).click()
    expect(page.get_by_text("请从列表里选一个调整的原因").first).to_be_visible()  # not without a reason
    page.get_by_label("原因").select_option(label="照顾住宿安排")
    page.get_by_role("button", name="调整", exact=True).click()
    expect(page.get_by_text(f"已把{name}从{mentor}调到组长甲老师。")).to_be_visible()
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_text(f"已撤销：{name}回到{mentor}。")).to_be_visible()
    moved.refresh_from_db()
    assert str(moved.mentor) == mentor


def publish(page: Page, programme: Programme) -> None:
    """The leader cannot publish before he has ticked the wide differences that the steps had."""
    page.goto(f"/rounds/all/{programme.pk}")
    expect(page.get_by_text("每名学生都有了着落")).to_be_visible()
    ticked = 0
    while page.get_by_role("link", name="看公平情况").count():
        if not ticked:
            page.goto(f"/rounds/all/{programme.pk}/publish")
            expect(page.get_by_text("点「我看过了」").first).to_be_visible()
        page.goto(f"/rounds/all/{programme.pk}")
        go(page, "看公平情况")
        page.get_by_role("button", name="我看过了").click()
        expect(page.get_by_text("记下了：您看过这份提案的公平情况。")).to_be_visible()
        ticked += 1
        page.goto(f"/rounds/all/{programme.pk}")
    assert ticked
    go(page, "公布结果")
    page.get_by_role("button", name="公布结果").click()
    expect(page.get_by_text("导师关系已经生效")).to_be_visible()


def refusals_on(page: Page, *paths: str) -> list[str]:
    found = []
    for path in paths:
        answer = page.goto(path)
        assert answer
        assert answer.status == 200, path
        found += [f"{path}: {word}" for word in REFUSALS if word in page.content()]
    return found


@pytest.mark.row("R42", "R44", "R46", "R47")
@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_four_modes_from_clubs_to_nobody_left(browser: Browser, live_server: LiveServer) -> None:
    town = settle_town(browser, live_server)
    people = town.stage.troupe.people
    clerk = town.page(people["clerk"], Role.CLERK, DESK)
    programme = build_programme(clerk)
    clubs(town, clerk, programme)
    asked, declined = both_sides(town, clerk, programme)
    wishes(town, clerk, programme)
    last = open_next(clerk, programme, "定下名单")
    compute(clerk, last)
    leader = town.page(people["leader"], Role.LEADER, DESK)
    publish(leader, programme)

    programme.refresh_from_db()
    assert programme.state == ProgrammeState.TRIAL
    held = standing(programme)
    assert (held.students, held.placed, held.remaining) == (len(town.students),) * 2 + (0,)
    assert [step.falls_on == 0 for step in steps(programme)] == [False, False, False, True]
    everybody = Mentorship.objects.filter(student__in=town.students, kind=Kind.PRIMARY, ends_on__isnull=True)
    assert everybody.count() == len(town.students)

    pupil = town.pupil(declined)
    assert refusals_on(pupil, "/", f"/rounds/mine/{asked.pk}", f"/rounds/{asked.pk}/rules") == []
    pupil.goto("/")
    expect(pupil.get_by_text("周敏甲老师").first).to_be_visible()
    expect(pupil.get_by_text("周敏甲老师是你的第二志愿，安排给你").first).to_be_visible()
    office = [f"/rounds/{asked.pk}", f"/rounds/{asked.pk}/result", f"/rounds/{asked.pk}/result/mentors"]
    office += [
        f"/rounds/all/{programme.pk}/result",
        f"/rounds/{asked.pk}/fairness",
        f"/rounds/{asked.pk}/verify",
    ]
    for reader in (clerk, leader):
        assert refusals_on(reader, *office) == []
    for context in browser.contexts:
        context.close()
