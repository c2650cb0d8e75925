"""What the tests share that open a page or ask for a deed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from liangshi.foundation.base.errors import DomainError

SignIn = Callable[..., Client]  # the fixture `sign_in`: (name, role) → a client that is signed in


def html_of(answer: HttpResponse) -> str:
    """The HTML of a page with each run of white space as one space: where its template breaks a line, nobody sees."""
    return " ".join(answer.content.decode().split())


def text(client: Client, url: str) -> str:
    """The HTML of a page that opens."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    return html_of(answer)


def refused(deed: Callable[[], object]) -> str:
    """The code of the refusal; a deed that is not refused fails the test."""
    with pytest.raises(DomainError) as caught, transaction.atomic():
        deed()
    assert caught.value.message.endswith(("。", "）"))
    return caught.value.code
