"""The neutral words in which everybody is told that a mentor has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.actions import Line, tell_each, tell_people
from liangshi.practice.relations.transitions import (
    CARE,
    CARE_BACK,
    CARE_OVER,
    CHANGED,
    CO_GONE,
    DIED,
    GRADUATED,
    LEFT_SCHOOL,
)
from liangshi.registry.access.audience import guardians
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import when_bonds_end, when_care_ends
from liangshi.registry.mentorships.choices import EndReason, Kind
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Interim, Mentorship
from liangshi.registry.people.choices import LEFT
from liangshi.registry.people.models import OPEN, Staff, Student
from liangshi.registry.people.queries import advisers_of, classes_of

Passed = Sequence[tuple[Mentorship, Staff]]  # a relation, and the colleague to whom its student passes


def tell_of_change(passed: Passed) -> None:
    """Student, both mentors, co-mentors, class advisers and guardians: 「导师调整」 and who it is now, nothing else.

    The mentors hear how many, not who: one of them reads nothing about the student any more, the other's own list says.
    """
    _tell_students(passed, lambda _, new: CHANGED.student(new=new))
    _tell_guardians(passed, lambda child, new: CHANGED.guardians(child=child, new=new))
    gained = Counter(new for _, new in passed)
    lost = Counter(bond.mentor for bond, _ in passed if bond.mentor.state not in LEFT)
    for staff, count in gained.items():
        _tell_staff(staff, CHANGED.next(count=count))
    for staff, count in lost.items():
        _tell_staff(staff, CHANGED.mentor(count=count))
    tell_co_mentors(passed)
    _tell_advisers(passed)


def tell_of_care(passed: Passed) -> None:
    """Student, caretaker and guardians: who looks after the student from today."""
    _tell_students(passed, lambda _, who: CARE.student(who=who))
    _tell_guardians(passed, lambda child, who: CARE.guardians(child=child, who=who))
    for staff, count in Counter(who for _, who in passed).items():
        _tell_staff(staff, CARE.caretaker(count=count))


@when_care_ends
def tell_of_care_over(cares: Sequence[Interim], reason: EndReason | None) -> None:
    """Whoever looked after students and does so no more, otherwise than by the mentor's return. How many, not who: he
    reads nothing about them any more."""
    row = LEAVES.get(reason, CARE_OVER) if reason else CARE_OVER
    for staff, count in Counter(care.caretaker for care in cares).items():
        if staff.state not in LEFT:
            _tell_staff(staff, row.caretaker(count=count))


LEAVES = {
    EndReason.STUDENT_LEFT: LEFT_SCHOOL,
    EndReason.STUDENT_DIED: DIED,
    EndReason.YEAR_OVER: GRADUATED,
}  # and not the mentor


@when_bonds_end
def tell_of_end(bonds: Sequence[Mentorship], reason: EndReason) -> None:
    """The mentors of whoever has left: how many, not who, since they read nothing about them any more. A student whose
    co-mentor goes, and his guardians: that his mentor stays."""
    row = LEAVES.get(reason)
    if not row:
        students = {bond.student_id for bond in bonds if bond.kind == Kind.CO}
        goes_on = Mentorship.objects.filter(ACTIVE_PRIMARY, student__in=students).values_list(
            "student", flat=True
        )
        here = set(goes_on)
        gone = [(bond, bond.mentor) for bond in bonds if bond.kind == Kind.CO and bond.student_id in here]
        _tell_students(gone, lambda _, who: CO_GONE.student(mentor=who))
        _tell_guardians(gone, lambda child, who: CO_GONE.guardians(mentor=who, child=child))
    else:
        for staff, count in Counter(bond.mentor for bond in bonds if bond.mentor.state not in LEFT).items():
            _tell_staff(staff, row.mentor(count=count))


def tell_of_return(passed: Passed) -> None:
    """Student, guardians and caretaker: the mentor is back."""
    _tell_students(passed, lambda bond, _: CARE_BACK.student(mentor=bond.mentor))
    by_student = {bond.student_id: bond.mentor for bond, _ in passed}
    _tell_guardians(passed, lambda child, _: CARE_BACK.guardians(mentor=by_student[child.pk], child=child))
    for (staff, mentor), count in Counter((who, bond.mentor) for bond, who in passed).items():
        _tell_staff(staff, CARE_BACK.caretaker(mentor=mentor, count=count))


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


def tell_co_mentors(passed: Passed) -> None:
    """Whoever accompanies a student beside his mentor works with another colleague from today."""
    new = {bond.student_id: who for bond, who in passed}
    beside = Mentorship.objects.filter(OPEN, student__in=new, kind=Kind.CO)
    lines = [
        Line(
            bond.mentor.person_id,
            CHANGED.co_mentors(new=new[bond.student_id], child=bond.student),
            bond.student_id,
        )
        for bond in beside.select_related("mentor", "student__person")
    ]
    tell_each(lines, role=Role.MENTOR, school=school_of(passed), url=reverse("home:home"))


def _tell_advisers(passed: Passed) -> None:
    """How many of a class, not who: his own list says it, so that one who has named him is counted, too. Nobody hears of
    what he does himself."""
    doing = {bond.student_id: {bond.mentor.person_id, who.person_id} for bond, who in passed}
    groups = classes_of(doing, today())
    posts = advisers_of({group.pk for group in groups.values()}, today())
    held = ((key, posts[group.pk].person_id) for key, group in groups.items() if group.pk in posts)
    counts = Counter(person for student, person in held if person not in doing[student])
    lines = [Line(person, CHANGED.adviser(count=count), None) for person, count in counts.items()]
    tell_each(lines, role=Role.ADVISER, school=school_of(passed), url=reverse("home:home"))


def _tell_staff(staff: Staff, title: str) -> None:
    tell_people(
        [staff.person_id], role=Role.MENTOR, school=staff.school_id, student=None, title=title,
        url=reverse("home:home"),
    )  # fmt: skip
