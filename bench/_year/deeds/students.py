"""Students come, rest, move and leave; their guardians."""

from __future__ import annotations

from django.db import transaction

from bench._year.deeds.kinds import bring, deed
from bench._year.world import Nothing, World
from liangshi.foundation.base.clock import today
from liangshi.practice.rosters.actions import people as roster
from liangshi.registry.mentorships.models import (
    ACTIVE_PRIMARY,
    Mentorship,
)
from liangshi.registry.people import actions as people
from liangshi.registry.people.choices import Gender, Relation, StudentState
from liangshi.registry.people.models import (
    Enrolment,
    GuardianLink,
    Student,
)
from liangshi.registry.schools.models import ClassGroup


@deed("student.leaves", 3)
def _leaves(w: World) -> str:
    student, on = w.student(), w.ago(0, 0, 0, 1, 3, 9)
    state = w.pick((StudentState.TRANSFERRED, StudentState.TRANSFERRED, StudentState.WITHDRAWN))
    roster.change_student_state(student, state, on=on, note="随家长迁居", actor=w.clerk())
    return f"{student} {state} on {on}"


@deed("student.dies", 0.15)
def _dies(w: World) -> str:
    student, on = w.student(), w.ago(0, 1, 2)
    roster.change_student_state(student, StudentState.DIED, on=on, note="去世", actor=w.clerk())
    return f"{student} on {on}"


@deed("student.out-and-back", 0.8)
def _out_and_back(w: World) -> str:
    """转出 registered by mistake and taken back on the same day."""
    student, clerk = w.student(), w.clerk()
    group = w.pick(_class_of(student))
    with transaction.atomic():  # three deeds in one
        roster.change_student_state(student, StudentState.TRANSFERRED, on=today(), note="转学", actor=clerk)
        roster.change_student_state(student, StudentState.ENROLLED, on=today(), note="登记错了", actor=clerk)
        people.move_class(student, group, on=today(), actor=clerk)
    return f"{student}"


def _class_of(student: Student) -> list[ClassGroup]:
    held = Enrolment.objects.filter(student=student, ends_on__isnull=True).select_related(
        "class_group__cohort"
    )
    return [row.class_group for row in held]


@deed("student.returns", 1.2)
def _returns(w: World) -> str:
    """Somebody who had left comes again."""
    gone = w.students(StudentState.TRANSFERRED, StudentState.WITHDRAWN)
    student, clerk = w.pick(gone), w.clerk()
    last = (
        Enrolment.objects.filter(student=student)
        .order_by("-starts_on", "-pk")
        .select_related("class_group__cohort")
    )
    group = w.pick(list(last[:1])).class_group
    if group.cohort.entry_year < w.made.year.start_year - 2:
        raise Nothing
    with transaction.atomic():
        roster.change_student_state(student, StudentState.ENROLLED, on=today(), note="转回", actor=clerk)
        people.move_class(student, group, on=today(), actor=clerk)
    return f"{student} into {group}"


@deed("student.rests", 1.5)
def _rests(w: World) -> str:
    student, on = w.student(), w.ago(0, 0, 0, 2)
    roster.change_student_state(student, StudentState.SUSPENDED, on=on, note="休养", actor=w.clerk())
    return f"{student} on {on}"


@deed("student.resumes", 1.6)
def _resumes(w: World) -> str:
    student, on = w.pick(w.students(StudentState.SUSPENDED)), w.ago(0, 0, 0, 1)
    roster.change_student_state(student, StudentState.ENROLLED, on=on, note="复学", actor=w.clerk())
    return f"{student} on {on}"


@deed("student.guest", 0.4)
def _guest(w: World) -> str:
    student = w.pick(w.students(StudentState.ENROLLED))
    roster.change_student_state(student, StudentState.GUEST, on=today(), note="改为借读", actor=w.clerk())
    return f"{student}"


@deed("student.moves-class", 1)
def _moves_class(w: World) -> str:
    student = w.student()
    groups = ClassGroup.objects.filter(cohort__school=w.school).select_related("cohort").order_by("pk")
    own = w.pick(_class_of(student))
    group = w.pick([each for each in groups if each.cohort_id == own.cohort_id and each.pk != own.pk])
    people.move_class(student, group, on=w.ago(0, 0, 1), actor=w.clerk())
    return f"{student} into {group}"


@deed("student.joins", 1)
def _joins(w: World) -> str:
    """转入 by a roster of one line; now and then a teacher is the parent."""
    number, clerk = w.number(), w.clerk()
    groups = ClassGroup.objects.filter(cohort__in=w.made.cohorts).select_related("cohort").order_by("pk")
    group = w.pick(groups)
    parent = w.pick(w.staff()).person if w.chance(0.2) else None
    child, (name, mobile) = (
        w.words.name(Gender.FEMALE),
        (parent.name, parent.mobile) if parent else w.stranger(),
    )
    line = f"{child},女,X{number:04d},{group.name()},{name},母亲,{mobile}"
    bring(w, "students", "姓名,性别,学号,班级,监护人1姓名,监护人1关系,监护人1电话", line, clerk)
    return f"{child} into {group}, parent {name}"


@deed("guardian.added", 0.8)
def _guardian_added(w: World) -> str:
    """A grandparent, or a teacher of the school: also the student's own mentor."""
    student = w.student()
    own = Mentorship.objects.filter(ACTIVE_PRIMARY, student=student).select_related("mentor__person")
    near = [bond.mentor.person for bond in own] if w.chance(0.2) else [one.person for one in w.staff()]
    who = w.pick(near) if w.chance(0.3) else None
    name, mobile = (who.name, who.mobile) if who else w.stranger()
    roster.add_guardian(student, name=name, relation=Relation.GRANDMOTHER, mobile=mobile, actor=w.clerk())
    return f"{student}: {name}"


@deed("guardian.ended", 0.4)
def _guardian_ended(w: World) -> str:
    student = w.student()
    link = w.pick(GuardianLink.objects.filter(student=student, ends_on__isnull=True).order_by("pk"))
    people.end_guardian(link, actor=w.clerk())
    return f"{student}: {link.person}"


@deed("guardian.restricted", 0.5)
def _guardian_restricted(w: World) -> str:
    student = w.student()
    link = w.pick(GuardianLink.objects.filter(student=student, ends_on__isnull=True).order_by("pk"))
    people.restrict_guardian(link, not link.restricted, actor=w.clerk())
    return f"{student}: {link.person} {not link.restricted}"
