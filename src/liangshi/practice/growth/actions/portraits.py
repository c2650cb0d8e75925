"""What a student writes of himself: his portrait and his career strand, each field on its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from liangshi.foundation.audit.types import EntryType
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.foundation.records import writing
from liangshi.practice.growth import audit
from liangshi.practice.growth.models import Career, CareerActivity, Portrait
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import Student

Changes = Mapping[str, tuple[Any, Any]]  # field → (what the page showed, what was typed)


def write_portrait(student: Student, changes: Changes, *, actor: Actor) -> None:
    """Save the fields that were changed; the others stay as they are. Raises DomainError `changed_elsewhere`."""
    _write(Portrait, student, changes, audit.PORTRAIT_WRITTEN, actor)


def write_career(student: Student, changes: Changes, *, actor: Actor) -> None:
    """As `write_portrait`, for 职业兴趣 and 意向专业."""
    _write(Career, student, changes, audit.CAREER_WRITTEN, actor)


def _write(
    kind: type[Portrait | Career], student: Student, changes: Changes, entry: EntryType, actor: Actor
) -> None:
    if not changes:
        return
    with Deed(entry, actor, subjects=[student.pk]):
        _one_at_a_time(student)
        held, _ = kind.objects.get_or_create(student=student)
        for field, (shown, typed) in changes.items():
            kept = getattr(held, field)
            if kept not in (shown, typed):
                label = kind._meta.get_field(field).verbose_name  # type: ignore[union-attr]
                raise DomainError(
                    "changed_elsewhere",
                    f"「{label}」刚在另一个页面改过，那一次已经保存。"
                    "你在这一页写的还在下面；要以这一页为准，请再点一次保存。",
                    field=field,
                )
            setattr(held, field, typed)
        held.save(update_fields=[*changes, "changed_at"])


def _one_at_a_time(student: Student) -> None:
    """Whoever writes or clears at the same moment waits here."""
    Student.objects.select_for_update().get(pk=student.pk)


def clear_portrait(student: Student, *, actor: Actor) -> None:
    """The student takes everything back. Nothing of it stays, not even sealed."""
    with Deed(audit.PORTRAIT_CLEARED, actor, subjects=[student.pk]) as deed:
        _one_at_a_time(student)
        gone, _ = Portrait.objects.filter(student=student).delete()
        if not gone:
            deed.nothing()


def add_activity(student: Student, *, on: dt.date, title: str, note: str, actor: Actor) -> CareerActivity:
    """Raises DomainError `date_in_future`."""
    if on > today():
        raise DomainError("date_in_future", "这一天还没有到。做过了再记。", field="on")
    with Deed(audit.ACTIVITY_ADDED, actor, subjects=[student.pk]) as deed:
        deed.about = row = CareerActivity.objects.create(student=student, on=on, title=title, note=note)
    return row


def remove_activity(row: CareerActivity, *, actor: Actor) -> None:
    """The student takes back one of his activities. A second click changes nothing."""
    with Deed(audit.ACTIVITY_REMOVED, actor, about=row, subjects=[row.student_id]) as deed:
        if not writing.voided(row, "本人删去"):
            deed.nothing()
