"""The portrait and the career strand: for the student himself and his own mentors."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from liangshi.foundation.base.guard import hand_out
from liangshi.practice.growth.models import Career, CareerActivity, Portrait
from liangshi.practice.growth.policy import CAREER_READ, CAREER_WRITE, PORTRAIT_READ, PORTRAIT_WRITE
from liangshi.practice.growth.queries.reach import reaches
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.care import mentored
from liangshi.registry.people.models import Student


@dataclass(frozen=True, slots=True)
class PortraitSeen:
    """A portrait as one reader may see it. `private` is None for a caretaker, who does not see those two fields."""

    open: tuple[tuple[str, str], ...]
    private: tuple[tuple[str, str], ...] | None
    empty: bool


_OPEN = ("interests", "strengths", "talk_style", "to_tell")
_PRIVATE = ("worries", "unspoken")


def own_portrait(actor: Actor, student: Student) -> Portrait:
    """A student's portrait for himself; an unsaved empty one before he writes."""
    mine = Portrait.objects.of(student=Student.objects.seen_by(actor, PORTRAIT_WRITE))
    held = mine.filter(student=student).first() or Portrait(student=student)
    return hand_out(held, *_OPEN, "wanted", *_PRIVATE)


def portrait_for(actor: Actor, student: Student) -> PortraitSeen | None:
    """The portrait as far as the actor may read it; None when it is none of his business.

    困扰 and 不希望提起的事 are for the student, his mentor and co-mentors; a caretaker does not see them.
    """
    if not reaches(actor, PORTRAIT_READ, student.pk):
        return None
    close = _is_close(actor, student)
    theirs = Portrait.objects.of(student=Student.objects.seen_by(actor, PORTRAIT_READ))
    held = theirs.filter(student=student).first() or Portrait(student=student)
    hand_out(held, *_OPEN, "wanted")
    if close:  # what is not handed out cannot even be opened
        hand_out(held, *_PRIVATE)
    shown = [*_labelled(held, _OPEN), ("希望得到帮助的方面", held.wanted_labels)]
    private = _labelled(held, _PRIVATE) if close else None
    return PortraitSeen(tuple(shown), private, not any(text for _, text in [*shown, *(private or ())]))


def _labelled(held: Portrait, fields: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((str(Portrait._meta.get_field(name).verbose_name), getattr(held, name)) for name in fields)  # type: ignore[union-attr]


def _is_close(actor: Actor, student: Student) -> bool:
    """The student himself, his mentor or a co-mentor today."""
    if actor.hat.student_id == student.pk:
        return True
    his = Student.objects.as_system("the rule `mentored`").filter(mentored(actor.staff_id))
    return his.filter(pk=student.pk).exists()


def wanted_by(actor: Actor, student_id: UUID) -> list[str]:
    """The strategies with which the student wants help, for those who may read his portrait; else none."""
    theirs = Portrait.objects.of(student=Student.objects.seen_by(actor, PORTRAIT_READ))
    held = theirs.filter(student_id=student_id).opening("wanted").first()
    return list(held.wanted) if held else []


def career_of(actor: Actor, student: Student) -> Career | None:
    """What the student wrote of his way (unsaved and empty before); None when it is none of the actor's business."""
    if not reaches(actor, CAREER_READ, student.pk):
        return None
    theirs = Career.objects.of(student=Student.objects.seen_by(actor, CAREER_READ))
    return theirs.filter(student=student).first() or Career(student=student)


def activities_of(actor: Actor, student: Student) -> list[CareerActivity]:
    """The career activities that stand, newest first."""
    theirs = CareerActivity.objects.of(student=Student.objects.seen_by(actor, CAREER_READ))
    return list(theirs.filter(student=student, voided_at__isnull=True))


def own_activity(actor: Actor, pk: UUID) -> CareerActivity | None:
    mine = CareerActivity.objects.of(student=Student.objects.seen_by(actor, CAREER_WRITE))
    return mine.filter(pk=pk).first()
