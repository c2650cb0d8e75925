"""What the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.http import HttpResponse

from liangshi.foundation.base.errors import DomainError


def html_of(answer: HttpResponse) -> str:
    """The HTML of a page with each run of white space as one space: where its template breaks a line, nobody sees."""
    return " ".join(answer.content.decode().split())


def refused(deed: Callable[[], object]) -> str:
    """The code of the refusal; a deed that is not refused fails the test."""
    with pytest.raises(DomainError) as caught, transaction.atomic():
        deed()
    assert caught.value.message.endswith(("。", "）"))
    return caught.value.code
