"""Students with their standing and class, and their guardians; and clubs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count
from typing import Any

from liangshi.portal.demo import plan
from liangshi.portal.demo.plan import FAMILIES, NAMED, RESTRICTED, STUDENTS, TEACHERS_CHILD, TWINS, Seat
from liangshi.portal.demo.rows import Rows
from liangshi.portal.demo.schools import Place
from liangshi.registry.people.choices import (
    ClubKind,
    EnrolReason,
    Gender,
    Lodging,
    Relation,
    StudentState,
)
from liangshi.registry.people.models import (
    Club,
    ClubMember,
    Enrolment,
    GuardianLink,
    Person,
    Student,
    StudentSpan,
)

Students = dict[Seat, Student]
CLUBS = (
    ("星空天文社", ClubKind.CLUB), ("校园戏剧社", ClubKind.CLUB), ("数学建模组", ClubKind.PROJECT),
    ("羽毛球队", ClubKind.TEAM), ("诗歌兴趣小组", ClubKind.INTEREST),
)  # fmt: skip
MEMBERS = 12


def students(rows: Rows, places: list[Place], scale: float) -> Students:
    """All students of the city, spread evenly over the classes."""
    made: Students = {}
    groups = [
        (place, grade, number)
        for place in places
        for grade, classes in enumerate(place.classes)
        for number in range(1, len(classes) + 1)
    ]
    each, more = divmod(round(STUDENTS * scale), len(groups))
    numbers = {place.plan.key: count(1) for place in places}
    for turn, (place, grade, class_no) in enumerate(groups):
        for seat in range(1, each + (turn < more) + 1):
            where = Seat(place.plan.key, grade, class_no, seat)
            made[where] = _student(rows, place, where, next(numbers[place.plan.key]))
    return made


def _student(rows: Rows, place: Place, where: Seat, number: int) -> Student:
    words, cohort = rows.words, place.cohorts[where.grade]
    gender = words.gender()
    name = words.name(gender)
    if where in NAMED:
        name, gender = NAMED[where]
    born = dt.date(cohort.entry_year - 16, 11, 3) if where in TWINS else words.birth(cohort.entry_year)
    prefix = place.school.code[-4:]
    # Every hundredth has no identity number yet and bears a number of the registry's own.
    letter = "J" if number % 100 == 50 else "L" if number % 100 == 99 else "G"
    student = rows.add(
        Student,
        person=rows.person(name, gender, words.login(prefix), birth_date=born),
        school=place.school,
        national_no=words.national_no(f"99{prefix}", born, gender, letter),
        aux_no=f"99{cohort.entry_year}{prefix}{number:05d}",
        school_no=f"{cohort.entry_year}{number:04d}",
        lodging=words.rng.choice((Lodging.DAY, Lodging.DAY, Lodging.BOARDING)),
    )
    _standing(rows, place, where, student)
    return student


def _standing(rows: Rows, place: Place, where: Seat, student: Student) -> None:
    """在读 since entry for nearly all; a few came late, were away, left, or are guests."""
    entered = dt.date(place.cohorts[where.grade].entry_year, 9, 1)
    spring = dt.date(place.year.start_year, 3, 2)  # in the year before this one
    group = place.classes[where.grade][where.class_no - 1]
    states = [(StudentState.ENROLLED, entered)]
    reason, began, ended = EnrolReason.ENTRY, entered, None
    if where in plan.SUSPENDED:
        states.append((StudentState.SUSPENDED, spring))
    elif where in plan.RETURNED:
        autumn = dt.date(place.year.start_year - 1, 10, 8)
        states += [(StudentState.SUSPENDED, autumn), (StudentState.ENROLLED, spring)]
    elif where in plan.LEFT:
        states.append((StudentState.TRANSFERRED, spring))
        ended = spring
    elif where in plan.JOINED:
        states = [(StudentState.ENROLLED, spring)]
        reason, began = EnrolReason.JOINED, spring
    elif where in plan.GUESTS:
        states = [(StudentState.GUEST, entered)]
    ends = [since for _, since in states[1:]]
    for (state, since), until in zip(states, [*ends, None], strict=True):
        rows.add(StudentSpan, student=student, state=state, starts_on=since, ends_on=until)
    rows.add(
        Enrolment, student=student, class_group=group, seat_no=f"{where.seat:02d}", reason=reason,
        starts_on=began, ends_on=ended,
    )  # fmt: skip


class Parents:
    """Gives every student his guardians, mostly two."""

    def __init__(self, rows: Rows, students: Students) -> None:
        self.rows, self.students = rows, students
        self.mothers: dict[Seat, Person] = {}

    def give_all(self, teacher_parent: Person) -> None:
        """`teacher_parent` works at his own child's school."""
        done: set[Seat] = set()
        for family in FAMILIES:
            self._family([seat for seat in family if seat in self.students])
            done.update(family)
        self._teachers_child(teacher_parent)
        done.add(TEACHERS_CHILD)
        for turn, seat in enumerate(self.students):
            if seat not in done:
                self._usual(turn, seat)

    def _teachers_child(self, parent: Person) -> None:
        mother = parent.gender == Gender.FEMALE
        self._link(TEACHERS_CHILD, parent, Relation.MOTHER if mother else Relation.FATHER, is_primary=True)
        if mother:
            self._link(TEACHERS_CHILD, self._father(TEACHERS_CHILD), Relation.FATHER)
        else:
            self.students[TEACHERS_CHILD].person.name = f"{parent.name[0]}小满"
            self._link(TEACHERS_CHILD, self._adult(Gender.FEMALE), Relation.MOTHER)

    def _family(self, seats: list[Seat]) -> None:
        father, mother = self._father(seats[0]), self._adult(Gender.FEMALE)
        for seat in seats:
            self._link(seat, mother, Relation.MOTHER, is_primary=True)
            self._link(seat, father, Relation.FATHER)

    def _usual(self, turn: int, seat: Seat) -> None:
        if turn % 31 == 7:  # brought up by grandparents
            grandfather = self._father(seat)
            self._link(seat, grandfather, Relation.GRANDFATHER, is_primary=True)
            self._link(seat, self._adult(Gender.FEMALE), Relation.MOTHER)
        elif turn % 23 == 11:  # one guardian
            self._link(seat, self._adult(Gender.FEMALE), Relation.MOTHER, is_primary=True)
        else:
            self._link(seat, self._adult(Gender.FEMALE), Relation.MOTHER, is_primary=True)
            self._link(seat, self._father(seat), Relation.FATHER, restricted=seat == RESTRICTED)

    def _father(self, seat: Seat) -> Person:
        child = self.students[seat].person.name
        return self._adult(Gender.MALE, child[:2] if child[:2] in {"欧阳", "司马"} else child[0])

    def _adult(self, gender: Gender, surname: str = "") -> Person:
        words = self.rows.words
        name = words.name(gender, surname)
        return self.rows.person(name, gender, words.login("jz"), mobile=words.mobile())

    def _link(self, seat: Seat, person: Person, relation: Relation, **fields: Any) -> None:
        student = self.students[seat]
        since = dt.date(int(student.school_no[:4]), 9, 1)
        self.rows.add(
            GuardianLink, student=student, person=person, relation=relation, starts_on=since, **fields
        )
        if relation == Relation.MOTHER:
            self.mothers[seat] = person


def clubs(rows: Rows, place: Place, students: Students) -> None:
    """A few clubs of this year's first two grades."""
    young = list(_of_grades(place.plan.key, students, (0, 1)))
    for turn, (name, kind) in enumerate(CLUBS):
        club = rows.add(
            Club, year=place.year, name=name, kind=kind, adviser=place.teachers[turn % 2][-1 - turn]
        )
        for student in rows.words.rng.sample(young, min(MEMBERS, len(young))):
            rows.add(ClubMember, club=club, student=student, starts_on=place.year.starts_on)


def _of_grades(school: str, students: Students, grades: tuple[int, ...]) -> Iterator[Student]:
    return (one for seat, one in students.items() if seat.school == school and seat.grade in grades)
