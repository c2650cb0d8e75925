"""Say why a student has no mentor; declare the year implemented once nobody is left out (R7)."""

from __future__ import annotations

from django.db import transaction

from liangshi.foundation.audit.actions import record
from liangshi.foundation.base.errors import DomainError
from liangshi.practice.matching import audit
from liangshi.practice.matching.choices import LeftCause
from liangshi.practice.matching.models import Exemption, Implementation
from liangshi.practice.matching.queries import unexplained
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import Student
from liangshi.registry.schools.models import SchoolYear


def exempt(student: Student, year: SchoolYear, *, cause: LeftCause, note: str, actor: Actor) -> None:
    """Why this student has no mentor this year; said again, the newer reason holds. Raises DomainError `needs_reason`."""
    note = note.strip()[:100]
    if not note:
        raise DomainError("needs_reason", "请写明这名学生为什么暂不配导师。", field="reason")
    with transaction.atomic():
        Exemption.objects.update_or_create(
            year=year, student=student, defaults={"cause": cause, "note": note, "made_by_id": actor.person_id}
        )
        record(audit.EXEMPTED, actor, obj=str(year.pk), subjects=[student.pk], cause=cause, note=note)


def declare_implemented(year: SchoolYear, *, actor: Actor) -> None:
    """The year is 已实施. Said twice, nothing more happens.

    Raises DomainError `students_without_mentor` while a student has neither a mentor nor a reason.
    """
    with transaction.atomic():
        left = list(unexplained(year)[:6])
        if left:
            count = unexplained(year).count()
            names = "、".join(row.person.name for row in left[:5])
            raise DomainError(
                "students_without_mentor",
                f"还有 {count} 名学生没有导师，也没有写明原因（{names}{'等' if count > 5 else ''}），不能宣布已实施。"
                "请先给他们配导师，或者逐个登记原因。",
            )
        _, made = Implementation.objects.get_or_create(year=year, defaults={"made_by_id": actor.person_id})
        if made:
            record(audit.IMPLEMENTED, actor, obj=str(year.pk))
