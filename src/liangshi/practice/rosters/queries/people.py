"""The people a clerk or leader edits, as far as the actor may."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.base.models import span_at
from liangshi.foundation.records.decisions import Decision
from liangshi.foundation.records.models import STANDING
from liangshi.practice.rosters.policy import MENTOR_EXCEED, MENTOR_EXCEED_AGREE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.permissions import CLASS_READ, MENTOR_MANAGE, STUDENT_WRITE
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.models import (
    ACTIVE_PRIMARY,
    MentorPlaces,
    Mentorship,
    NotMentoringSpan,
    RatioException,
)
from liangshi.registry.mentorships.queries import STANDINGS, with_standing
from liangshi.registry.people.models import (
    Enrolment,
    GuardianLink,
    Staff,
    Student,
    StudentSpan,
)
from liangshi.registry.schools.models import ClassGroup


def staff_for(actor: Actor, pk: UUID, permission: Permission[Staff] = MENTOR_MANAGE) -> Staff | None:
    return Staff.objects.seen_by(actor, permission).filter(pk=pk).select_related("person", "school").first()


def link_for(actor: Actor, pk: UUID) -> GuardianLink | None:
    students = Student.objects.seen_by(actor, STUDENT_WRITE)
    found = GuardianLink.objects.of(student=students).filter(pk=pk)
    return found.select_related("person", "student__person", "student__school").first()


def exception_for(
    actor: Actor, pk: UUID, permission: Permission[Staff] = MENTOR_EXCEED
) -> RatioException | None:
    staff = Staff.objects.seen_by(actor, permission)
    return RatioException.objects.of(staff=staff).filter(pk=pk).select_related("staff__person").first()


def exceptions_to_decide(actor: Actor) -> QuerySet[RatioException]:
    """What another has asked for somebody else than the actor, and is not past its day."""
    held = RatioException.objects.of(staff=Staff.objects.seen_by(actor, MENTOR_EXCEED_AGREE))
    waiting = held.filter(STANDING, state=Decision.ASKED, until__gt=today())
    return (
        waiting.exclude(asked_by=actor.person_id)
        .exclude(person=actor.person_id)
        .select_related("staff__person")
    )


def classes_for(actor: Actor) -> QuerySet[ClassGroup]:
    return ClassGroup.objects.seen_by(actor, CLASS_READ).select_related("cohort")


@dataclass(frozen=True, slots=True)
class StudentRecord:
    """What stands in the roster about one student, with the history behind it, newest first."""

    student: Student
    spans: list[StudentSpan]
    enrolments: list[Enrolment]
    guardians: list[GuardianLink]
    mentorship: Mentorship | None

    @property
    def span(self) -> StudentSpan | None:
        return next((row for row in self.spans if row.ends_on is None), None)

    @property
    def enrolment(self) -> Enrolment | None:
        return next((row for row in self.enrolments if row.ends_on is None), None)


def student_record(student: Student) -> StudentRecord:
    return StudentRecord(
        student=student,
        spans=list(StudentSpan.objects.of(student=student).order_by("-starts_on", "-created_at")),
        enrolments=list(
            Enrolment.objects.of(student=student)
            .select_related("class_group__cohort")
            .order_by("-starts_on", "-created_at")
        ),
        guardians=list(
            GuardianLink.objects.of(student=student).filter(ends_on__isnull=True).select_related("person")
        ),
        mentorship=Mentorship.objects.of(student=student)
        .filter(ACTIVE_PRIMARY)
        .select_related("mentor__person")
        .first(),
    )


@dataclass(frozen=True, slots=True)
class MentorRecord:
    """One teacher as a mentor: whether in the pool and why not, places, exceptions."""

    staff: Staff
    standing: str
    left_out: NotMentoringSpan | None
    quota: int
    taken: int
    exceptions: list[RatioException]

    @property
    def standing_label(self) -> str:
        return STANDINGS.get(self.standing, self.standing)


def mentor_record(staff: Staff) -> MentorRecord:
    again = Staff.objects.as_system("the standing of a teacher who was found")
    places = MentorPlaces.objects.of(staff=staff).first() or MentorPlaces(staff=staff)
    return MentorRecord(
        staff=staff,
        standing=with_standing(again.filter(pk=staff.pk), today()).get().standing,
        left_out=NotMentoringSpan.objects.of(staff=staff).filter(span_at(today())).first(),
        quota=places.quota,
        taken=places.taken,
        exceptions=[
            hand_out(row, "void_reason")
            for row in RatioException.objects.of(staff=staff)
            .filter(until__gte=today())
            .select_related("asked_by", "decided_by")
        ],
    )
