"""Editing people, with what follows for their mentorships. Each is one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import together
from liangshi.foundation.notices.actions import settle_office, tell_office, tell_people
from liangshi.practice.rosters.queries.own import bringer, hat_of
from liangshi.practice.rosters.queries.staff import care_of
from liangshi.registry.access.audience import advisers, in_charge
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.accounts.actions import ensure_accounts
from liangshi.registry.mentorships.actions import end, end_many
from liangshi.registry.mentorships.choices import NO_MENTOR, EndReason
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.people import actions as people
from liangshi.registry.people.choices import ACTIVE, GONE, LEFT, StaffState, StudentState
from liangshi.registry.people.models import GuardianLink, Staff, Student


def change_student_state(
    student: Student, state: StudentState, *, on: dt.date, note: str, actor: Doer
) -> int:
    """Register a change of standing; a student who leaves leaves his mentors. Returns how many relations ended.

    The office is told of a student who comes back and has no mentor. Raises what `people.change_state` raises.
    """
    with together("what follows from a change of standing or of guardians"):
        near = advisers([student.pk]) if state == StudentState.DIED else []
        people.change_state(student, state, on=on, note=note, actor=actor)
        held = Mentorship.objects.filter(student=student, ends_on__isnull=True)
        ended = 0
        if state in GONE:
            settle_office(student.school_id, f"{NO_MENTOR}:{student.pk}")
            died = state == StudentState.DIED
            reason = EndReason.STUDENT_DIED if died else EndReason.STUDENT_LEFT
            ended = end_many([student.pk], on=on, reason=reason, actor=actor, chain=str(student.school_id))
            if died:
                _tell_of_death(student, near)
        elif state == StudentState.SUSPENDED:
            tell_people(
                in_charge([student.pk]), role=Role.MENTOR, school=student.school_id, student=student.pk,
                title=f"{student}休学了，仍是您的学生，复学时会告诉您", url=reverse("home:home"),
            )  # fmt: skip
        elif state in ACTIVE:
            settle_office(student.school_id, f"died:{student.pk}")  # it was a mistake
        if state in ACTIVE and not held.filter(ACTIVE_PRIMARY).exists():
            tell_office(
                student.school_id,
                OFFICE,
                title=f"{student}已{state.label}，还没有导师。",
                url=reverse("waiting:without_mentor"),
                key=f"{NO_MENTOR}:{student.pk}",
            )
    return ended


def _tell_of_death(student: Student, near: Collection[UUID]) -> None:
    """The office with the name, the class adviser without it, who knows; the mentors hear of it with the end of their
    relation. Not the family: what is to be said to it is said by people."""
    tell_office(
        student.school_id,
        OFFICE,
        title=f"{student}同学去世，已经登记。家长的账号里不再显示 TA，也不再有任何通知；想留存的资料，请当面交给家长",
        url=reverse("rosters:student", args=[student.pk]),
        key=f"died:{student.pk}",
    )
    tell_people(
        near, role=Role.ADVISER, school=student.school_id, student=None,
        title="您班上的一名学生去世了，已经登记。请保重；同学们和您需要时，可以找心理教师", url=reverse("home:home"),
    )  # fmt: skip


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
