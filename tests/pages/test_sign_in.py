"""Coming in, going out, and which hat is on."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from itertools import count
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.accounts.actions import held_code, issue_codes, use_up
from liangshi.registry.accounts.hashers import Argon2
from liangshi.registry.accounts.models import Account, ActivationCode, Device, FailedTry
from liangshi.registry.accounts.tasks import forget_old_tries
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import Enrolment, StudentSpan
from tests.asking import html_of
from tests.cast import PASSWORD, Cast, installer, person

SIGN_IN, ACTIVATE, HOME = "/sign-in", "/activate", "/"


def with_password(cast: Cast, name: str) -> Account:
    account = cast.person(name).account
    account.set_password(PASSWORD)
    account.save()
    return account


def enter(client: Client, login: str, password: str = PASSWORD, **more: str) -> object:
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def body(answer: object, login: str) -> str:
    """The page without what differs from request to request."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text).replace(login, "LOGIN")


def test_signing_in_and_out(client: Client, cast: Cast) -> None:
    account = with_password(cast, "mentor")
    answer = client.post(SIGN_IN, {"login": f" {account.login.upper()} ", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"] == HOME
    assert "李晓明甲老师，您好" in client.get(HOME).content.decode()
    assert Entry.objects.filter(type="account.signed_in", actor="李晓明甲").count() == 1
    assert client.get(SIGN_IN).status_code == 302
    assert client.get("/sign-out").status_code == 405
    gone = client.post("/sign-out")
    assert gone["Location"] == SIGN_IN
    assert '"storage"' in gone["Clear-Site-Data"]
    assert client.get(HOME).status_code == 302
    assert "no-store" in client.get(SIGN_IN)["Cache-Control"]


def test_one_page_for_a_wrong_password_and_an_unknown_account(client: Client, cast: Cast) -> None:
    account = with_password(cast, "mentor")
    disabled = with_password(cast, "second")
    Account.objects.filter(pk=disabled.pk).update(is_active=False)
    unused = cast.person("clerk").account
    wrong = enter(client, account.login, "wrong-password")
    assert "账号或密码不对" in wrong.content.decode()  # type: ignore[attr-defined]
    assert "填好的都还在" in wrong.content.decode()  # type: ignore[attr-defined]
    for other in ("nobody-here", disabled.login, unused.login):
        answer = enter(client, other)
        assert answer.status_code == wrong.status_code == 200  # type: ignore[attr-defined]
        assert body(answer, other) == body(wrong, account.login)


def stranger(**headers: str) -> Client:
    """A browser that nobody knows, at an address of its own."""
    return Client(headers=headers or None, REMOTE_ADDR=f"198.51.100.{next(PLACES) % 250}")


PLACES = count(1)


def test_guesses_of_strangers_slow_them_and_never_a_browser_that_the_account_knows(cast: Cast) -> None:
    account = with_password(cast, "mentor")
    own = stranger()
    assert enter(own, account.login).status_code == 302  # type: ignore[attr-defined]
    own.post("/sign-out")
    answers = [enter(stranger(), account.login, f"wrong-guess-{n}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]  # type: ignore[attr-defined]
    assert enter(stranger(), account.login).status_code == 429  # type: ignore[attr-defined]
    assert enter(own, account.login).status_code == 302  # type: ignore[attr-defined]
    other = with_password(cast, "clerk")
    assert enter(stranger(), other.login).status_code == 302  # type: ignore[attr-defined]


def test_whoever_is_stopped_hears_when_to_come_back_and_then_is_let_in(cast: Cast) -> None:
    account = with_password(cast, "mentor")
    client = stranger()
    with time_machine.travel(dt.datetime(2026, 11, 30, 6, 30, tzinfo=dt.UTC), tick=False) as clock:
        for n in range(5):
            enter(client, account.login, f"wrong-guess-{n}")
        checked: list[str] = []
        with patch.object(Account, "check_password", lambda self, raw: checked.append(raw)):
            stopped: Any = enter(client, account.login)
        page = html_of(stopped)
        assert checked == [], "what a limit stops is not checked"
        assert FailedTry.objects.count() == 5
        assert (stopped.status_code, stopped["Retry-After"]) == (429, "61")
        assert "请 14:32 以后再试" in page
        assert "在以前登录过的手机或电脑上不受影响" in page
        assert f'value="{account.login}"' in page
        clock.shift(61)
        assert enter(client, account.login).status_code == 302  # type: ignore[attr-defined]


def test_one_password_over_forty_accounts_is_stopped_at_the_fourth(cast: Cast) -> None:
    account = with_password(cast, "mentor")
    sprayed = [enter(stranger(), f"3134{n:06d}", PASSWORD) for n in range(3)]
    assert [answer.status_code for answer in sprayed] == [200] * 3  # type: ignore[attr-defined]
    assert enter(stranger(), account.login).status_code == 429  # type: ignore[attr-defined]
    assert str(FailedTry.objects.values_list("mark", flat=True).first()) not in PASSWORD


def test_a_password_that_our_rules_refuse_leaves_no_mark(cast: Cast) -> None:
    for n, password in enumerate(("123456", "１２３４５６７８９０１", "password1234")):
        enter(stranger(), f"3134{n:06d}", password)
    assert set(FailedTry.objects.values_list("mark", flat=True)) == {None}


def test_behind_a_proxy_everybody_has_an_address_of_his_own(cast: Cast, settings: Any) -> None:
    settings.PROXIES = 1
    for n in range(3):
        enter(Client(headers={"x-forwarded-for": f"1.1.1.1, 198.51.100.{n}"}), "nobody", "x")
    assert FailedTry.objects.values("address").distinct().count() == 3
    assert "198.51.100" not in str(FailedTry.objects.values_list("address", flat=True))


@pytest.mark.parametrize("way", ["sign-in", "activate"])
def test_full_width_letters_and_digits_are_meant_plainly(client: Client, cast: Cast, way: str) -> None:
    account = cast.person("mentor").account
    wide = {
        ord(char): ord(char) + 0xFEE0
        for char in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
    }
    login, password = f"　{account.login.upper().translate(wide)} ", "ABC123-shan-gao"
    if way == "sign-in":
        account.set_password(password)
        account.save()
        answer: Any = enter(client, login, password.translate(wide))
        assert answer.status_code == 302
        return
    code = issue_codes([account], actor=installer())[account.pk]
    assert activate(client, login, code.lower().translate(wide), password.translate(wide)) == HOME
    assert enter(Client(), account.login, password).status_code == 302  # type: ignore[attr-defined]


def test_each_wrong_answer_costs_one_hash_and_tells_nothing(client: Client, cast: Cast) -> None:
    known, unused = with_password(cast, "mentor"), cast.person("clerk").account
    hashed: list[int] = []
    plain = Argon2.encode

    def encode(*args: Any, **kwargs: Any) -> str:
        hashed.append(1)
        return plain(*args, **kwargs)

    def verify(*args: Any, **kwargs: Any) -> bool:
        hashed.append(1)
        return False

    costs = []
    with patch.object(Argon2, "encode", encode), patch.object(Argon2, "verify", verify):
        for login in (known.login, "nobody-here", unused.login):
            enter(client, login, "wrong-password")
            costs.append(len(hashed))
    assert costs == [1, 2, 3]
    assert FailedTry.objects.count() == 3


def test_guessing_codes_meets_the_same_limits_and_a_slip_opens_while_passwords_are_guessed(
    cast: Cast,
) -> None:
    account = with_password(cast, "mentor")
    for n in range(6):
        enter(stranger(), account.login, f"wrong-guess-{n}")
    code = issue_codes([account], actor=installer(), resets=True)[account.pk]
    for _ in range(5):
        assert "对不上" in activate(stranger(), account.login, "AAAA-AAAA-AAAA")
    assert "现在先不能启用" in activate(stranger(), account.login, code)
    FailedTry.objects.filter(door="code").delete()
    assert activate(stranger(), account.login, code) == HOME
    assert not FailedTry.objects.exists(), "what was guessed at the old password is of no use"


def test_ones_own_failures_are_forgiven_when_one_comes_in(cast: Cast) -> None:
    account = with_password(cast, "mentor")
    client = stranger()
    enter(client, account.login, "wrong-password")
    enter(stranger(), account.login, "wrong-password")
    assert enter(client, account.login).status_code == 302  # type: ignore[attr-defined]
    assert FailedTry.objects.count() == 1
    assert enter(client, account.login, "wrong-password").status_code == 200  # type: ignore[attr-defined]
    assert FailedTry.objects.exclude(browser="").count() == 1
    assert enter(client, account.login).status_code == 302  # type: ignore[attr-defined]
    assert not FailedTry.objects.exclude(browser="").exists()


def test_a_weak_password_at_a_right_slip_is_no_failed_try(client: Client, cast: Cast) -> None:
    account = cast.person("mentor").account
    code = issue_codes([account], actor=installer())[account.pk]
    assert "密码太短" in activate(client, account.login, code, "short")
    assert not FailedTry.objects.exists()


def test_what_no_limit_counts_any_more_is_forgotten(cast: Cast, client: Client) -> None:
    account = with_password(cast, "mentor")
    enter(client, "nobody", "x")
    enter(client, account.login)
    with time_machine.travel(now() + dt.timedelta(days=29)):
        forget_old_tries()
        assert (FailedTry.objects.count(), Session.objects.count(), Device.objects.count()) == (1, 0, 1)
    with time_machine.travel(now() + dt.timedelta(days=31)):
        forget_old_tries()
        assert (FailedTry.objects.count(), Device.objects.count()) == (0, 1)
    with time_machine.travel(now() + dt.timedelta(days=182)):
        forget_old_tries()
        assert not Device.objects.exists()


def test_the_old_password_on_ones_own_page_is_guessed_no_faster(
    sign_in: Callable[..., Client], cast: Cast
) -> None:
    account = with_password(cast, "mentor")
    client = sign_in("mentor")
    fields = {"new_password1": "xin-de-mi-ma-1", "new_password2": "xin-de-mi-ma-1"}
    answers = [client.post("/me", {**fields, "old_password": f"guess-{n}"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "现在先不能改密码" in answers[-1].content.decode()
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/students", "/students"),
        ("https://evil.example/x", HOME),
        ("//evil.example/x", HOME),
        ("javascript:alert(1)", HOME),
        ("http:///evil.example", HOME),
    ],
)
def test_next_stays_in_the_house(client: Client, cast: Cast, wanted: str, lands: str) -> None:
    account = with_password(cast, "mentor")
    answer = enter(client, account.login, next=wanted)
    assert answer["Location"] == lands  # type: ignore[index]


def test_asked_for_page_comes_after_signing_in(client: Client, cast: Cast) -> None:
    account = with_password(cast, "mentor")
    asked = client.get("/students?mentor=no")
    assert asked["Location"] == "/sign-in?next=/students%3Fmentor%3Dno"
    assert 'value="/students?mentor=no"' in client.get(asked["Location"]).content.decode()
    assert enter(client, account.login, next="/students?mentor=no")["Location"] == "/students?mentor=no"  # type: ignore[index]


def activate(client: Client, login: str, code: str, password: str = PASSWORD, again: str = "") -> str:
    fields = {"login": login, "code": code, "password": password, "again": again or password}
    answer = client.post(ACTIVATE, fields)
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


def test_a_slip_opens_its_account_once(client: Client, cast: Cast) -> None:
    account = cast.person("mentor").account
    code = issue_codes([account], actor=installer())[account.pk]
    assert code not in ActivationCode.objects.get().code_digest
    assert activate(client, account.login.upper(), code.lower().replace("-", " ")) == HOME
    assert "账号已启用" in client.get(HOME).content.decode()
    again = activate(Client(), account.login, code)
    assert "启用码对不上，或启用码已用过、已过期" in again
    assert Entry.objects.filter(type="account.activated").count() == 1


def test_of_two_taps_with_one_code_one_works(cast: Cast) -> None:
    account = cast.person("mentor").account
    held = held_code(account.login, issue_codes([account], actor=installer())[account.pk])
    use_up(held)
    with pytest.raises(DomainError, match="刚刚已被使用"):
        use_up(held)


def test_bad_slips_all_get_the_same_sentence(client: Client, cast: Cast) -> None:
    account, other = cast.person("mentor").account, cast.person("clerk").account
    code = issue_codes([account], actor=installer())[account.pk]
    others = issue_codes([other], actor=installer())[other.pk]
    refused = [
        activate(client, account.login, "AAAA-AAAA-AAAA"),
        activate(client, account.login, others),
        activate(client, "nobody-here", code),
    ]
    ActivationCode.objects.filter(account=account).update(expires_at=now() - dt.timedelta(seconds=1))
    refused.append(activate(client, account.login, code))
    sentence = "请核对字条；仍不行，请到学校办公室换一张新的。"
    assert [sentence in page for page in refused] == [True] * 4
    account.refresh_from_db()
    assert not account.is_activated


def test_a_new_slip_ends_the_old_one(client: Client, cast: Cast) -> None:
    account = cast.person("mentor").account
    old = issue_codes([account], actor=installer())[account.pk]
    new = issue_codes([account], actor=installer())[account.pk]
    assert "对不上" in activate(client, account.login, old)
    assert activate(client, account.login, new) == HOME


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("short", "", "密码太短，至少要 10 个字符"),
        ("8273645190", "", "请加几个字母"),
        ("password1234", "", "这个密码太常见，别人一试就中。请换一个"),
        (PASSWORD, "something-else", "两遍密码不一样"),
    ],
)
def test_weak_passwords_are_refused_and_the_slip_stays_good(
    client: Client, cast: Cast, password: str, again: str, says: str
) -> None:
    account = cast.person("mentor").account
    code = issue_codes([account], actor=installer())[account.pk]
    assert says in activate(client, account.login, code, password, again)
    assert activate(client, account.login, code) == HOME


def test_a_disabled_account_is_out_at_the_next_request(sign_in: Callable[..., Client], cast: Cast) -> None:
    client = sign_in("mentor")
    assert client.get(HOME).status_code == 200
    Account.objects.filter(pk=cast.person("mentor").account.pk).update(is_active=False)
    assert client.get(HOME)["Location"].startswith(SIGN_IN)


def test_nobody_with_no_hat_gets_further_than_the_calm_page(client: Client, cast: Cast) -> None:
    client.force_login(person("外人").account, backend="django.contrib.auth.backends.ModelBackend")
    for url in (HOME, "/students", "/me"):
        assert client.get(url)["Location"] == reverse("home:no_hat")
    page = client.get(reverse("home:no_hat")).content.decode()
    assert "现在没有可用的身份" in page
    assert '<form method="post" action="/sign-out"' in page
    assert client.post("/sign-out")["Location"] == SIGN_IN
    assert client.get(reverse("home:no_hat"))["Location"] == SIGN_IN


def test_who_has_a_hat_does_not_need_that_page(sign_in: Callable[..., Client]) -> None:
    assert sign_in("mentor").get(reverse("home:no_hat"))["Location"] == HOME


def test_graduation_ends_the_students_hat_at_once(sign_in: Callable[..., Client], cast: Cast) -> None:
    client = sign_in("student")
    assert client.get(HOME).status_code == 200
    StudentSpan.objects.filter(student=cast.own.student).update(state=StudentState.GRADUATED)
    assert client.get(HOME)["Location"] == reverse("home:no_hat")


@pytest.mark.row("G31")
def test_a_class_that_has_graduated_gives_its_adviser_no_hat(cast: Cast) -> None:
    """One that has no students yet does: it is there before its roster is."""
    adviser, places = cast.person("adviser"), Enrolment.objects.filter(class_group=cast.own.class_1)

    def hats() -> list[Role]:
        return [hat.role for hat in hats_of(adviser, today())]

    assert Role.ADVISER in hats()
    held = places.filter(ends_on__isnull=True)
    held.update(ends_on=today())
    assert Role.ADVISER not in hats()
    places.delete()
    assert Role.ADVISER in hats()


@pytest.mark.row("G25")
def test_three_hats_in_one_person_never_add_up(sign_in: Callable[..., Client], cast: Cast) -> None:
    client = sign_in("adviser")
    page = client.get("/hats").content.decode()
    for label in ("班主任 · 示范甲中（现在）", "导师 · 示范甲中", "家长"):
        assert label in page
    mine, child, nobodys = cast.own.student, cast.own.students[3], cast.own.students[4]

    def sees() -> list[int]:
        return [client.get(f"/students/{row.pk}").status_code for row in (mine, child, nobodys)]

    assert sees() == [200, 404, 404]
    assert "<b>班主任</b><i> · 示范甲中</i>" in client.get(HOME).content.decode()
    keys = {hat.role: hat.key for hat in (cast.actor("adviser").hat, *cast.actor("adviser").others)}
    assert client.post("/hats", {"hat": keys[Role.GUARDIAN]})["Location"] == HOME
    assert "<b>家长</b>" in client.get(HOME).content.decode()
    assert sees() == [404, 200, 404]
    assert client.get("/students").status_code == 403
    assert client.post("/hats", {"hat": keys[Role.MENTOR]}).status_code == 302
    assert sees() == [404, 404, 404]  # he mentors nobody yet
    hats = (
        Entry.objects.filter(type="student.opened", actor="班任甲")
        .order_by("seq")
        .values_list("hat", flat=True)
    )
    assert list(hats) == ["班主任 · 示范甲中"]  # as a father he reads about his own child
    assert Entry.objects.filter(type="access.hat").count() == 2


@pytest.mark.row("G25")
def test_a_hat_that_is_not_ones_own_cannot_be_put_on(sign_in: Callable[..., Client], cast: Cast) -> None:
    client = sign_in("mentor")
    for wanted in (f"clerk:{cast.own.school.pk}", cast.actor("other_mentor").hat.key, ""):
        assert client.post("/hats", {"hat": wanted}).status_code == 404


def test_a_hat_that_has_ended_falls_back_to_one_that_holds(
    sign_in: Callable[..., Client], cast: Cast
) -> None:
    client = sign_in("grade_head")
    assert client.get("/classes").status_code == 200
    RoleGrant.objects.filter(person=cast.person("grade_head")).update(ends_on=today())
    assert client.get("/classes").status_code == 403
    assert "<b>导师</b>" in client.get(HOME).content.decode()


def test_changing_ones_password(sign_in: Callable[..., Client], cast: Cast) -> None:
    account = with_password(cast, "mentor")
    client = sign_in("mentor")
    fields = {"old_password": "wrong", "new_password1": "xin-de-mi-ma-1", "new_password2": "xin-de-mi-ma-1"}
    assert client.post("/me", fields).status_code == 200
    assert client.post("/me", fields | {"old_password": PASSWORD}).status_code == 302
    assert client.get("/me").status_code == 200  # still signed in
    account.refresh_from_db()
    assert account.check_password("xin-de-mi-ma-1")


def test_a_form_sent_after_the_session_ended_goes_back_to_its_page(client: Client, cast: Cast) -> None:
    url = "/talks/00000000-0000-0000-0000-000000000001/void"
    page = "http://testserver/talks/list?page=2"
    for referer, way in (
        (page, "/talks/list%3Fpage%3D2"), ("http://testserver", "/"), ("", "/"), ("https://example.org/x", "/"),
    ):  # fmt: skip
        assert client.post(url, HTTP_REFERER=referer)["Location"] == f"/sign-in?next={way}"
    assert client.get(url)["Location"] == f"/sign-in?next={url}"


def test_an_address_that_is_only_for_a_button_says_so(sign_in: Any) -> None:
    answer = sign_in("leader").get("/burden/require")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "再点一次那里的按钮" in answer.content.decode()
