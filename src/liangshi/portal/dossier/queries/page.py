"""What one student's page shows, part by part. Each part asks a fixed number of questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.faces import Happened
from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.base.models import span_at
from liangshi.foundation.ui.shell import Button, Piece, TimelineEntry
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.care import Near, near
from liangshi.registry.access.faces import (
    FAMILY,
    LAST_BY_STRATEGY,
    MENTOR_CARDS,
    MENTOR_DEEDS,
    TIMELINES,
    Reader,
)
from liangshi.registry.access.permissions import CONTACT_READ
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import (
    COUNSELS,
    ClassPost,
    Enrolment,
    GuardianLink,
    Staff,
    Student,
    StudentSpan,
)
from liangshi.registry.people.queries import classes_of
from liangshi.registry.schools.choices import Strategy

LATE_AFTER = 7  # days between an event and its entry; from then on it is 补录
FAMILY_LABEL = "家庭联系"


def rights(
    actor: Actor, student_id: UUID, permissions: Sequence[Permission[Student]]
) -> frozenset[Permission[Student]]:
    """Those of `permissions` that the actor has for this student. One question."""
    reaches = [Exists(Student.objects.seen_by(actor, each).filter(pk=OuterRef("pk"))) for each in permissions]
    row = Student.objects.as_system("what the reader may do with him").filter(pk=student_id)
    return frozenset(
        each for each, reached in zip(permissions, row.values_list(*reaches).get(), strict=True) if reached
    )


def under_mentors(reader: Reader) -> list[Piece]:
    """What rooms say under the student's mentors."""
    found = ((each.template, each.context(reader)) for each in MENTOR_CARDS)
    return [Piece(template, context) for template, context in found if context is not None]


def mentor_deeds(reader: Reader) -> list[Button]:
    """What the reader may do about the student's mentors."""
    return [button for each in MENTOR_DEEDS for button in each.buttons(reader)]


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who is there for a student beside his mentors: 「班主任」, and their names."""

    what: str
    names: str


def responsible(student: Student, class_id: UUID | None) -> list[Responsible]:
    """班主任, teachers of the class and 心理教师, by name. Two questions."""
    posts = list(
        ClassPost.objects.as_system("who is there for a student")
        .filter(span_at(today()), class_group=class_id)
        .select_related("staff__person")
        .order_by("staff__subject", "staff__staff_no")
    )
    counsellors = (
        Staff.objects.as_system("who is there for a student")
        .filter(COUNSELS, school_id=student.school_id, state=StaffState.ON_DUTY)
        .select_related("person")
    )
    teachers = [f"{post.staff.subject} {post.staff}".strip() for post in posts if not post.is_adviser]
    return [
        Responsible("班主任", "、".join(str(post.staff) for post in posts if post.is_adviser)),
        Responsible("学科教师", "、".join(teachers)),
        Responsible("心理教师", "、".join(str(each) for each in counsellors)),
    ]


def stand_in(student: Student) -> Staff | None:
    """Who is there for a student who has no mentor."""
    groups = classes_of([student.pk], today())
    return near(groups, student.school_id, today()).get(student.pk, Near()).of_newcomer


def guardians(actor: Actor, student: Student) -> Sequence[GuardianLink] | None:
    """The student's guardians today; None when their phones are none of the actor's business."""
    if not Student.objects.seen_by(actor, CONTACT_READ).filter(pk=student.pk).exists():
        return None
    links = list(GuardianLink.objects.of(student=student).filter(span_at(today())).select_related("person"))
    for link in links:
        hand_out(link.person, "mobile")
    return links


@dataclass(frozen=True, slots=True)
class Contact:
    """One of the five strategies, or the family: when there was contact last (None: not yet)."""

    label: str
    last_on: dt.date | None


def contacts(actor: Actor, student: Student) -> list[Contact]:
    """The five strategies and the family line, each with the day of the last contact; empty when not for him."""
    told = [days for source in LAST_BY_STRATEGY if (days := source(actor, student)) is not None]
    if not told:
        return []
    lines = [*((each.value, str(each.label)) for each in Strategy), (FAMILY, FAMILY_LABEL)]
    return [
        Contact(label, max((days[code] for days in told if code in days), default=None))
        for code, label in lines
    ]


def happenings(actor: Actor, student: Student, *, reasons: bool) -> list[TimelineEntry]:
    """What happened, by the day it happened, newest first; entered more than 7 days later: 补录 (+n 天).

    A line that tells only its month stands below the dated ones of that month; of one day, lines stand in the order of
    the sources, each of which puts the latest first, on every database alike.

    `reasons` shows the office's notes on why a student's standing changed.
    """
    found = [*_standing(student, reasons), *_classes(student), *_bonds(student)]
    for source in TIMELINES:
        found += source(actor, student)
    found.sort(key=lambda each: (each.on, not each.month_only), reverse=True)
    return [_entry(each) for each in found]


# The keys of rows are in the order in which they were made.
LATEST_FIRST = ("-starts_on", "-pk")


def _standing(student: Student, reasons: bool) -> Iterator[Happened]:
    for span in StudentSpan.objects.of(student=student).order_by(*LATEST_FIRST):
        on = span.starts_on
        yield Happened(on, on, str(span), span.note if reasons else "", "circle-user")


def _classes(student: Student) -> Iterator[Happened]:
    places = Enrolment.objects.of(student=student).select_related("class_group__cohort")
    for place in places.order_by(*LATEST_FIRST):
        on = place.starts_on
        yield Happened(on, on, f"{place.get_reason_display()} {place.class_group}", icon="school")


def _bonds(student: Student) -> Iterator[Happened]:
    bonds = Mentorship.objects.of(student=student).select_related("mentor__person")
    for bond in bonds.order_by(*LATEST_FIRST):
        on = bond.starts_on
        noted = timezone.localdate(bond.created_at) if bond.late else on
        title = f"{bond.mentor}成为{bond.get_kind_display()}"
        yield Happened(on, noted, title, str(bond.get_origin_display()), "handshake")
        if bond.ends_on:
            title = f"{bond.mentor}不再是{bond.get_kind_display()}"
            why = str(bond.get_end_reason_display())
            yield Happened(bond.ends_on, bond.ends_on, title, why, "circle-minus")


def _entry(each: Happened) -> TimelineEntry:
    days = (each.noted_on - each.on).days
    late = f"补录（+{days} 天）" if days > LATE_AFTER else ""
    when = each.on.strftime("%Y 年 %-m 月" if each.month_only else "%Y 年 %-m 月 %-d 日")
    return TimelineEntry(when, each.title, _joined((each.text, late)), each.url, each.icon)


def _joined(parts: Iterable[str]) -> str:
    return "，".join(part for part in parts if part)
