"""What views share: a row or 404, a deed or its refusal, the page with one form."""

from __future__ import annotations

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.ui.pages import accept, attempt, found


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由")


def sent(data: dict[str, str] | None = None) -> HttpRequest:
    request = RequestFactory().get("/") if data is None else RequestFactory().post("/", data)
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


def shown(request: HttpRequest) -> list[tuple[str, str]]:
    return [(each.level_tag, each.message) for each in get_messages(request)]


class Deed:
    """Counts how often it was done; refuses on the field that it is told."""

    def __init__(self, refuse: str | None = None) -> None:
        self.times, self.refuse = 0, refuse

    def __call__(self) -> None:
        self.times += 1
        if self.refuse is not None:
            raise DomainError("too_late", "已经截止，这一次没有保存。", field=self.refuse)


def test_found_gives_the_row_or_404() -> None:
    assert found("row") == "row"
    assert found(0) == 0
    with pytest.raises(Http404):
        found(None)


def test_looking_at_a_form_does_nothing() -> None:
    request, deed = sent(), Deed()
    form = ReasonForm(request.POST or None)
    assert not accept(request, form, deed, "已保存。")
    assert not accept(request, ReasonForm({"reason": "搬家"}), deed, "已保存。")
    assert (deed.times, shown(request), form.errors) == (0, [], {})


def test_an_invalid_form_does_nothing_and_says_why() -> None:
    request, deed = sent({"reason": ""}), Deed()
    form = ReasonForm(request.POST)
    assert not accept(request, form, deed, "已保存。")
    assert (deed.times, shown(request), list(form.errors)) == (0, [], ["reason"])


def test_a_good_form_is_done_once_and_said() -> None:
    request, deed = sent({"reason": "搬家"}), Deed()
    assert accept(request, ReasonForm(request.POST), deed, "已保存。")
    assert (deed.times, shown(request)) == (1, [("success", "已保存。")])


def test_without_a_sentence_nothing_is_said() -> None:
    request, deed = sent({"reason": "搬家"}), Deed()
    assert accept(request, ReasonForm(request.POST), deed)
    assert attempt(request, deed)
    assert (deed.times, shown(request)) == (2, [])


@pytest.mark.parametrize(
    ("field", "place"), [("reason", "reason"), ("elsewhere", "__all__"), ("", "__all__")]
)
def test_a_refusal_goes_to_its_field_or_to_the_form(field: str, place: str) -> None:
    request, deed = sent({"reason": "搬家"}), Deed(refuse=field)
    form = ReasonForm(request.POST)
    assert not accept(request, form, deed, "已保存。")
    assert form.errors == {place: ["已经截止，这一次没有保存。"]}
    assert form["reason"].value() == "搬家"
    assert shown(request) == []


def test_done_says_what_was_done_or_why_not() -> None:
    request = sent({})
    assert attempt(request, Deed(), "已撤回。")
    assert shown(request) == [("success", "已撤回。")]
    request = sent({})
    assert not attempt(request, Deed(refuse="reason"), "已撤回。")
    assert shown(request) == [("error", "已经截止，这一次没有保存。")]


def test_a_bug_is_not_a_refusal() -> None:
    def broken() -> None:
        raise ValueError("a bug")

    request = sent({"reason": "搬家"})
    with pytest.raises(ValueError, match="a bug"):
        accept(request, ReasonForm(request.POST), broken)
    with pytest.raises(ValueError, match="a bug"):
        attempt(request, broken)


def test_form_page_keeps_what_was_typed(page_client: Client) -> None:
    page = page_client.post("/form-page", {"reason": "不想要了"}).content.decode()
    assert "不想要了" in page
    assert "请写得具体一些。" in page
    assert page_client.post("/form-page", {"reason": "重复登记"}).status_code == 302


def test_form_page_shows_only_what_it_is_given(page_client: Client) -> None:
    full, bare = (page_client.get(path).content.decode() for path in ("/form-page", "/form-page?bare=1"))
    for part in ('class="sub"', "notice tone-warn", "button-danger", "不再暂缓"):
        assert part in full
        assert part not in bare
    assert '<p class="muted">只有自己看得到。</p>' in page_client.get("/form-page?muted=1").content.decode()
    assert 'class="muted"' not in full


def test_what_the_deed_made_comes_back_also_when_it_made_nothing() -> None:
    request = sent({"reason": "搬家"})
    for made in ("row", 0, None):
        for done in (
            attempt(request, lambda made=made: made),  # type: ignore[misc]
            accept(request, ReasonForm(request.POST), lambda made=made: made),  # type: ignore[misc]
        ):
            assert done
            assert done.made == made
