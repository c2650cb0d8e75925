"""互换导师: two students pass to each other's mentor in one deed, also where neither mentor has a free place."""

from __future__ import annotations

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, in_words
from liangshi.foundation.records.decisions import demand_another
from liangshi.practice.relations import audit
from liangshi.practice.relations.actions.changes import lapse
from liangshi.practice.relations.actions.handovers import begin_letters
from liangshi.practice.relations.actions.telling import tell_of_change
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.actions import Change, replace
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Student


def swap(first: Mentorship, other: Mentorship, *, reason: str, actor: Actor) -> None:
    """From today each of two students has the other's mentor; places are counted after both have moved. Why, stands in
    the log, sealed.

    Raises DomainError `swap_needs_reason`, `same_mentor`, `own_decision`, `not_fit`, `not_given`, `bond_ended` (also for
    the second of two taps).
    """
    if not reason.strip():
        raise DomainError("swap_needs_reason", "请写一句为什么互换。", field="reason")
    if first.mentor_id == other.mentor_id:
        said = "这两名学生是同一位导师，不用互换。请另选一名学生。"
        raise DomainError("same_mentor", said, field="other")
    for bond in (first, other):
        demand_another(
            bond.mentor.person_id, actor.person_id, "有您自己指导的学生，请另一位同事来办。", field="other"
        )
    students = sorted([first.student_id, other.student_id])
    with Deed(
        audit.SWAPPED,
        actor,
        school=first.mentor.school_id,
        subjects=students,
        reason=in_words(reason.strip()),
    ):
        list(Student.objects.select_for_update().filter(pk__in=students).order_by("pk"))  # orders two taps
        passed = [(first, other.mentor), (other, first.mentor)]
        replace(
            [Change(bond, new.pk) for bond, new in passed],
            on=today(),
            origin=Origin.CHANGED,
            reason=EndReason.AGREED,
            actor=actor,
            chain=str(first.mentor.school_id),
        )
        lapse([first.pk, other.pk])
        tell_of_change(passed)
        begin_letters(passed, mentor_writes=False)
