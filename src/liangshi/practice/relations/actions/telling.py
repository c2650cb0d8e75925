"""The neutral words in which everybody is told that a mentor has changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.notices.actions import tell_each
from liangshi.registry.access.audience import guardians
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import LEFT
from liangshi.registry.people.models import Staff

Passed = Sequence[tuple[Mentorship, Staff]]  # a relation, and the colleague to whom its student passes


def tell_of_change(passed: Passed) -> None:
    """Student, both mentors and guardians: 「导师调整」 and who it is now, nothing else."""
    home = reverse("home:home")
    tell_each(
        ((bond.student.person_id, f"导师调整：从今天起，你的导师是{new}") for bond, new in passed), url=home
    )
    tell_each(
        ((person, f"{child}的导师调整：从今天起是{new}") for person, child, new in _guardians(passed)),
        url=home,
    )
    gained: dict[UUID, list[str]] = defaultdict(list)
    lost: dict[UUID, list[str]] = defaultdict(list)
    for bond, new in passed:
        gained[new.person_id].append(bond.student.person.name)
        if bond.mentor.state not in LEFT:
            lost[bond.mentor.person_id].append(f"{bond.student.person.name}由{new}")
    tell_each(
        ((who, f"导师调整：从今天起，您新增学生{_listed(names)}") for who, names in gained.items()), url=home
    )
    tell_each(((who, f"导师调整：从今天起，{_listed(names)}指导") for who, names in lost.items()), url=home)


def tell_of_care(passed: Passed) -> None:
    """Student, caretaker and guardians: who looks after the student from today."""
    home = reverse("home:home")
    tell_each(
        (
            (bond.student.person_id, f"导师调整：从今天起，由{who}临时负责，有事可以找 TA")
            for bond, who in passed
        ),
        url=home,
    )
    tell_each(
        (
            (person, f"{child}的导师调整：从今天起由{who}临时负责")
            for person, child, who in _guardians(passed)
        ),
        url=home,
    )
    counts = Counter(who.person_id for _, who in passed)
    tell_each(((who, f"从今天起，请您临时负责 {count} 名学生") for who, count in counts.items()), url=home)


def tell_of_return(passed: Passed) -> None:
    """Student and caretaker: the mentor is back."""
    home = reverse("home:home")
    tell_each(
        ((bond.student.person_id, f"{bond.mentor}回来了，还是你的导师") for bond, _ in passed), url=home
    )
    counts = Counter((who.person_id, str(bond.mentor)) for bond, who in passed)
    tell_each(
        (
            (who, f"{mentor}已返岗，您临时负责的 {count} 名学生交还了")
            for (who, mentor), count in counts.items()
        ),
        url=home,
    )


def _guardians(passed: Passed) -> Iterable[tuple[UUID, str, Staff]]:
    by_student = {bond.student_id: (bond, who) for bond, who in passed}
    links = guardians(by_student)
    for student, person in links.values_list("student_id", "person_id"):
        bond, who = by_student[student]
        yield person, bond.student.person.name, who


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:3]) + (f"等 {len(names)} 人" if len(names) > 3 else "")
