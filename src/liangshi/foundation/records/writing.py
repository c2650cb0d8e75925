"""Write a record once, correct it, withdraw it: each as one compare-and-set that two pages cannot both win."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import F

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.guard import as_system, hand_out
from liangshi.foundation.records.models import STANDING, Version

M = TypeVar("M", bound=models.Model)


def once(find: Callable[[], M | None], make: Callable[[], M]) -> tuple[M, bool]:
    """The row that `find` finds, or the one that `make` makes in a transaction of its own; and whether it was made.

    Of two at once, the second gets what the first has made. An IntegrityError that has another reason passes on.
    """
    held = _again(find)
    if held is not None:
        return held, False
    try:
        with transaction.atomic():
            return make(), True
    except IntegrityError:
        held = _again(find)
        if held is None:
            raise
        return held, False


def written(
    row: Callable[[], M | None],
    make: Callable[[], M],
    *,
    same: Callable[[M], bool],
    otherwise: Callable[[M], DomainError],
) -> M:
    """The row of a page's key, made by `make` where there is none. A page that is sent again gets the row that it has
    made; where that does not say the `same`, `otherwise` says what has become of it, and is raised."""
    held, made = once(row, make)
    if not made:
        with as_system("what a form sends is compared with what it has saved"):
            if not same(held):
                raise otherwise(held)
    return held


def saved_already(what: str, then: str) -> DomainError:
    """For a page that does not know that its record has been saved from another one. `what` was saved; `then` is what
    to do with what this page says."""
    return DomainError("saved_already", f"{what}已经在另一处存过了，这一页写的还没有存。{then}")


def says(row: models.Model, fields: Mapping[str, Any]) -> bool:
    """Whether a row holds these values."""
    return all(getattr(row, name) == value for name, value in fields.items())


def _again(find: Callable[[], M | None]) -> M | None:
    with as_system("the same form again"):
        return find()


def correct(
    row: M, *, school: UUID, version: int, before: Mapping[str, Any], changed: DomainError, **fields: Any
) -> M:
    """Write `fields` in place of what `row` (a `Corrected`) says, and keep `before`, which is what it says now.

    `version` is the one that the page showed; raises `changed` where the row has another one by now. Inside the
    transaction of a deed.
    """
    same = type(row)._base_manager.filter(pk=row.pk, version=version)
    if not same.update(version=F("version") + 1, **fields):
        raise changed
    content = json.dumps(before, ensure_ascii=False, default=str)
    Version.objects.create(school=school, of=row.pk, number=version, content=content)
    row.refresh_from_db()
    return row


def versions(row: models.Model) -> list[Version]:
    """What a record said before, newest first: for whom the room's rule lets read them."""
    return [
        hand_out(each, "content")
        for each in Version.objects.as_system("of a record in hand").filter(of=row.pk)
    ]


def void(row: M, *, reason: str, example: str = "", gone: DomainError) -> M:
    """Withdraw a `Voidable` for a reason. Raises `needs_reason`, and `gone` where it was withdrawn before.

    Inside the transaction of a deed.
    """
    if not reason.strip():
        more = f"，比如「{example}」" if example else ""
        raise DomainError("needs_reason", f"请写一句为什么作废{more}。", field="reason")
    if not voided(row, reason.strip()):
        raise gone
    row.refresh_from_db()
    return row


def voided(row: models.Model, reason: str) -> bool:
    """Withdraw a `Voidable`; False where it was withdrawn before."""
    standing = type(row)._base_manager.filter(STANDING, pk=row.pk)
    return bool(standing.update(voided_at=now(), void_reason=reason))
