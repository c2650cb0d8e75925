"""The gallery in a real browser: nothing scrolls sideways, nothing breaks the policy, the picker works."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

PAGES = [
    "/",
    "/form",
    "/picker",
    "/list",
    "/charts",
    "/form-page",
    "/confirm",
    "/progress",
    "/plain",
    "/slips",
]
TARGETS = "a.button, button, summary, .nav a, input[type=text], select, .row a, .back"
SMALL_TARGETS = """(targets) => [...document.querySelectorAll(targets)]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44)
    .map((e) => e.outerHTML.slice(0, 80))"""


@pytest.fixture
def phone(chromium: Browser, gallery_url: str) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=gallery_url, viewport={"width": 360, "height": 740}, has_touch=True
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_scrolls_sideways_or_complains(chromium: Browser, gallery_url: str, width: int) -> None:
    context = chromium.new_context(base_url=gallery_url, viewport={"width": width, "height": 800})
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert complaints == [], path
        if width < 960:
            assert page.evaluate(SMALL_TARGETS, TARGETS) == [], path
    context.close()


def test_chart_is_drawn_as_svg_and_its_numbers_are_a_table(phone: Page) -> None:
    phone.goto("/charts")
    expect(phone.locator("#weeks svg")).to_be_visible()
    table = phone.locator(".chart", has=phone.locator("#weeks")).locator("table")
    expect(table).to_be_hidden()
    phone.get_by_text("看数字").last.click()
    expect(table).to_be_visible()


def test_chart_without_javascript_is_its_table(chromium: Browser, gallery_url: str) -> None:
    context = chromium.new_context(base_url=gallery_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/charts")
    expect(page.get_by_role("row", name="示范中学 97")).to_be_visible()
    expect(page.locator("#weeks")).to_be_hidden()
    context.close()


def test_tap_ranks_tap_again_removes(phone: Page) -> None:
    phone.goto("/picker")
    order = phone.locator("[data-order]")
    expect(order).to_have_text("1 张老师丁 ×")
    phone.get_by_role("button", name="选 李老师丙", exact=True).tap()
    phone.get_by_role("button", name="选 王老师乙", exact=True).tap()
    phone.get_by_role("button", name="回避 刘老师甲", exact=True).tap()
    expect(order.get_by_role("button")).to_have_text(
        ["1 张老师丁 ×", "2 李老师丙 ×", "3 王老师乙 ×", "回避 刘老师甲 ×"]
    )
    phone.get_by_role("button", name="第 2 志愿 李老师丙").tap()
    expect(order.get_by_role("button")).to_have_text(["1 张老师丁 ×", "2 王老师乙 ×", "回避 刘老师甲 ×"])
    phone.get_by_role("button", name="保存志愿").tap()
    expect(phone.get_by_text("已保存 T03 T01，回避 T04。")).to_be_visible()


def test_picker_stops_at_its_limits_and_says_so(phone: Page) -> None:
    phone.goto("/picker")
    for name in ("王老师乙", "李老师丙", "刘老师甲", "陈老师乙"):
        phone.get_by_role("button", name=f"选 {name}", exact=True).tap()
    phone.get_by_role("button", name="选 杨老师丙", exact=True).tap()
    expect(phone.locator("[data-said]")).to_have_text("已经选满 5 位。先去掉一位，再选杨老师丙。")
    for name in ("杨老师丙", "赵老师丁", "黄老师甲"):
        phone.get_by_role("button", name=f"回避 {name}", exact=True).tap()
    expect(phone.locator("[data-said]")).to_have_text("最多回避 2 位。")
    expect(phone.locator("[data-order] button")).to_have_count(7)


def test_picker_by_keyboard(phone: Page) -> None:
    phone.goto("/picker")
    phone.get_by_role("button", name="选 王老师乙", exact=True).focus()
    phone.keyboard.press("Enter")
    chosen = phone.get_by_role("button", name="第 2 志愿 王老师乙")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    expect(chosen).to_be_focused()
    phone.keyboard.press("Space")
    expect(phone.get_by_role("button", name="选 王老师乙", exact=True)).to_be_focused()


def test_picker_without_javascript(chromium: Browser, gallery_url: str) -> None:
    context = chromium.new_context(base_url=gallery_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/picker")
    page.get_by_label("王老师乙").select_option("2")
    page.get_by_label("刘老师甲").select_option("avoid")
    page.get_by_role("button", name="保存志愿").click()
    expect(page.get_by_text("已保存 T03 T01，回避 T04。")).to_be_visible()
    context.close()


def test_filter_applies_on_change_and_is_in_the_address(phone: Page) -> None:
    phone.goto("/list")
    phone.get_by_label("状态").select_option("待匹配")
    expect(phone.get_by_text("共 20 名学生")).to_be_visible()
    assert "state=" in phone.url


def test_progress_ends_by_itself(phone: Page) -> None:
    phone.goto("/progress")
    expect(phone.get_by_text("正在匹配")).to_be_visible()
    expect(phone.get_by_role("link", name="看结果")).to_be_visible(timeout=8000)


def test_menus_open_and_close(phone: Page) -> None:
    phone.goto("/list")
    phone.get_by_text("更多").tap()
    expect(phone.get_by_role("link", name="设置")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("link", name="设置")).to_be_hidden()
    phone.locator(".hat summary").tap()
    expect(phone.get_by_role("button", name="退出登录")).to_be_visible()


def test_skip_link_comes_first(phone: Page) -> None:
    phone.goto("/")
    phone.keyboard.press("Tab")
    expect(phone.get_by_role("link", name="跳到正文")).to_be_focused()
