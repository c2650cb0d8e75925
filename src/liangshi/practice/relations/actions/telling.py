"""The neutral words in which everybody is told that a mentor has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.notices.actions import Line, tell_each, tell_people
from liangshi.registry.access.audience import guardians
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import when_bonds_end, when_care_ends
from liangshi.registry.mentorships.choices import EndReason, Kind
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Interim, Mentorship
from liangshi.registry.people.choices import LEFT
from liangshi.registry.people.models import Staff, Student

Passed = Sequence[tuple[Mentorship, Staff]]  # a relation, and the colleague to whom its student passes


def tell_of_change(passed: Passed) -> None:
    """Student, both mentors and guardians: 「导师调整」 and who it is now, nothing else.

    The mentors hear how many, not who: one of them reads nothing about the student any more, the other's own list says.
    """
    _tell_students(passed, lambda _, new: f"导师调整：从今天起，你的导师是{new}")
    _tell_guardians(passed, lambda child, new: f"{child}的导师调整：从今天起是{new}")
    gained = Counter(new for _, new in passed)
    lost = Counter(bond.mentor for bond, _ in passed if bond.mentor.state not in LEFT)
    for staff, count in gained.items():
        _tell_staff(staff, f"导师调整：从今天起，您新增 {count} 名学生")
    for staff, count in lost.items():
        _tell_staff(staff, f"导师调整：从今天起，您的 {count} 名学生由别的老师指导")


def tell_of_care(passed: Passed) -> None:
    """Student, caretaker and guardians: who looks after the student from today."""
    _tell_students(passed, lambda _, who: f"导师调整：从今天起，由{who}临时负责，有事可以找 TA")
    _tell_guardians(passed, lambda child, who: f"{child}的导师调整：从今天起由{who}临时负责")
    for staff, count in Counter(who for _, who in passed).items():
        _tell_staff(staff, f"从今天起，请您临时负责 {count} 名学生")


@when_care_ends
def tell_of_care_over(cares: Sequence[Interim]) -> None:
    """Whoever looked after students and does so no more, otherwise than by the mentor's return. How many, not who: he
    reads nothing about them any more."""
    for staff, count in Counter(care.caretaker for care in cares).items():
        if staff.state not in LEFT:
            _tell_staff(staff, f"导师调整：您临时负责的 {count} 名学生，从今天起不用再负责了")


SAID_OF_END = {
    EndReason.STUDENT_LEFT: "您的 {} 名学生离校了，导师关系到此结束",
    EndReason.STUDENT_DIED: "您的 {} 名学生去世了，导师关系到此结束。请保重，需要时可以找心理教师谈谈",
    EndReason.YEAR_OVER: "您的 {} 名学生毕业了，导师关系到此结束，谢谢您",
}  # of the other reasons everybody hears in their own words


@when_bonds_end
def tell_of_end(bonds: Sequence[Mentorship], reason: EndReason) -> None:
    """The mentors of whoever has left: how many, not who, since they read nothing about them any more. A student whose
    co-mentor goes, and his guardians: that his mentor stays."""
    said = SAID_OF_END.get(reason)
    if not said:
        students = {bond.student_id for bond in bonds if bond.kind == Kind.CO}
        goes_on = Mentorship.objects.filter(ACTIVE_PRIMARY, student__in=students).values_list(
            "student", flat=True
        )
        here = set(goes_on)
        gone = [(bond, bond.mentor) for bond in bonds if bond.kind == Kind.CO and bond.student_id in here]
        _tell_students(gone, lambda _, who: f"{who}对你的协同陪伴结束了，你的导师没有变")
        _tell_guardians(gone, lambda child, who: f"{who}对{child}的协同陪伴结束了，导师没有变")
    else:
        for staff, count in Counter(bond.mentor for bond in bonds if bond.mentor.state not in LEFT).items():
            _tell_staff(staff, said.format(count))


def tell_of_return(passed: Passed) -> None:
    """Student, guardians and caretaker: the mentor is back."""
    _tell_students(passed, lambda bond, _: f"{bond.mentor}回来了，还是你的导师")
    by_student = {bond.student_id: bond.mentor for bond, _ in passed}
    _tell_guardians(passed, lambda child, _: f"{by_student[child.pk]}已返岗，还是{child}的导师")
    for (staff, mentor), count in Counter((who, bond.mentor) for bond, who in passed).items():
        _tell_staff(staff, f"{mentor}已返岗，您临时负责的 {count} 名学生交还了")


def school_of(passed: Passed) -> UUID | None:
    """Students pass on within one school; None where nobody does."""
    return next((who.school_id for _, who in passed), None)


def _tell_students(passed: Passed, says: Callable[[Mentorship, Staff], str]) -> None:
    lines = [Line(bond.student.person_id, says(bond, who), bond.student_id) for bond, who in passed]
    tell_each(lines, role=Role.STUDENT, school=school_of(passed), url=reverse("home:home"))


def _tell_guardians(passed: Passed, says: Callable[[Student, Staff], str]) -> None:
    by_student = {bond.student_id: (bond.student, who) for bond, who in passed}
    links = guardians(by_student).values_list("student_id", "person_id")
    lines = [Line(person, says(*by_student[student]), student) for student, person in links]
    tell_each(lines, role=Role.GUARDIAN, school=school_of(passed), url=reverse("home:home"))


def _tell_staff(staff: Staff, title: str) -> None:
    tell_people(
        [staff.person_id], role=Role.MENTOR, school=staff.school_id, student=None, title=title,
        url=reverse("home:home"),
    )  # fmt: skip
