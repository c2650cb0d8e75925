"""Talks, follow-ups, life events, scratch notes and group activities.

Whatever somebody writes in his own words is sealed at rest. A talk is never deleted: a correction keeps what stood
there before, a mistake is voided with its reason.
"""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal
from liangshi.foundation.base.sealed import SealedField
from liangshi.foundation.records.levels import Level
from liangshi.foundation.records.models import Corrected, Dated, Levelled, Voidable, WriteOnce
from liangshi.practice.talks.choices import (
    EVENT_DAYS,
    Cause,
    EventState,
    Family,
    FollowUpKind,
    Happening,
    Mode,
)
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import Person, Staff, Student
from liangshi.registry.schools.choices import Strategy, Topic
from liangshi.registry.schools.models import School

TAGS = [*Strategy.choices, *Topic.choices]
TEXT = ("place", "gist", "agreed", "event_reason")  # of a talk: what its level keeps


class LifeEvent(WriteOnce, Personal):
    """重大变故: what happened to a student, and the one adult who leads the talks about it."""

    holds = Holds(c2="state", c4="kind text")
    school = models.ForeignKey(School, models.PROTECT, related_name="life_events")
    student = models.ForeignKey(Student, models.PROTECT, related_name="life_events")
    kind = SealedField("发生了什么", choices=Happening)
    text = SealedField("说明", blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=EventState, default=EventState.REPORTED)
    reported_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="上报人")
    reported_on = models.DateField("上报日期")
    lead = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name="主谈人"
    )
    lead_on = models.DateField("定主谈人日期", null=True, blank=True)

    class Meta:
        ordering = ("-reported_on", "-created_at")
        constraints = (
            models.UniqueConstraint(fields=["reported_by", "key"], name="event_reported_once"),
            models.CheckConstraint(
                condition=Q(lead__isnull=True, lead_on__isnull=True)
                | Q(lead__isnull=False, lead_on__isnull=False),
                name="event_lead_since_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[EventState.REPORTED, EventState.ACCEPTED]) | Q(lead__isnull=False),
                name="event_followed_by_a_lead",
            ),
        )
        indexes = (
            models.Index(fields=["student", "state"], name="events_of_student"),
            models.Index(fields=["lead", "lead_on"], name="events_of_lead"),
        )

    def __str__(self) -> str:
        return f"{self.student}的重大变故"

    @property
    def followed_by(self) -> str:
        """「由X老师跟进」, or "" while nobody leads who is at work."""
        return f"由{self.lead}跟进" if self.lead and self.lead.state == StaffState.ON_DUTY else ""

    @property
    def target_on(self) -> dt.date:
        """By when somebody has talked with the student."""
        return self.reported_on + dt.timedelta(days=EVENT_DAYS)


class FormerLead(Personal):
    """Who led in an event before it was handed on, and since when he had: it gives him no right, and takes none of his
    light days."""

    event = models.ForeignKey(LifeEvent, models.CASCADE, related_name="former_leads")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    lead_on = models.DateField("定主谈人日期")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event", "staff", "lead_on"], name="led_since_a_day_once"),
        )
        indexes = (models.Index(fields=["staff", "lead_on"], name="events_once_led"),)

    def __str__(self) -> str:
        return f"{self.staff}（曾任主谈人）"


class Talk(WriteOnce, Dated, Corrected, Voidable, Levelled, Personal):
    """谈心谈话: one record for one student or several."""

    holds = Holds(c2="mode cause family", c3="place", c4="gist agreed event_reason")
    school = models.ForeignKey(School, models.PROTECT, related_name="talks")
    author = models.ForeignKey(Staff, models.PROTECT, related_name="talks")
    time = models.TimeField("时间", null=True, blank=True)
    place = SealedField("地点", blank=True, default="")
    mode = models.CharField("方式", max_length=6, choices=Mode)
    cause = models.CharField("缘由", max_length=10, choices=Cause, blank=True)
    gist = SealedField("谈了什么", blank=True, default="")
    agreed = SealedField("约定和下一步", blank=True, default="")
    next_on = models.DateField("下次", null=True, blank=True)
    shared = models.BooleanField("给TA看", default=False)
    family = models.CharField("需要与家长沟通吗", max_length=8, choices=Family, blank=True)
    event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="talks", verbose_name="为哪件事"
    )
    event_reason = SealedField("为什么由您来谈", blank=True, default="")

    class Meta:
        ordering = ("-day", "-created_at")
        constraints = (
            models.UniqueConstraint(fields=["author", "key"], name="talk_saved_once"),
            models.CheckConstraint(condition=Q(level__lte=Level.AUTHOR), name="talk_level_is_listed"),
            models.CheckConstraint(
                condition=Q(shared=False) | Q(level__lt=Level.AUTHOR), name="talk_of_author_is_not_shared"
            ),
        )
        indexes = (
            models.Index(fields=["author", "-day"], name="talks_of_author"),
            models.Index(fields=["school", "day"], name="talks_of_school"),
        )

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.get_mode_display()}"

    @property
    def readers(self) -> str:
        """「导师和班主任」, and the student where he is shown the text."""
        return f"{self.get_level_display()}，学生本人" if self.shared else str(self.get_level_display())


class TalkStudent(Personal):
    """A student in a talk. The remark is about him alone and stays between the mentors."""

    holds = Holds(c4="remark")
    talk = models.ForeignKey(Talk, models.PROTECT, related_name="students")
    student = models.ForeignKey(Student, models.PROTECT, related_name="talks")
    remark = SealedField("只关于这名学生的备注", blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["talk", "student"], name="student_once_in_a_talk"),)

    def __str__(self) -> str:
        return str(self.student)


class TalkTag(Personal):
    """One of the five strategies or of the five topics (五项管理) of a talk."""

    holds = Holds(c2="code")
    talk = models.ForeignKey(Talk, models.CASCADE, related_name="tags")
    code = models.CharField(max_length=10, choices=TAGS)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["talk", "code"], name="tag_once_on_a_talk"),)

    def __str__(self) -> str:
        return self.get_code_display()


class FollowUp(Personal):
    """What a talk leads to; one owner each. Says nothing of what was talked about."""

    holds = Holds(c2="kind")
    talk = models.ForeignKey(Talk, models.PROTECT, related_name="follow_ups")
    kind = models.CharField("事项", max_length=8, choices=FollowUpKind)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="负责人")
    due_on = models.DateField("期限")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        ordering = ("due_on",)
        constraints = (models.UniqueConstraint(fields=["talk", "kind"], name="follow_up_once"),)
        indexes = (models.Index(fields=["owner", "done_at"], name="follow_ups_of_owner"),)

    def __str__(self) -> str:
        return self.get_kind_display()


class ScratchNote(Personal):
    """随手记: the author's alone."""

    holds = Holds(c4="text")
    author = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    student = models.ForeignKey(Student, models.CASCADE, related_name="+")
    text = SealedField("随手记")
    changed_at = models.DateTimeField("最近修改", auto_now=True)

    class Meta:
        ordering = ("-changed_at",)
        indexes = (models.Index(fields=["author", "student"], name="notes_of_author"),)

    def __str__(self) -> str:
        return "随手记"


class Activity(WriteOnce, Voidable, Personal):
    """小组活动: a mentor's own kind, by a name of his own."""

    holds = Holds(c2="name strategy", c3="place")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="activities")
    name = models.CharField("活动", max_length=20)
    day = models.DateField("日期")
    time = models.TimeField("时间", null=True, blank=True)
    place = SealedField("地点", with_row=True, blank=True, default="")
    strategy = models.CharField("侧重", max_length=2, choices=Strategy, blank=True)

    class Meta:
        ordering = ("-day", "-created_at")
        constraints = (models.UniqueConstraint(fields=["owner", "key"], name="activity_made_once"),)

    def __str__(self) -> str:
        return self.name


class ActivityStudent(Personal):
    """A student who is invited. `present` is empty until attendance is taken."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="students")
    student = models.ForeignKey(Student, models.PROTECT, related_name="activities")
    present = models.BooleanField("到了", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["activity", "student"], name="student_once_in_an_activity"),
        )

    def __str__(self) -> str:
        return str(self.student)


class Unmet(Personal):
    """还没见过导师: a student asks the school to arrange a meeting. No mark against anybody.

    `mentorship` is the bond of that day. It decides from whom the row is kept; nothing is counted by it, and nothing
    leads to it from the mentor's side.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="unmet")
    mentorship = models.ForeignKey(Mentorship, models.SET_NULL, null=True, related_name="+")
    may_tell = models.BooleanField("可以告诉导师", default=False)
    due_on = models.DateField("联系期限")
    contacted_at = models.DateTimeField("已联系", null=True, blank=True)
    contacted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("due_on", "created_at")
        constraints = (
            models.UniqueConstraint(
                fields=["student"], condition=Q(contacted_at__isnull=True), name="unmet_open_once"
            ),
            models.CheckConstraint(
                condition=Q(contacted_at__isnull=True, contacted_by__isnull=True)
                | Q(contacted_at__isnull=False, contacted_by__isnull=False),
                name="unmet_contacted_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return "请学校帮忙约见面"
