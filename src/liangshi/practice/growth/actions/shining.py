"""Drop a shining moment on a student; take one's own back."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from liangshi.foundation.audit.actions import record
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.practice.growth import audit
from liangshi.practice.growth.choices import SHINE_LENGTH
from liangshi.practice.growth.models import Shine
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import Student
from liangshi.registry.schools.actions import require_open


def drop(
    student: Student, *, text: str, virtue: str, on: dt.date, shared: bool, once: UUID, actor: Actor
) -> Shine:
    """Write one down. `once` is the key of the form that was sent: the second tap gives the row of the first.

    Raises DomainError `shine_is_empty`, `shine_too_long`, `date_in_future` or `year_closed`.
    """
    text = text.strip()
    if not text:
        raise DomainError("shine_is_empty", "请写一句你看到了什么。", field="text")
    if len(text) > SHINE_LENGTH:
        raise DomainError(
            "shine_too_long", f"最多 {SHINE_LENGTH} 个字，现在有 {len(text)} 个，请短一些。", field="text"
        )
    if on > today():
        raise DomainError("date_in_future", "这一天还没有到，请核对日期。", field="on")
    require_open([(student.school_id, on)])
    try:
        with transaction.atomic():
            row = Shine.objects.create(
                student=student, author_id=actor.person_id, text=text, virtue=virtue, on=on, shared=shared,
                once=once,
            )  # fmt: skip
            record(audit.SHINE_WRITTEN, actor, subjects=[student.pk], obj=str(row.pk))
    except IntegrityError:
        first = Shine.objects.filter(once=once, author_id=actor.person_id, student=student).first()
        if first is None:
            raise DomainError("stale_form", "这一页开得太久了。请回到学生那里，重新记一次。") from None
        return first
    return row


def void(shine: Shine, *, reason: str, actor: Actor) -> None:
    """The author takes it back, for a reason. Raises DomainError `needs_reason` or `already_void`."""
    if not reason.strip():
        raise DomainError("needs_reason", "请写一句为什么作废。", field="reason")
    with transaction.atomic():
        rows = Shine.objects.filter(pk=shine.pk, voided_at__isnull=True)
        if not rows.update(voided_at=now(), void_reason=reason.strip()):
            raise DomainError("already_void", "这一条已经作废了。")
        record(
            audit.SHINE_VOIDED, actor, subjects=[shine.student_id], obj=str(shine.pk), reason=reason.strip()
        )
