"""From an empty school to a published matching, through the screens alone: the office at a desk, everybody else on a
phone. That every screen of every role holds at both, test_screens.py says.

What is not done on a screen: two schools with a clerk and a leader each stand there, and the worker's turn is
taken by the test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from liangshi.foundation.base.worker import Worker
from liangshi.foundation.jobs import NO_WORKER
from liangshi.registry.access.choices import Role
from liangshi.registry.accounts.models import Account
from liangshi.registry.people.choices import Post
from liangshi.registry.people.models import ClassPost, Student
from liangshi.registry.schools.choices import BureauKind, Ownership
from liangshi.registry.schools.models import Bureau, School
from tests.cast import PASSWORD, grant, person, staff

CLASS = "高一(1)班"
PHONE, DESK = (390, 844), (1440, 900)
WISHERS = 3


@pytest.fixture(autouse=True)
def _in_november_2026() -> Iterator[None]:
    """The year for which the rosters were made."""
    with time_machine.travel(dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)):
        yield


@dataclass(frozen=True)
class Slip:
    """What stands on a printed slip."""

    name: str
    about: str
    login: str
    code: str


class People:
    """Opens a browser of his own for each person."""

    def __init__(self, browser: Browser, server: LiveServer) -> None:
        self.browser = browser
        self.url = server.url
        self.active: dict[str, Page] = {}

    def _page(self, size: tuple[int, int]) -> Page:
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",  # type: ignore[arg-type]
        )
        return context.new_page()

    def sign_in(self, login: str) -> Page:
        page = self._page(DESK)
        page.goto("/sign-in")
        page.get_by_label("账号", exact=True).fill(login)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("登录")
        return page

    def activate(self, slip: Slip) -> Page:
        """Signed in with the slip. Who has used his slip keeps his page: a mentor may be the adviser too."""
        if slip.login in self.active:
            return self.active[slip.login]
        page = self.active[slip.login] = self._page(PHONE)
        page.goto("/activate")
        page.get_by_label("账号", exact=True).fill(slip.login)
        page.get_by_label("启用码").fill(slip.code)
        page.get_by_label("给自己设一个密码").fill(PASSWORD)
        page.get_by_label("再输一遍密码").fill(PASSWORD)
        page.get_by_role("button", name="启用并登录").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(slip.name)
        return page


def school(code: str, name: str, clerk: str, leader: str) -> School:
    """An empty school whose clerk and leader may sign in as `clerk` and `leader`."""
    city, _ = Bureau.objects.get_or_create(
        kind=BureauKind.CITY, defaults={"official_name": "示范市教育局", "short_name": "市教育局"}
    )
    row = School.objects.create(
        code=code, name=name, short_name=name, ownership=Ownership.PUBLIC, bureau=city
    )
    for number, (login, role) in enumerate(((clerk, Role.CLERK), (leader, Role.LEADER)), 1):
        who = person(f"{name[2]}{role.label}")
        staff(row, f"Z{number:03d}", who, post=Post.ASSISTANT)
        grant(who, role, school=row)
        account = Account.objects.get(person=who)
        account.login = login
        account.set_password(PASSWORD)
        account.save()
    return row


def go(page: Page, *links: str) -> None:
    for link in links:
        page.get_by_role("link", name=link).first.click()


def bring(page: Page, file: Path) -> None:
    """上传 → 确认列 → 看差异 → 完成."""
    page.goto("/")
    go(page, "导入名册")
    if page.get_by_label("名册文件").count() == 0:
        go(page, "导入名册")
    page.get_by_label("名册文件").set_input_files(file)
    page.get_by_role("button", name="上传").click()
    page.get_by_role("button", name="看差异").click()
    page.get_by_role("button", name="整份导入").click()
    expect(page.get_by_text("名册已导入。")).to_be_visible()


def print_slips(page: Page, other: Page, whom: str, group: str = "") -> list[Slip]:
    """One asks on `page`, another agrees on `other`, and the first prints."""
    page.goto("/slips/new/")
    page.get_by_label(whom).check()
    if group:
        page.get_by_label("班级").select_option(group)
    page.get_by_role("button", name="申请", exact=True).click()
    page.wait_for_url("**/slips/")
    other.goto("/agenda/")
    go(other, "1 次启用字条等您决定")
    other.get_by_role("button", name="同意", exact=True).click()
    page.goto("/agenda/")
    go(page, "1 份启用字条可以打印了", "打印字条")
    page.get_by_role("button", name="生成字条").click()
    expect(page.locator(".slip").first).to_be_visible()
    return [
        Slip(
            slip.locator("h2").inner_text(),
            slip.locator("p").first.inner_text(),
            slip.locator("b").inner_text(),
            slip.locator(".slip-code").inner_text(),
        )
        for slip in page.locator(".slip").all()
    ]


def begin_year(page: Page) -> None:
    page.goto("/years")
    go(page, "建立学年")
    page.get_by_label("从哪一年的秋季开始").fill("2026")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="2026-2027")).to_be_visible()


def open_round(page: Page) -> str:
    """Returns the address of the round."""
    page.goto("/")
    go(page, "匹配", "建第一轮")
    page.get_by_role("button", name="建好这一轮").click()
    page.get_by_role("button", name="检查可行性").click()
    go(page, "开启填报")
    page.get_by_role("button", name="开启填报").click()
    expect(page.get_by_text("已开启，学生、导师和家长都收到了通知。")).to_be_visible()
    return page.url


def wish(page: Page, first: int) -> list[str]:
    """The student picks three of the mentors offered to him, in order; returns their names."""
    page.goto("/")
    go(page, "选导师")
    page.get_by_role("link", name="填志愿", exact=True).click()
    cards = page.locator("[data-pick]")
    names = [str(cards.nth(first + step).get_attribute("data-pick")) for step in range(3)]
    for name in names:
        page.get_by_role("button", name=f"选 {name}", exact=True).click()
    page.get_by_role("button", name="保存志愿").click()
    expect(page.get_by_text("已保存，截止前都可以改").first).to_be_visible()
    return names


def match(page: Page, address: str) -> None:
    """提前截止 → 运算 → 公布."""
    page.goto(address)
    go(page, "提前截止")
    page.get_by_role("button", name="现在截止").click()
    page.get_by_role("link", name="运算", exact=True).click()
    page.get_by_role("button", name="开始运算").click()
    expect(page.get_by_text(NO_WORKER)).to_be_visible()
    Worker().run()
    page.goto(address)
    go(page, "看提案")
    expect(page.get_by_text("已通过独立核验")).to_be_visible()
    go(page, "公布结果")
    page.get_by_role("button", name="公布结果").click()
    expect(page.get_by_text("已公布。学生、导师、家长和班主任都收到了各自的通知。")).to_be_visible()


def mentor_of(page: Page) -> str:
    """The name on a student's own card of his mentor."""
    return page.locator(".person-name").first.inner_text()


def find(slips: list[Slip], name: str, about: str = "") -> Slip:
    (slip,) = [slip for slip in slips if slip.name == name and about in slip.about]
    return slip


@pytest.mark.row("R39", "R44")
def test_a_school_from_empty_to_published(
    browser: Browser,
    live_server: LiveServer,
    roster_file: Callable[[str], Path],
) -> None:
    school("3134009901", "示范丙中学", "bing-clerk", "bing-leader")
    school("3134009902", "示范丁中学", "ding-clerk", "ding-leader")
    people = People(browser, live_server)

    clerk = people.sign_in("bing-clerk")
    for name in ("teachers.xlsx", "national_students.xlsx"):
        bring(clerk, roster_file(name))
    begin_year(clerk)
    address = open_round(clerk)
    leader = people.sign_in("bing-leader")
    of_students = print_slips(clerk, leader, "学生", CLASS)
    of_guardians = print_slips(clerk, leader, "家长", CLASS)
    of_staff = print_slips(clerk, leader, "教职工")

    wishes: dict[str, list[str]] = {}
    pages: dict[str, Page] = {}
    for number, slip in enumerate(of_students[:WISHERS]):
        pages[slip.name] = people.activate(slip)
        wishes[slip.name] = wish(pages[slip.name], number)
    match(clerk, address)

    for name, page in pages.items():
        page.goto("/")
        expect(page.get_by_text("为什么是这位导师")).to_be_visible()
        assert mentor_of(page) in wishes[name]
    student, page = next(iter(pages.items()))
    mentor = mentor_of(page).removesuffix("老师")

    at_home = people.activate(next(slip for slip in of_guardians if f"{student}的" in slip.about))
    expect(at_home.get_by_text(f"{mentor}老师").first).to_be_visible()
    expect(at_home.get_by_text("为什么是这位导师")).to_have_count(0)  # the wish is the child's own

    teacher = people.activate(find(of_staff, mentor))
    change_hat(teacher, "导师")
    expect(teacher.get_by_role("link", name=student)).to_be_visible()

    adviser = people.activate(find(of_staff, adviser_name()))
    change_hat(adviser, "班主任")
    expect(adviser.get_by_role("link", name=student)).to_contain_text(f"{mentor}老师")

    elsewhere(people.sign_in("ding-clerk"), address, student)


def adviser_name() -> str:
    post = ClassPost.objects.get(is_adviser=True, class_group__number=1, class_group__cohort__entry_year=2026)
    return post.staff.person.name


def change_hat(page: Page, role: str) -> None:
    """Put on another hat, if the first one is not it."""
    page.goto("/hats")
    page.get_by_role("button", name=role).first.click()
    page.goto("/")


def elsewhere(page: Page, address: str, student: str) -> None:
    """The other school's clerk sees none of it."""
    key = Student.objects.get(person__name=student, enrolments__class_group__number=1).pk
    answers = [page.goto(path) for path in (address, f"{address}/result", f"/students/{key}")]
    assert [answer and answer.status for answer in answers] == [404, 404, 404]
    page.goto("/rounds/")
    expect(page.get_by_text("还没有匹配过")).to_be_visible()
    page.goto("/students")
    expect(page.get_by_text("共 0 名学生")).to_be_visible()
    page.goto("/rosters/")
    expect(page.get_by_text("共 0 次")).to_be_visible()
    page.goto(f"/search?q={student}")
    expect(page.get_by_text("没有找到")).to_be_visible()
