"""随手记: write, change, erase; and end them when the letter is written, or the bond is long over."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from liangshi.foundation.audit.actions import Doer, Machine
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.practice.talks import audit
from liangshi.practice.talks.choices import NOTES_KEPT
from liangshi.practice.talks.models import ScratchNote
from liangshi.practice.talks.rules import mentees
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.care import in_care
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.people.models import Student


def write_note(student_id: UUID, text: str, *, actor: Actor) -> ScratchNote:
    """A new note about one's own student. Raises DomainError `not_your_student`, `note_is_empty`."""
    if not text.strip():
        raise DomainError("note_is_empty", "还没有写，写一句再存。", field="text")
    his = Student.objects.as_system("the rule `mentees`").filter(mentees(actor))
    student = his.filter(pk=student_id).first()
    if student is None:
        raise DomainError("not_your_student", "只能给自己现在指导的学生写。请重新选。", field="student")
    with Deed(audit.NOTE_CHANGED, actor) as deed:
        deed.about = row = ScratchNote.objects.create(
            author_id=actor.staff_id, student=student, text=text.strip()
        )
    return row


def change_note(row: ScratchNote, text: str, *, actor: Actor) -> None:
    """Write it anew; an empty text deletes it, for good."""
    with Deed(audit.NOTE_CHANGED, actor) as deed:
        if text.strip():
            row.text = text.strip()
            row.save(update_fields=["text", "changed_at"])
            deed.about = row
        else:
            row.delete()


def end_kept(bonds: Collection[Mentorship], actor: Doer) -> None:
    """The letters about these ended relations are written: erase what their mentors noted about students who are in
    their care no more."""
    over = [Q(author=bond.mentor_id, student=bond.student_id) for bond in bonds]
    if over:
        _erase(ScratchNote.objects.filter(~in_care("author"), reduce(or_, over)), actor)


def end_notes() -> int:
    """Delete the notes whose author has had no bond with the student for 90 days; returns how many."""
    until = today() - NOTES_KEPT
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=until)
    bond = Mentorship.objects.filter(lasting, student=OuterRef("student"), mentor=OuterRef("author"))
    care = Interim.objects.filter(
        lasting, mentorship__student=OuterRef("student"), caretaker=OuterRef("author")
    )
    over = ScratchNote.objects.filter(~Exists(bond), ~Exists(care))
    return _erase(over, Machine("每日任务"))


def _erase(rows: QuerySet[ScratchNote], actor: Doer) -> int:
    with Deed(audit.NOTES_ENDED, actor) as deed:
        count, _ = rows.delete()
        if count:
            deed.note(count=count)
        else:
            deed.nothing()
    return count
