"""What is sent is measured before it is read: who sends too much, in pieces or packed, has sent nothing at all."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.files import uploadedfile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from liangshi.practice.talks.models import ScratchNote
from liangshi.registry.access import checks
from liangshi.registry.access.policy import BODIES
from liangshi.registry.accounts.models import Account
from tests.asking import SignIn, html_of
from tests.cast import Cast

KIBI, MEBI = 2**10, 2**20
UPLOAD = "/rosters/new/"
TOKEN = "t" * 32
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"


class Untouched(BytesIO):
    """A body that nobody may read."""

    def read(self, *_size: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read  # type: ignore[assignment]


def sent(client: Client, url: str, length: int, **head: str) -> Any:
    """A form of so many bytes of which none may be looked at."""
    body: dict[str, Any] = {"wsgi.input": Untouched(), "CONTENT_LENGTH": str(length), "CONTENT_TYPE": PARTS}
    client.handler.enforce_csrf_checks = True
    client.cookies["csrf"] = TOKEN
    return client.post(url, **head, **body)


@pytest.mark.parametrize("url", ["/sign-in", "/activate", "/me", UPLOAD])
def test_signed_out_nothing_large_is_read(client: Client, db: None, url: str) -> None:
    answer = sent(client, url, 160 * MEBI)
    assert answer.status_code in {302, 413}
    assert (answer.status_code == 413) == (url in {"/sign-in", "/activate"})


def test_the_refusal_says_how_much_and_what_to_do(client: Client, db: None) -> None:
    page = html_of(sent(client, "/sign-in", 256 * KIBI + 1))
    assert "一次最多收 256 KB，什么都没有保存" in page
    assert "分几次保存" in page


def test_in_pieces_or_packed_nothing_is_read(client: Client, db: None) -> None:
    assert sent(client, "/sign-in", 0, HTTP_TRANSFER_ENCODING="chunked").status_code == 411
    assert sent(client, "/sign-in", 10, HTTP_CONTENT_ENCODING="gzip").status_code == 415


def test_a_file_is_for_whom_the_route_is_for_and_has_its_bound(sign_in: SignIn) -> None:
    assert sent(sign_in("mentor"), UPLOAD, MEBI).status_code == 403
    assert sent(sign_in("student"), UPLOAD, MEBI).status_code == 403
    clerk = sign_in("clerk")
    answer = sent(clerk, UPLOAD, 21 * MEBI)
    assert answer.status_code == 413
    assert "一次最多收 20 MB" in html_of(answer)
    assert "按年级分成几个文件" in html_of(answer)
    assert sent(clerk, "/rosters/", 257 * KIBI).status_code == 413, "the neighbour's bound is not his"


def test_a_large_file_stays_in_memory(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_file(*_words: Any) -> None:
        raise AssertionError("something was put into the temporary folder")

    monkeypatch.setattr(uploadedfile.TemporaryUploadedFile, "__init__", no_file)
    large = SimpleUploadedFile("名册.docx", b"x" * 13 * MEBI)
    answer = sign_in("clerk").post(UPLOAD, {"file": large, "year_start": "2026"})
    assert "只能读 .xlsx" in html_of(answer)


def test_a_body_that_breaks_off_is_no_shorter_text(sign_in: SignIn, cast: Cast) -> None:
    """What has come would do as a form: the server itself calls the end of the stream the end of the body."""
    mentor = sign_in("mentor")
    mentor.handler.enforce_csrf_checks = True
    mentor.cookies["csrf"] = TOKEN
    body = urlencode(
        {"csrfmiddlewaretoken": TOKEN, "student": cast.own.student.pk, "text": "他说没事"}
    ).encode()

    def post(said: int) -> int:
        held: dict[str, Any] = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(said)}
        return int(mentor.post("/talks/notes/new", CONTENT_TYPE=FORM, **held).status_code)

    assert post(len(body) + 100) == 403
    assert not ScratchNote.objects.exists()
    assert post(len(body)) == 302
    assert ScratchNote.objects.count() == 1


def test_many_parts_are_refused(client: Client, db: None) -> None:
    two = {name: SimpleUploadedFile("a.csv", b"x") for name in ("one", "two")}
    assert client.post("/sign-in", two).status_code == 400
    fields = "&".join(f"{number}=" for number in range(5001))
    assert client.post("/sign-in", fields, content_type=FORM).status_code == 400
    assert not Account.objects.exists()


def test_what_takes_a_large_body_names_who_may_send_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not checks.every_route_has_a_rule(None)
    monkeypatch.setitem(BODIES, "home:sign_in", MEBI)
    assert [each.id for each in checks.every_route_has_a_rule(None)] == ["access.E007"]
    monkeypatch.delitem(BODIES, "home:sign_in")
    with override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=MEBI):
        assert [each.id for each in checks.every_route_has_a_rule(None)] == ["access.E008"]


def test_who_asks_and_how_much_come_before_what_reads() -> None:
    order = settings.MIDDLEWARE
    gate, measure, token = (
        next(number for number, each in enumerate(order) if each.endswith(name))
        for name in ("Gate", "Measure", "CsrfViewMiddleware")
    )
    assert gate < measure < token
