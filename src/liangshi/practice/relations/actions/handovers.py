"""交接信: begun when a student passes on, written in halves, accepted by the next mentor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.audit.actions import Doer, Machine
from liangshi.foundation.audit.types import EntryType
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, together
from liangshi.foundation.notices.actions import Line, settle_office, tell_each, tell_office, unread_at
from liangshi.practice.relations import audit
from liangshi.practice.relations.actions.telling import Passed, school_of
from liangshi.practice.relations.choices import HAND_OVER, HandOverState
from liangshi.practice.relations.models import HandOver
from liangshi.practice.relations.queries.handovers import finishes, part_of, unwritten
from liangshi.practice.relations.rules import still_written
from liangshi.practice.relations.transitions import LETTER, LETTER_TAKEN
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.care import in_care
from liangshi.registry.access.choices import Role
from liangshi.registry.access.parting import end_kept
from liangshi.registry.mentorships.apart import apart_of
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import LEFT
from liangshi.registry.people.models import Student


def begin_letters(passed: Passed, *, mentor_writes: bool = True) -> None:
    """A letter per student who has passed on; the two who may write are told once and never urged again.

    None where the student has named his mentor in what concerns safety. `mentor_writes` False: the student alone, until
    he asks his former mentor to write, too (`ask_mentor`).
    """
    _hand_on(passed)
    apart = apart_of(bond.student_id for bond, _ in passed)
    passed = [(bond, new) for bond, new in passed if bond.mentor_id not in apart[bond.student_id]]
    rows = [HandOver(ended=bond, successor=new, mentor_writes=mentor_writes) for bond, new in passed]
    HandOver.objects.bulk_create(rows, batch_size=500)
    if not passed:
        return
    title = LETTER.student()
    students = [Line(bond.student.person_id, title, bond.student_id) for bond, _ in passed]
    tell_each(students, role=Role.STUDENT, school=school_of(passed), url=reverse("relations:handovers"))
    if mentor_writes:
        _tell_writers([bond for bond, _ in passed])


def _hand_on(passed: Passed) -> None:
    """A letter that the mentor who goes has not taken yet is for the next one; where that is its own writer, for nobody."""
    new = {bond.student_id: (bond.mentor_id, mentor) for bond, mentor in passed}
    rows = HandOver.objects.filter(state=HandOverState.OPEN, ended__student__in=new).select_related("ended")
    for row in rows:
        before, mentor = new[row.ended.student_id]
        if row.successor_id != before:
            continue
        if row.ended.mentor_id == mentor.pk:
            HandOver.objects.filter(pk=row.pk).update(state=HandOverState.SKIPPED, closed_at=now())
        else:
            HandOver.objects.filter(pk=row.pk).update(successor=mentor)


def _tell_writers(bonds: Sequence[Mentorship]) -> None:
    """The mentors who may write; the office, for those who have left."""
    counts: dict[UUID, int] = defaultdict(int)
    gone: dict[UUID, int] = defaultdict(int)
    for bond in bonds:
        if bond.mentor.state in LEFT:
            gone[bond.mentor.school_id] += 1
        else:
            counts[bond.mentor.person_id] += 1
    mentors = [Line(who, LETTER.mentor(count=count), None) for who, count in counts.items()]
    school = bonds[0].mentor.school_id
    tell_each(mentors, role=Role.MENTOR, school=school, url=reverse("relations:handovers"))
    for school, count in gone.items():
        tell_office(
            school,
            (Role.CLERK.value,),
            title=LETTER.office(count=count),
            url=reverse("relations:handovers"),
            key="letters",
        )


def ask_mentor(row: HandOver, *, actor: Actor) -> None:
    """The student asks his former mentor to write a half. Twice changes nothing. Raises `not_yours`, `letter_closed`."""
    if actor.role != Role.STUDENT:
        raise DomainError("not_yours", "请不请原导师写，由学生决定。")
    with _deed(audit.HAND_OVER_ASKED, row, actor) as deed:
        open_ = HandOver.objects.filter(pk=row.pk, state=HandOverState.OPEN)
        if not open_.exists():
            raise _closed()
        if not open_.filter(mentor_writes=False).update(mentor_writes=True):
            deed.nothing()
            return
        _tell_writers([row.ended])


def withhold_letters(student: Student) -> None:
    """Letters of mentors whom the student has named are not written any more."""
    apart = apart_of([student.pk])[student.pk]
    rows = HandOver.objects.filter(ended__student=student, ended__mentor__in=apart, state=HandOverState.OPEN)
    rows.update(state=HandOverState.SKIPPED, closed_at=now())


def write_half(row: HandOver, text: str, *, done: bool = False, actor: Actor) -> None:
    """Save the actor's half; an empty one is allowed. A former mentor who is `done` reads no more of the letter, and
    what he has noted for himself ends. Raises DomainError `not_your_half`, `letter_closed`."""
    part = part_of(actor, row)
    if row.state != HandOverState.OPEN:
        raise _closed()
    if not part.half:
        raise DomainError("not_your_half", "这封信没有由您来写的部分。")
    fields: dict[str, Any] = {f"{part.half}_half": text.strip(), f"{part.half}_half_at": now()}
    if part.half == "mentor":
        fields["by_office"] = actor.role == Role.CLERK
    ends = done and finishes(actor, row, part)
    if ends:
        fields["mentor_done_at"] = now()
    with _deed(audit.HAND_OVER_WRITTEN, row, actor, half=part.half):
        if not HandOver.objects.filter(pk=row.pk, state=HandOverState.OPEN).update(**fields):
            raise _closed()
        if ends:
            end_kept([row.ended], actor=actor)


def end_writing() -> int:
    """The day's look at letters whose former mentor may write no more: what he noted for himself ends. A letter whose
    receiver has the student in his care no more, because he left or passed on by another way, is closed. Returns how
    many letters."""
    rows = HandOver.objects.filter(~still_written(), state=HandOverState.OPEN, mentor_done_at=None)
    over = list(rows.select_related("ended"))
    if over:
        with together("the time of letters is over"):
            HandOver.objects.filter(pk__in=[row.pk for row in over]).update(mentor_done_at=now())
            end_kept([row.ended for row in over], actor=Machine("每日任务"))
    lost = HandOver.objects.filter(~in_care("successor", "ended__student"), state=HandOverState.OPEN)
    lost.update(state=HandOverState.SKIPPED, closed_at=now())
    for school in unread_at("letters"):
        if not unwritten(school):
            settle_office(school, "letters")
    return len(over)


def _closed() -> DomainError:
    return DomainError("letter_closed", "新导师已经接过这封信了，不能再改。还有话想说，可以直接找新导师。")


def accept_letter(row: HandOver, *, actor: Actor) -> None:
    """The next mentor has read it. Raises DomainError `not_yours`, `invalid_transition`."""
    if not part_of(actor, row).reads_student or actor.role == Role.STUDENT:
        raise DomainError("not_yours", "只有接任的导师能接过这封信。")
    with _deed(audit.HAND_OVER_CLOSED, row, actor, how="accept") as deed:
        HAND_OVER.move(row, "accept", closed_at=now())
        end_kept([row.ended], actor=actor)
        _tell_taken(row, deed)


def _tell_taken(row: HandOver, deed: Deed) -> None:
    """Whoever wrote hears that it was read."""
    student, mentor = row.ended.student, row.ended.mentor
    url = reverse("relations:handovers")
    if row.student_half:
        title = LETTER_TAKEN.student(who=row.successor)
        deed.tell([student.person_id], role=Role.STUDENT, student=student.pk, title=title, url=url)
    if row.mentor_half and not row.by_office and mentor.state not in LEFT:
        title = LETTER_TAKEN.mentor(who=row.successor)  # without a name: he reads nothing any more
        deed.tell([mentor.person_id], role=Role.MENTOR, student=None, title=title, url=url)


def skip_letter(row: HandOver, *, actor: Actor) -> None:
    """The office lets it be. Raises DomainError `not_yours`, `invalid_transition`."""
    if actor.role != Role.CLERK:
        raise DomainError("not_yours", "只有学校办公室能登记不写交接信。")
    with _deed(audit.HAND_OVER_CLOSED, row, actor, how="skip"):
        HAND_OVER.move(row, "skip", closed_at=now())
        end_kept([row.ended], actor=actor)


def _deed(entry: EntryType, row: HandOver, actor: Doer, **detail: Any) -> Deed:
    school, student = row.successor.school_id, row.ended.student_id
    return Deed(entry, actor, school=school, about=row, subjects=[student], **detail)
