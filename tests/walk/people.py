"""Who walks: everybody of the cast, and those whose relation to a student is another than a mentor's or an adviser's.

`LIKE` says of whom of the table's columns each is a case; `RELATIONS` to whom he stands in it. What he may open follows
from these two and from the table in `expected.py`, in `reaches`: the one place where that is derived.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liangshi.registry.access.choices import Role
from liangshi.registry.people.models import Person, Staff, Student
from liangshi.registry.schools.models import Bureau, ClassGroup, Cohort, School, SchoolYear
from tests.cast import ROLES

NOBODY = "nobody"
OTHER = "other_"

# Everybody beside the cast, and the column of the table that he is a case of.
LIKE: dict[str, str] = {
    **{name: name for name in ROLES},
    "co_mentor": "mentor",
    "caretaker": "mentor",  # looks after student 0 while his mentor is away
    "caring_clerk": "clerk",  # the same person under the other hat: does not learn what is about himself
    "former_mentor": "mentor",  # of student 0, before the present one; has passed on a letter, and received one
    "first_mentor": "mentor",  # of student 0, before the former one
    "far_mentor": "mentor",  # of student 5, in another class
    "far_adviser": "adviser",  # of the other class
    "classmate": "student",  # student 1, who has no mentor now
    "lead": "worker",  # leads in what happened to student 0
    "restricted_guardian": "guardian",  # of student 0, by court order; father of students 1 and 4
    f"{OTHER}clerk": "clerk",
}
# To which of the school's students (by number) or classes he stands in the relation of the table's letter.
RELATIONS: dict[str, dict[str, frozenset[int]]] = {
    "grade_head": {"G": frozenset({0, 1, 2, 3, 4, 5, 7})},
    "adviser": {"C": frozenset({0, 1, 2})},
    "far_adviser": {"C": frozenset({3, 4, 5, 7})},
    "mentor": {"M": frozenset({0, 2})},
    "co_mentor": {"M": frozenset({0})},
    "caretaker": {"M": frozenset({0})},
    "former_mentor": {"M": frozenset({3})},
    "far_mentor": {"M": frozenset({5, 6, 7}), "L": frozenset({3})},
    "lead": {"L": frozenset({0})},
    "student": {"O": frozenset({0})},
    "classmate": {"O": frozenset({1})},
    "guardian": {"K": frozenset({0})},
    "restricted_guardian": {"K": frozenset({1, 4})},
}
PEOPLE = (*LIKE, NOBODY)


def role_of(name: str) -> Role:
    return ROLES[LIKE[name]]


def names(text: str) -> frozenset[str]:
    """The people of a space-separated list; a group stands for its members."""
    found = [GROUPS[word].split() if word in GROUPS else [word] for word in text.split()]
    called = frozenset(name for some in found for name in some)
    if strangers := called - set(PEOPLE):
        raise LookupError(f"nobody is called {', '.join(strangers)}")
    return called


GROUPS: Mapping[str, str] = {
    "office": "leader clerk caring_clerk",
    "clerks": "clerk caring_clerk",
    "mentors": "mentor co_mentor caretaker",  # whoever accompanies student 0 today
    "teachers": "grade_head adviser mentor co_mentor caretaker former_mentor first_mentor far_mentor far_adviser",
    "workers": "worker lead",
    "staff": "leader clerk caring_clerk grade_head adviser mentor co_mentor caretaker former_mentor first_mentor"
    " far_mentor far_adviser worker lead",
    "pupils": "student classmate",
    "families": "guardian restricted_guardian",
}


def reaches(side: Any, name: str, mark: str, owner: Any) -> bool:
    """Whether the reach `mark` of a person holds for a row of `side`: the owner is whom or what the row is about.

    A student or a class: by the relation; a colleague or a person: oneself; a school, a year, a cohort: the own one.
    A list of names says it by hand, where it follows from more than the relation.
    """
    home = side.tag == "other" if name.startswith(OTHER) else side.tag == "own"
    if isinstance(owner, frozenset):
        return side.local(name) in owner
    if mark == "A":
        return True
    if mark == "B":
        return bool(side.tag == "own")
    if not home:
        return False
    if mark == "S":
        return True
    if isinstance(owner, Student):
        return side.number(owner) in RELATIONS.get(name, {}).get(mark, frozenset())
    return _owns(side, name, mark, owner)


def _owns(side: Any, name: str, mark: str, owner: Any) -> bool:
    if isinstance(owner, Staff):
        return name in side.posts and side.posts[name].pk == owner.pk
    if isinstance(owner, Person):
        return name in side.people and side.people[name].pk == owner.pk
    if isinstance(owner, ClassGroup):
        held = {side.group_of(number) for number in RELATIONS.get(name, {}).get(mark, ())}
        return owner.pk in held
    if isinstance(owner, School | SchoolYear | Cohort | Bureau):
        return True
    raise TypeError(f"whose is {owner!r}?")
