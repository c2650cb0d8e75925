"""What the lists of students, staff and classes read. Every row comes through `visible`."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from liangshi.foundation.audit.queries import of_subject
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.portal.dossier.policy import MENTOR_PROFILE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.permissions import STAFF_READ, STUDENT_READ, STUDENT_SEARCH
from liangshi.registry.access.policy import Permission, allows
from liangshi.registry.access.queries import active, classes, staff, students
from liangshi.registry.mentorships.models import (
    MentorProfile,
    NotMentoringSpan,
    RatioException,
    exception_holds,
)
from liangshi.registry.mentorships.queries import IN_POOL
from liangshi.registry.people.choices import MENTORING_POSTS
from liangshi.registry.people.models import ClassPost, Enrolment, Staff, Student
from liangshi.registry.people.queries import named
from liangshi.registry.schools.models import ClassGroup

SHOWN = 50  # a search that finds more asks for more letters


def listed(actor: Actor) -> QuerySet[Any]:
    """The students whom the actor may list and search."""
    return students(actor, STUDENT_SEARCH)


def found_students(actor: Actor, text: str) -> list[Any]:
    return list(active(listed(actor)).filter(named(text))[:SHOWN])


def found_staff(actor: Actor, text: str) -> list[Any]:
    return list(staff(actor).filter(named(text))[:SHOWN]) if allows(actor.role, STAFF_READ) else []


def class_choices(actor: Actor) -> QuerySet[ClassGroup]:
    """The classes that the students in the actor's list are in."""
    held = Enrolment.objects.of(student=Student.objects.seen_by(actor, STUDENT_SEARCH)).filter(
        span_at(today())
    )
    return (
        ClassGroup.objects.filter(pk__in=held.values("class_group_id"))
        .select_related("cohort")
        .order_by("-cohort__entry_year", "track", "number")
    )


def student_today(actor: Actor, pk: UUID, permission: Permission[Student] = STUDENT_READ) -> Any | None:
    return students(actor, permission).filter(pk=pk).first()


def adviser_of(group: ClassGroup) -> str:
    """The name of a class's 班主任 today, or ""."""
    post = (
        ClassPost.objects.of(class_group=group)
        .filter(span_at(today()), is_adviser=True)
        .select_related("staff__person")
        .first()
    )
    return str(post.staff) if post else ""


def log_of(student: Student) -> QuerySet[Any, dict[str, Any]]:
    """Who opened or changed what about a student, newest first, as far as the office may know it: `of_subject`."""
    return of_subject(str(student.school_id), student.pk)


def named_in(lines: QuerySet[Any, dict[str, Any]]) -> list[tuple[str, str]]:
    """Who is named in a log: (key of the account, name), by name; homonyms with what they acted as."""
    hats: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}  # the newest of each
    rows = lines.exclude(who="").order_by("last").values_list("who", "name", "under")
    for who, name, hat in rows:
        names[who] = name
        hats[who].add(hat)
    often = Counter(names.values())
    return [
        (who, f"{name}（{'、'.join(sorted(hats[who]))}）" if often[name] > 1 else name)
        for who, name in sorted(names.items(), key=lambda each: (each[1], each[0]))
    ]


def staff_for(actor: Actor, pk: UUID) -> Any | None:
    return staff(actor).filter(pk=pk).first()


def mentees(actor: Actor, mentor: Staff) -> list[Any]:
    """The mentees of a member of staff, as far as the actor may see them."""
    return list(students(actor).filter(mentor_id=mentor.pk))


def profile_of(mentor: Staff) -> MentorProfile:
    """What a mentor wrote of himself; an unsaved empty one when nothing yet."""
    return MentorProfile.objects.of(staff=mentor).first() or MentorProfile(staff=mentor)


def live_exceptions(actor: Actor) -> list[RatioException]:
    """超额许可 of the actor's colleagues that hold today."""
    return list(
        RatioException.objects.of(staff=Staff.objects.seen_by(actor, STAFF_READ))
        .filter(exception_holds(today()))
        .select_related("staff__person", "asked_by", "decided_by")
    )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A teacher who does not mentor: why, and when that is looked at again."""

    staff: Any
    review_on: Any
    decided_by: str


def left_out(actor: Actor) -> list[LeftOut]:
    """The teachers of the actor's school who do not mentor, grouped by reason."""
    rows = list(
        staff(actor)
        .filter(Q(post__in=MENTORING_POSTS) & ~Q(standing=IN_POOL))
        .order_by(F("standing"), "staff_no")
    )
    spans = {
        span.staff_id: span
        for span in NotMentoringSpan.objects.of(staff=rows)
        .filter(span_at(today()))
        .select_related("decided_by")
    }
    made = []
    for row in rows:
        span = spans.get(row.pk)
        who = span.decided_by.name if span and span.decided_by else ""
        made.append(LeftOut(row, span.review_on if span else None, who))
    return made


def class_for(actor: Actor, pk: UUID) -> ClassGroup | None:
    return classes(actor).filter(pk=pk).first()


def students_in(actor: Actor, group: ClassGroup) -> QuerySet[Any]:
    return active(listed(actor)).filter(class_id=group.pk)


def own_post(actor: Actor) -> Staff | None:
    """The post whose introduction the actor writes."""
    return Staff.objects.seen_by(actor, MENTOR_PROFILE).select_related("person").first()
