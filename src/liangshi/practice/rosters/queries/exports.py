"""Rosters out of the registry, in the columns that the import reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from liangshi.foundation.base.guard import hand_out
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.permissions import STAFF_READ, STUDENT_SEARCH
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.people.choices import LEFT, Gender
from liangshi.registry.people.models import ClassPost, Enrolment, GuardianLink, Person, Staff, Student
from liangshi.registry.schools.models import ClassGroup, School

STUDENT_HEADINGS = (
    "学籍号", "学籍辅号", "学号", "姓名", "性别", "出生日期", "班级", "班内学号", "就读方式",
    "监护人1姓名", "监护人1关系", "监护人1电话", "监护人2姓名", "监护人2关系", "监护人2电话", "导师",
)  # fmt: skip
STAFF_HEADINGS = (
    "工号", "姓名", "性别", "任教学科", "职称", "岗位", "职务", "状态", "所带班级", "任教班级", "手机号码",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Export:
    """A sheet, and the students whom it tells of."""

    title: str
    headings: Sequence[str]
    rows: list[list[str]]
    subjects: list[UUID]


def own_school(actor: Actor) -> School:
    """The school that he acts for."""
    return School.objects.get(pk=actor.own_school)


def class_text(group: ClassGroup) -> str:
    """2026级(3)班: means the same in every year, so that an export of June can be read back in September."""
    return f"{group.cohort.entry_year}级{group.track}({group.number})班"


def students(actor: Actor, *, full: bool) -> Export:
    """Students who have a class today. `full`: numbers as they are, else with the middle hidden."""
    seen = Student.objects.seen_by(actor, STUDENT_SEARCH)
    enrolled = Enrolment.objects.of(student=seen).filter(ends_on__isnull=True)
    enrolled = enrolled.select_related("class_group__cohort")
    links = GuardianLink.objects.of(student=seen).filter(ends_on__isnull=True, restricted=False)
    links = links.select_related("person")
    bonds = Mentorship.objects.of(student=seen).filter(ACTIVE_PRIMARY).select_related("mentor__person")
    in_order = links.order_by("-is_primary", "relation", "created_at")
    found = (
        seen.filter(enrolments__in=enrolled)
        .select_related("person")
        .prefetch_related(Prefetch("enrolments", enrolled, to_attr="present"))
        .prefetch_related(Prefetch("guardian_links", in_order, to_attr="guardians"))
        .prefetch_related(Prefetch("mentorships", bonds, to_attr="mentored"))
    )
    rows = list(found)
    return Export(
        "学生名册", STUDENT_HEADINGS, [_student(row, full) for row in rows], [row.pk for row in rows]
    )


def _student(student: Student, full: bool) -> list[str]:
    person, place = student.person, student.present[0]  # type: ignore[attr-defined]
    guardians = list(_guardians(student.guardians, full))  # type: ignore[attr-defined]
    mentors = [row.mentor.person.name for row in student.mentored]  # type: ignore[attr-defined]
    return [
        hand_out(student, "national_no").national_no if full else student.masked_national_no,
        hand_out(student, "aux_no").aux_no if full else student.masked_aux_no,
        student.school_no,
        person.name,
        _gender(person.gender),
        str(person.birth_date or "") if full else "",
        class_text(place.class_group),
        place.seat_no,
        student.get_lodging_display() if student.lodging else "",
        *(guardians + [""] * 6)[:6],
        "、".join(mentors),
    ]


def _guardians(links: list[GuardianLink], full: bool) -> Iterator[str]:
    for link in links:
        yield link.person.name
        yield link.get_relation_display()
        yield _mobile(link.person, full)


def _mobile(person: Person, full: bool) -> str:
    return hand_out(person, "mobile").mobile if full else person.masked_mobile


def _gender(code: str) -> str:
    return "" if code == Gender.UNKNOWN else str(Gender(code).label)


def staff(actor: Actor, *, full: bool) -> Export:
    """Staff who have not left. `full`: phones as they are."""
    seen = Staff.objects.seen_by(actor, STAFF_READ)
    posts = ClassPost.objects.of(staff=seen).filter(ends_on__isnull=True)
    posts = posts.select_related("class_group__cohort")
    found = (
        seen.exclude(state__in=LEFT)
        .select_related("person")
        .prefetch_related(Prefetch("class_posts", posts, to_attr="in_classes"))
    )
    return Export("教职工名册", STAFF_HEADINGS, [_staff(row, full) for row in found], [])


def _staff(staff: Staff, full: bool) -> list[str]:
    places: list[ClassPost] = staff.in_classes  # type: ignore[attr-defined]
    leads = [class_text(post.class_group) for post in places if post.is_adviser]
    teaches = [class_text(post.class_group) for post in places if not post.is_adviser]
    return [
        staff.staff_no,
        staff.person.name,
        _gender(staff.person.gender),
        staff.subject,
        staff.title,
        staff.get_post_display(),
        staff.duty,
        staff.get_state_display(),
        "、".join(leads[:1]),
        "、".join(teaches),
        _mobile(staff.person, full),
    ]
