"""Editing people, with what follows for their mentorships. Each is one transaction."""

from __future__ import annotations

import datetime as dt

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import together
from liangshi.practice.rosters.queries.own import bringer, hat_of
from liangshi.practice.rosters.queries.staff import care_of
from liangshi.registry.accounts.actions import ensure_accounts
from liangshi.registry.mentorships.actions import end, end_many
from liangshi.registry.mentorships.choices import EndReason
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people import actions as people
from liangshi.registry.people.choices import GONE, LEFT, StaffState, StudentState
from liangshi.registry.people.models import GuardianLink, Staff, Student


def change_student_state(
    student: Student, state: StudentState, *, on: dt.date, note: str, actor: Doer
) -> int:
    """Register a change of standing; a student who leaves leaves his mentors. Returns how many relations ended.

    Raises what `people.change_state` raises.
    """
    with together("what follows from a change of standing or of guardians"):
        people.change_state(student, state, on=on, note=note, actor=actor)
        if state not in GONE:
            return 0
        reason = EndReason.STUDENT_DIED if state == StudentState.DIED else EndReason.STUDENT_LEFT
        return end_many([student.pk], on=on, reason=reason, actor=actor, chain=str(student.school_id))


def change_staff_state(staff: Staff, state: StaffState, *, actor: Doer) -> int:
    """Register a change of standing. Returns how many relations as a co-mentor ended with his leaving.

    Nobody goes away from students who depend on him, nor comes back to students who are looked after for him, by the
    roster: raises DomainError `needs_absence`. The relations register that, and somebody takes over the same day. Nor does
    anybody give himself a hat by it: `own_decision`.
    """
    if bringer(actor) == staff.person_id and hat_of(staff.post, state) > hat_of(staff.post, staff.state):
        raise DomainError("own_decision", "您自己的状态会给您新的身份，请另一位同事来登记。", field="state")
    with together("what follows from a change of standing or of guardians"):
        Staff.objects.select_for_update().get(pk=staff.pk)
        why = care_of([staff.pk])[staff.pk].refusal(str(staff), state)
        if why and state != staff.state:
            raise DomainError("needs_absence", why, field="state")
        if not people.set_staff_state(staff, state, actor=actor) or state not in LEFT:
            return 0
        held = Mentorship.objects.filter(mentor=staff, ends_on__isnull=True).select_related(
            "mentor", "student"
        )
        for row in held:
            end(row, on=today(), reason=EndReason.MENTOR_LEFT, actor=actor, chain=str(staff.school_id))
    return len(held)


def add_guardian(student: Student, *, name: str, relation: str, mobile: str, actor: Doer) -> GuardianLink:
    """Link a guardian and see that he has an account."""
    with together("what follows from a change of standing or of guardians"):
        link = people.add_guardian(student, name=name, relation=relation, mobile=mobile, actor=actor)
        ensure_accounts({link.person_id: f"{student.school.code[-4:]}*"})
    return link
