"""Who mentors, who may, who has a mentor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from liangshi.foundation.base.models import span_at
from liangshi.registry.mentorships.choices import POLICY_CAP, Kind, NotMentoring
from liangshi.registry.mentorships.models import (
    Exemption,
    Interim,
    Mentorship,
    NotMentoringSpan,
    RatioException,
    exception_holds,
)
from liangshi.registry.people.choices import ACTIVE, LEFT, MENTORING_POSTS, StaffState
from liangshi.registry.people.models import OPEN, Staff, Student, StudentSpan

IN_POOL = "pool"
OTHER_POST = "other_post"
STANDINGS: dict[str, str] = {
    IN_POOL: "可任导师",
    OTHER_POST: "岗位协同育人",
    **{state.value: str(state.label) for state in StaffState},
    **{reason.value: str(reason.label) for reason in NotMentoring},
}


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Standing(TypedDict):
        standing: str

    class _HasMentor(TypedDict):
        has_mentor: bool

    StaffWithStanding = WithAnnotations[Staff, _Standing]
    StudentWithMentor = WithAnnotations[Student, _HasMentor]


def with_standing(staff: QuerySet[Staff], day: dt.date) -> QuerySet[StaffWithStanding]:
    """Annotate `standing`: "pool", or the one reason why this person does not mentor on `day` (STANDINGS).

    The single definition behind the pool, the list of exceptions and 「教师 N，导师 M，未任 N−M」.
    """
    left_out = NotMentoringSpan.objects.filter(span_at(day), staff=OuterRef("pk")).values("reason")[:1]
    return staff.annotate(
        _left_out=Subquery(left_out),
        standing=Case(
            When(~Q(post__in=MENTORING_POSTS), then=Value(OTHER_POST)),
            When(~Q(state=StaffState.ON_DUTY), then=F("state")),
            When(_left_out__isnull=False, then=F("_left_out")),
            default=Value(IN_POOL),
            output_field=CharField(),
        ),
    )


def staff_of(school_id: UUID) -> QuerySet[Staff]:
    """The school's staff who have not left it."""
    staff = Staff.objects.as_system("who works at a school, and who of them mentors")
    return staff.filter(school_id=school_id).exclude(state__in=LEFT).select_related("person")


def pool(school_id: UUID, day: dt.date) -> QuerySet[StaffWithStanding]:
    """The mentors of a school on a day: everybody whom nothing keeps from it (教师人人是导师)."""
    return with_standing(staff_of(school_id), day).filter(standing=IN_POOL)


def active_among(students: QuerySet[Student], day: dt.date) -> QuerySet[Student]:
    """Those of the students who count on `day`: 在读 or 借读 (R32)."""
    # Not a correlated EXISTS: SQLite takes the index by state for it and reads the whole city once per student.
    standing = StudentSpan.objects.filter(span_at(day), state__in=ACTIVE)
    return students.filter(pk__in=standing.values("student_id"))


def active_students(day: dt.date) -> QuerySet[Student]:
    """All who count on `day`."""
    return active_among(Student.objects.as_system("how many students there are, and who wants a mentor"), day)


def with_mentor(students: QuerySet[Student], day: dt.date) -> QuerySet[StudentWithMentor]:
    """Annotate `has_mentor`: an active primary mentorship on `day`."""
    held = Mentorship.objects.filter(span_at(day), student=OuterRef("pk"), kind=Kind.PRIMARY)
    return students.annotate(has_mentor=Exists(held))


def live_extra(staff_id: UUID | OuterRef, day: dt.date) -> Coalesce:
    """As an expression: the places that live exceptions add to a mentor's quota."""
    extra = (
        RatioException.objects.filter(exception_holds(day), staff=staff_id)
        .order_by()
        .values("staff")
        .annotate(total=Sum("extra"))
        .values("total")
    )
    return Coalesce(Subquery(extra), Value(0))


@dataclass(frozen=True, slots=True)
class Place:
    """A mentor of the pool. `usual` places are free within his quota, `free` with live exceptions."""

    staff: Staff
    usual: int
    free: int
    taken: int

    @property
    def line(self) -> str:
        """「周敏老师 · 化学 · 余 3」."""
        return " · ".join(part for part in (str(self.staff), self.staff.subject, f"余 {self.free}") if part)


def places(school_id: UUID, day: dt.date) -> list[Place]:
    """The mentors who are in the school's pool on a day, with their places as they are now. One question."""
    rows = (
        pool(school_id, day)
        .select_related("person", "places", "profile")
        .annotate(extra=live_extra(OuterRef("pk"), day))
        .order_by("staff_no")
    )
    found = []
    for row in rows:
        held = getattr(row, "places", None)
        quota, taken = (held.quota, held.taken) if held else (POLICY_CAP, 0)
        found.append(Place(row, max(0, quota - taken), max(0, quota + row.extra - taken), taken))
    return found


def beside_of(student_id: UUID, day: dt.date) -> set[UUID]:
    """The persons who accompany a student on a day: his mentors of either kind, and who looks after him meanwhile."""
    why = "who accompanies a student"
    bonds = Mentorship.objects.as_system(why).filter(span_at(day), student=student_id)
    cared = Interim.objects.as_system(why).filter(span_at(day), mentorship__in=bonds)
    return {
        *bonds.values_list("mentor__person", flat=True),
        *cared.values_list("caretaker__person", flat=True),
    }


def exemptions(students: QuerySet[Student] | Iterable[UUID], day: dt.date) -> dict[UUID, Exemption]:
    """Student → the reason that lets him be without a mentor on a day. Past its last day a reason counts no more."""
    reasons = Exemption.objects.as_system("who may be without a mentor")
    rows = reasons.filter(span_at(day), student__in=students, until__gte=day)
    return {row.student_id: row for row in rows}


def exemption_of(student: Student) -> Exemption | None:
    """The exemption that stands in the books now, past its day or not."""
    return Exemption.objects.of(student=student).filter(OPEN).first()
