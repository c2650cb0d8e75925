"""Students and staff as an actor may see them, with what holds today."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, UUIDField

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.models import RoleGrant, in_force
from liangshi.registry.access.permissions import CLASS_READ, STAFF_READ, STUDENT_READ
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import with_standing
from liangshi.registry.people.choices import ACTIVE, LEFT
from liangshi.registry.people.models import Enrolment, Person, Staff, Student, StudentSpan
from liangshi.registry.schools.grades import current_year_start, display_name
from liangshi.registry.schools.models import ClassGroup

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Today(TypedDict):
        class_id: UUID | None
        entry_year: int | None
        track: str | None
        number: int | None
        seat: str | None
        state: str | None
        mentor_id: UUID | None
        mentor_name: str | None

    class _Load(TypedDict):
        standing: str
        mentees: int
        accompanied: int

    StudentToday = WithAnnotations[Student, _Today]
    StaffToday = WithAnnotations[Staff, _Load]


def students(actor: Actor, permission: Permission[Student] = STUDENT_READ) -> QuerySet[StudentToday]:
    """The students for whom the actor has the permission, with today's class, standing and mentor.

    Ordered by grade, class, place in class and name.
    """
    now = span_at(today())
    held = Enrolment.objects.filter(now, student=OuterRef("pk")).order_by("-starts_on")
    standing = StudentSpan.objects.filter(now, student=OuterRef("pk")).order_by("-starts_on")
    mentor = Mentorship.objects.filter(now, student=OuterRef("pk"), kind=Kind.PRIMARY).order_by("-starts_on")
    return (
        Student.objects.seen_by(actor, permission)
        .select_related("person", "school")
        .annotate(
            # A foreign key through a subquery would come back as text.
            class_id=Subquery(held.values("class_group_id")[:1], output_field=UUIDField()),
            entry_year=Subquery(held.values("class_group__cohort__entry_year")[:1]),
            track=Subquery(held.values("class_group__track")[:1]),
            number=Subquery(held.values("class_group__number")[:1]),
            seat=Subquery(held.values("seat_no")[:1]),
            state=Subquery(standing.values("state")[:1]),
            mentor_id=Subquery(mentor.values("mentor_id")[:1], output_field=UUIDField()),
            mentor_name=Subquery(mentor.values("mentor__person__name")[:1]),
        )
        .order_by("-entry_year", "track", "number", "seat", "person__name", "pk")
    )


def student_for(actor: Actor, pk: UUID, permission: Permission[Student]) -> Student | None:
    """The student with this key, where the actor has the permission for him."""
    found = Student.objects.seen_by(actor, permission).filter(pk=pk)
    return found.select_related("person", "school").first()


def active(rows: QuerySet[StudentToday]) -> QuerySet[StudentToday]:
    """Those of `students(…)` who count today: 在读 or 借读."""
    return rows.filter(state__in=ACTIVE)


def class_of(row: StudentToday) -> str:
    """「高一(3)班」, or 「未分班」."""
    if row.entry_year is None or row.number is None:
        return "未分班"
    return display_name(row.entry_year, row.number, row.track or "", current_year_start())


def labelled(rows: QuerySet[StudentToday]) -> list[tuple[StudentToday, str]]:
    """Rows of `students(…)` to choose from in a form: by their names, homonyms with the class."""
    names = Counter(row.person.name for row in rows)
    return [
        (row, f"{row.person.name} {class_of(row)}" if names[row.person.name] > 1 else row.person.name)
        for row in rows
    ]


def options(actor: Actor, permission: Permission[Student]) -> list[tuple[StudentToday, str]]:
    """The students of today for whom the actor has the permission, to choose from in a form."""
    return labelled(active(students(actor, permission)))


def staff(actor: Actor) -> QuerySet[StaffToday]:
    """The staff that the actor may see and who have not left, with standing, mentees and co-mentees today.

    Only mentees count in the ratio; those whom he accompanies as a co-mentor are shown beside them.
    """
    now = span_at(today(), "mentorships__")
    mentees = Count("mentorships", filter=now & Q(mentorships__kind=Kind.PRIMARY))
    accompanied = Count("mentorships", filter=now & Q(mentorships__kind=Kind.CO))
    rows = Staff.objects.seen_by(actor, STAFF_READ).exclude(state__in=LEFT)
    return (
        with_standing(rows, today())
        .select_related("person", "school", "places")
        .annotate(mentees=mentees, accompanied=accompanied)
        .order_by("staff_no")
    )


def classes(actor: Actor) -> QuerySet[ClassGroup]:
    """The classes that the actor may open: those of the years that are at school now."""
    start = current_year_start()
    return (
        ClassGroup.objects.seen_by(actor, CLASS_READ)
        .filter(cohort__entry_year__range=(start - 2, start))
        .select_related("cohort__school")
        .order_by("-cohort__entry_year", "track", "number")
    )


def grants_of_login(login: str) -> list[RoleGrant]:
    """What the owner of an account holds today, for the operator."""
    held = RoleGrant.objects.as_system("who is to get a code at the keyboard").filter(in_force(today()))
    mine = held.filter(person__account__login=login.strip().lower())
    return list(mine.select_related("person", "school", "bureau"))


def acting_person(actor: Actor) -> Person:
    """Who acts, to be named as the one who decided."""
    return Person.objects.as_system("the reader himself").get(pk=actor.person_id)
