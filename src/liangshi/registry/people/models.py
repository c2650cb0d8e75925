"""Staff, students and guardians, with dated history: a change ends one row and begins another.

Spans are half-open: `starts_on` ≤ day < `ends_on`; an empty `ends_on` is the present.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal, Row
from liangshi.foundation.base.names import search_keys
from liangshi.foundation.base.sealed import SealedField, digest, glimpse, masked
from liangshi.foundation.records.decisions import Decision, by_another, by_somebody
from liangshi.registry.people.choices import (
    ClubKind,
    EnrolReason,
    Gender,
    LeftBehind,
    Lodging,
    Post,
    Relation,
    StaffState,
    StudentState,
)
from liangshi.registry.schools.models import ClassGroup, School, SchoolYear

OPEN = Q(ends_on__isnull=True)


class Span(Personal):
    """A fact about somebody that holds for a time."""

    starts_on = models.DateField("起")
    ends_on = models.DateField("止", null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="%(class)s_begins_before_end",
            ),
        )


class Person(Personal):
    """A human being, once: a teacher who is also a parent is one person with two hats."""

    holds = Holds(c2="name search gender mobile_digest", c3="mobile")
    name = models.CharField("姓名", max_length=60)
    search = models.CharField(max_length=160, editable=False)
    gender = models.CharField("性别", max_length=1, choices=Gender, default=Gender.UNKNOWN)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    mobile = SealedField("手机", blank=True, default="")
    mobile_digest = models.CharField(max_length=64, blank=True, default="", editable=False)

    class Meta:
        indexes = (
            models.Index(fields=["mobile_digest", "name"], name="person_by_mobile"),
            models.Index(fields=["name"], name="person_by_name"),
        )

    def __str__(self) -> str:
        return self.name

    def derive(self) -> Person:
        """Fill what is derived from name and phone. Called by save(); bulk writers call it themselves."""
        self.search = search_keys(self.name)
        self.mobile_digest = digest(glimpse(self, "mobile"))
        return self

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)

    @property
    def masked_mobile(self) -> str:
        return masked(glimpse(self, "mobile"))


class Decided(models.Model):
    """What one person asks for and another decides. Its own model adds `by_another("asked_by", name=…)` and states, or
    is an `Asked`."""

    holds = Holds(c1="asked_as")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_as = models.CharField("提出时的身份", max_length=12)  # the hat under which the answer is read
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField("决定日期", null=True, blank=True)

    class Meta:
        abstract = True


class Asked(Decided):
    """What another one agrees to or refuses as a whole (`registry.access.decisions`)."""

    holds = Holds(c2="state")
    state = models.CharField("状态", max_length=8, choices=Decision, default=Decision.ASKED)

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            by_another("asked_by", name="%(class)s_decided_by_another"),
            by_somebody(name="%(class)s_decided_by_somebody"),
        )


COUNSELS = Q(subject__contains="心理") | Q(duty__contains="心理")  # 心理教师, as rosters write it


class Staff(Personal):
    holds = Holds(
        c2="staff_no post subject title duty",
        c3="state",
        plain={"state": "能不能登录、带不带学生，要由数据库按它挑选"},
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    school = models.ForeignKey(School, models.PROTECT, related_name="staff")
    staff_no = models.CharField("工号", max_length=20)
    post = models.CharField("岗位", max_length=10, choices=Post, default=Post.TEACHER)
    subject = models.CharField("任教学科", max_length=30, blank=True)
    title = models.CharField("职称", max_length=20, blank=True)
    duty = models.CharField("职务", max_length=40, blank=True)
    state = models.CharField("状态", max_length=10, choices=StaffState, default=StaffState.ON_DUTY)

    class Meta:
        ordering = ("staff_no",)
        constraints = (
            models.UniqueConstraint(fields=["school", "staff_no"], name="staff_no_once_in_school"),
        )

    def __str__(self) -> str:
        return f"{self.person.name}老师"

    @property
    def counsels(self) -> bool:
        """Whether this is a 心理教师 (`COUNSELS` of one row)."""
        return "心理" in self.subject + self.duty


class ClassPost(Span):
    """A teacher's place in a class: its 班主任, or a subject teacher."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="class_posts")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="posts")
    is_adviser = models.BooleanField("班主任", default=False)

    class Meta(Span.Meta):
        constraints = (
            *Span.Meta.constraints,
            models.UniqueConstraint(
                fields=["class_group"], condition=OPEN & Q(is_adviser=True), name="one_adviser_of_a_class"
            ),
            models.UniqueConstraint(
                fields=["staff", "class_group", "is_adviser"], condition=OPEN, name="class_post_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.staff}{'（班主任）' if self.is_adviser else ''}"


class Student(Personal):
    holds = Holds(c2="national_digest school_no lodging", c3="left_behind", c4="national_no aux_no")
    person = models.ForeignKey(Person, models.PROTECT, related_name="schooling")
    school = models.ForeignKey(School, models.PROTECT, related_name="students")
    national_no = SealedField("学籍号", blank=True, default="")
    national_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    aux_no = SealedField("学籍辅号", blank=True, default="")
    school_no = models.CharField("学号", max_length=30, blank=True)
    lodging = models.CharField("就读方式", max_length=1, choices=Lodging, blank=True)
    left_behind = SealedField("是否留守", choices=LeftBehind, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["school", "national_digest"],
                condition=~Q(national_digest=""),
                name="national_no_once_in_school",
            ),
            models.UniqueConstraint(
                fields=["school", "school_no"], condition=~Q(school_no=""), name="school_no_once_in_school"
            ),
        )

    def __str__(self) -> str:
        return self.person.name

    def derive(self) -> Student:
        self.national_digest = digest(glimpse(self, "national_no"))
        return self

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)

    @property
    def masked_national_no(self) -> str:
        return masked(glimpse(self, "national_no"), head=1, tail=4)

    @property
    def masked_aux_no(self) -> str:
        return masked(glimpse(self, "aux_no"))


class StudentSpan(Span):
    """A student's standing (在读, 休学, 转出 …) for a time: who counts on which day is read from here."""

    holds = Holds(c2="state", c3="note")
    student = models.ForeignKey(Student, models.CASCADE, related_name="spans")
    state = models.CharField("状态", max_length=12, choices=StudentState)
    note = SealedField("说明", with_row=True, blank=True, default="")

    class Meta(Span.Meta):
        constraints = (
            *Span.Meta.constraints,
            models.UniqueConstraint(fields=["student"], condition=OPEN, name="one_standing_at_a_time"),
        )
        indexes = (models.Index(fields=["state", "starts_on"], name="span_by_state"),)

    def __str__(self) -> str:
        return self.get_state_display()


class Enrolment(Span):
    """A student's class for a time."""

    holds = Holds(c2="seat_no reason")
    student = models.ForeignKey(Student, models.CASCADE, related_name="enrolments")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="enrolments")
    seat_no = models.CharField("班内学号", max_length=10, blank=True)
    reason = models.CharField("原因", max_length=10, choices=EnrolReason, default=EnrolReason.ENTRY)

    class Meta(Span.Meta):
        constraints = (
            *Span.Meta.constraints,
            models.UniqueConstraint(fields=["student"], condition=OPEN, name="one_class_at_a_time"),
        )

    def __str__(self) -> str:
        return str(self.class_group)


class GuardianLink(Span):
    """Who is whose guardian, dated and revocable. A restricted link opens nothing."""

    holds = Holds(c2="relation")
    student = models.ForeignKey(Student, models.CASCADE, related_name="guardian_links")
    person = models.ForeignKey(Person, models.PROTECT, related_name="wards")
    relation = models.CharField("关系", max_length=2, choices=Relation, default=Relation.OTHER)
    is_legal = models.BooleanField("是监护人", default=True)
    is_primary = models.BooleanField("首选联系人", default=False)
    restricted = models.BooleanField("依法限制", default=False)

    class Meta(Span.Meta):
        ordering = ("-is_primary", "relation")
        constraints = (
            *Span.Meta.constraints,
            models.UniqueConstraint(
                fields=["student", "person"], condition=OPEN, name="guardian_linked_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person.name}（{self.get_relation_display()}）"


class Club(Row):
    holds = Holds(c1="name kind")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="clubs")
    name = models.CharField("名称", max_length=40)
    kind = models.CharField("类别", max_length=10, choices=ClubKind, default=ClubKind.CLUB)
    adviser = models.ForeignKey(Staff, models.PROTECT, related_name="clubs", verbose_name="指导教师")

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["year", "name"], name="club_once_a_year"),)

    def __str__(self) -> str:
        return self.name


class ClubMember(Span):
    club = models.ForeignKey(Club, models.CASCADE, related_name="members")
    student = models.ForeignKey(Student, models.CASCADE, related_name="clubs")

    class Meta(Span.Meta):
        constraints = (
            *Span.Meta.constraints,
            models.UniqueConstraint(fields=["club", "student"], condition=OPEN, name="club_member_once"),
        )

    def __str__(self) -> str:
        return f"{self.student} · {self.club}"
