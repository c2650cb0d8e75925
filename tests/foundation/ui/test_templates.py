"""Every page of the gallery renders, and no template breaks the content-security policy."""

import re
from pathlib import Path

import pytest
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client

from liangshi.foundation.ui.shell import NavItem, phone_bar
from liangshi.foundation.ui.wheel import Spoke, Wheel

SOURCE = Path(__file__).resolve().parents[3] / "src"
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


def render(template: str, **context: object) -> str:
    return Template("{% load ui %}" + template).render(Context(context))


@pytest.mark.parametrize("path", PAGES)
def test_page_renders(page_client: Client, path: str) -> None:
    response = page_client.get(path)
    assert response.status_code == 200
    assert "<h" in response.content.decode()


def test_no_template_has_inline_style_or_script() -> None:
    templates = list(SOURCE.rglob("templates/**/*.html"))
    assert len(templates) > 30
    for template in templates:
        text = re.sub(r"\{%.*?%\}", "", template.read_text())  # `style=` is also a parameter of tags
        assert not re.search(r"\sstyle\s*=", text), f"{template}: style attribute"
        assert not re.search(r"<style\b", text), f"{template}: inline style sheet"
        assert not re.search(r"\son[a-z]+\s*=|hx-on|javascript:", text), f"{template}: inline handler"
        for script in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in script, f"{template}: inline script {script}"


def test_style_sheets_use_only_what_old_phones_know() -> None:
    for sheet in SOURCE.rglob("static/ui/css/*.css"):
        text = sheet.read_text()
        for modern in ("light-dark(", "color-mix(", "oklch(", ":has(", "@layer", "@container", "gradient("):
            assert modern not in text, f"{sheet.name}: {modern}"
        if sheet.name != "tokens.css":
            colours = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", text))
            assert sheet.name == "print.css" or not colours, f"{sheet.name}: colours outside tokens {colours}"


def test_text_is_escaped() -> None:
    evil = "<script>alert(1)</script>"
    for tag in (
        "{% list_row e sub=e person=e meta=e state=e %}",
        "{% card e note=e %}{{ e }}{% endcard %}",
        "{% page_heading e sub=e %}{% endpage_heading %}",
        "{% figure e e note=e %}",
        "{% person e e %}{% badge e %}{% empty e e %}{% fact e e %}",
    ):
        assert "<script" not in render(tag, e=evil)


def test_icon_is_hidden_from_readers_and_whole() -> None:
    svg = render('{% icon "layout-dashboard" %}')
    assert 'aria-hidden="true"' in svg
    assert svg.count("<rect") == 4
    assert all("width=" in rect for rect in re.findall(r"<rect[^>]*>", svg))


def test_badge_has_word_and_shape_and_refuses_an_unknown_tone() -> None:
    badge = render('{% badge "退回" "bad" %}')
    assert "退回" in badge
    assert "<svg" in badge
    with pytest.raises(TemplateSyntaxError, match="pink"):
        render('{% badge "退回" "pink" %}')


@pytest.mark.parametrize(
    ("level", "tone", "role"),
    [
        (messages.SUCCESS, "good", "status"),
        (messages.WARNING, "warn", "status"),
        (messages.ERROR, "bad", "alert"),
        (messages.INFO, "info", "status"),
    ],
)
def test_a_message_is_told_in_the_tone_of_its_level(level: int, tone: str, role: str) -> None:
    told = render("{% message each %}", each=Message(level, "改好了 <b>"))
    assert f'class="notice tone-{tone}" role="{role}"' in told
    assert "<svg" in told
    assert "改好了 &lt;b&gt;" in told


def test_wheel_says_in_words_what_its_bars_show(page_client: Client) -> None:
    page = page_client.get("/charts").content.decode()
    study = page[page.index("学业辅导</th>") :].partition("</tr>")[0]
    assert re.findall(r"(\d+) 次</span>\s*<progress value=\"(\d+)\" max=\"6\"", study) == [
        ("5", "5"),
        ("6", "6"),
    ]
    assert "希望" not in study
    assert "希望" in page[page.index("心理疏导</th>") :].partition("</tr>")[0]
    assert Wheel((), (Spoke("学业辅导", ()),)).most == 1


def test_phone_bar_folds_to_five_and_keeps_the_plus() -> None:
    places = [NavItem(str(n), f"/{n}", "house", primary=n == 6) for n in range(8)]
    bar = phone_bar(places)
    assert [item.label for item in bar.places] == ["0", "1", "2", "6"]
    assert [item.label for item in bar.more] == ["3", "4", "5", "7"]
    assert phone_bar(places[:5]).more == ()


def test_hat_is_shown_with_the_way_to_change_it(page_client: Client) -> None:
    page = page_client.get("/").content.decode()
    assert "<b>导师</b><i> · 示范中学</i>" in page
    assert 'href="/hats"' in page
    assert re.search(r'<form method="post" action="/sign-out"', page)
    assert 'href="/hats"' not in page_client.get("/list").content.decode()  # that person has one hat only


def test_fault_page_has_the_reference_that_is_in_the_log(
    page_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = page_client.get("/broken")
    found = re.search(r'class="reference">(\w{8})<', response.content.decode())
    assert response.status_code == 500
    assert found
    assert f"reference {found[1]}: GET /broken" in caplog.text
    assert "a bug, on purpose" in caplog.text


def test_refusals_say_what_to_do(page_client: Client) -> None:
    assert "现在的身份不能做这件事" in page_client.get("/refused").content.decode()
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post("/form", {})
    assert refused.status_code == 403
    assert "刷新后再送一次" in refused.content.decode()


def test_progress_polls_then_stops(page_client: Client) -> None:
    page = page_client.get("/progress").content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    done = page_client.get("/progress?seen=2", headers={"HX-Request": "true"})
    assert done.status_code == 286
    assert "hx-trigger" not in done.content.decode()
    assert "<html" not in done.content.decode()


def test_confirm_says_numbers_and_posts(page_client: Client) -> None:
    page = page_client.get("/confirm").content.decode()
    assert "<b>598</b> 名学生看到自己的导师" in page
    assert '<input type="hidden" name="round" value="7">' in page
