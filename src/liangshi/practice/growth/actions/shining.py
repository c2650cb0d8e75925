"""Drop a shining moment on a student; take one's own back."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, in_words
from liangshi.foundation.records import writing
from liangshi.practice.growth import audit
from liangshi.practice.growth.choices import SHINE_LENGTH
from liangshi.practice.growth.models import Shine
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import Student
from liangshi.registry.schools.actions import require_open


def drop(
    student: Student, *, text: str, virtue: str, on: dt.date, shared: bool, key: UUID, actor: Actor
) -> Shine:
    """Write one down. `key` is that of the form that was sent: the second tap gives the row of the first.

    Raises DomainError `shine_is_empty`, `shine_too_long`, `date_in_future` or `year_closed`.
    """
    text = text.strip()
    same = Q(author=actor.person_id, student=student, key=key)
    said = {"text": text, "virtue": virtue, "on": on, "shared": shared}

    def write() -> Shine:
        if not text:
            raise DomainError("shine_is_empty", "请写一句你看到了什么。", field="text")
        if len(text) > SHINE_LENGTH:
            raise DomainError(
                "shine_too_long", f"最多 {SHINE_LENGTH} 个字，现在有 {len(text)} 个，请短一些。", field="text"
            )
        if on > today():
            raise DomainError("date_in_future", "这一天还没有到，请核对日期。", field="on")
        require_open([(student.school_id, on)])
        with Deed(audit.SHINE_WRITTEN, actor, subjects=[student.pk]) as deed:
            deed.about = row = Shine.objects.create(
                student=student, author_id=actor.person_id, key=key, **said
            )
        return row

    return writing.written(
        Shine.objects.filter(same).first,
        write,
        same=lambda held: writing.says(held, said),
        otherwise=lambda held: writing.saved_already(f"「{held.text}」", "要再记一个，请重新打开这一页。"),
    )


def void(shine: Shine, *, reason: str, actor: Actor) -> None:
    """The author takes it back, for a reason. Raises DomainError `needs_reason` or `already_void`."""
    gone = DomainError("already_void", "这一条已经作废了。")
    with Deed(
        audit.SHINE_VOIDED, actor, about=shine, subjects=[shine.student_id], reason=in_words(reason.strip())
    ):
        writing.void(shine, reason=reason, gone=gone)
