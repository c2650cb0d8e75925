"""Who is whose mentor: the lasting fact that everything else reads.

Two walls keep 1:15. Places are taken by a conditional update of `MentorPlaces` (first in the transaction, so
that its row lock orders rivals), and each active primary mentorship sits on a numbered seat that the database
lets nobody share: a sixteenth row needs seat 16, which only a named exception may hold.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal
from liangshi.foundation.base.sealed import SealedField
from liangshi.foundation.records.decisions import Decision, by_another
from liangshi.foundation.records.models import STANDING, Voidable
from liangshi.registry.mentorships.choices import (
    MAX_EXTRA,
    POLICY_CAP,
    EndReason,
    Exempt,
    Kind,
    NotMentoring,
    Origin,
)
from liangshi.registry.people.models import OPEN, Asked, Person, Span, Staff, Student
from liangshi.registry.schools.choices import Strategy

ACTIVE_PRIMARY = OPEN & Q(kind=Kind.PRIMARY)


class MentorProfile(Personal):
    """How a mentor introduces himself to students. Holds no way to reach him."""

    holds = Holds(c2="intro interests good_at")
    staff = models.OneToOneField(Staff, models.CASCADE, related_name="profile")
    intro = models.TextField("自我介绍", max_length=300, blank=True)
    interests = models.CharField("兴趣", max_length=100, blank=True)
    good_at = models.JSONField("擅长陪伴", default=list, blank=True)

    def __str__(self) -> str:
        return str(self.staff)

    @property
    def good_at_labels(self) -> list[str]:
        return [str(Strategy(code).label) for code in self.good_at if code in Strategy.values]


class NotMentoringSpan(Span):
    """A teacher is left out of the pool for a reason, until a day on which it is looked at again."""

    holds = Holds(c3="reason", plain={"reason": "教职工名单要由数据库按它汇总和筛选"})
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="not_mentoring")
    reason = models.CharField("原因", max_length=12, choices=NotMentoring)
    review_on = models.DateField("复核日期")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", editable=False)  # that of `staff`
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)

    class Meta(Span.Meta):
        constraints = (
            *Span.Meta.constraints,
            by_another("person", name="left_out_by_another"),
            models.UniqueConstraint(fields=["staff"], condition=OPEN, name="left_out_for_one_reason"),
        )

    def __str__(self) -> str:
        return self.get_reason_display()


class MentorPlaces(Personal):
    """A mentor's places: how many the school gives him, and how many are taken now."""

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="places")
    quota = models.PositiveSmallIntegerField("名额", default=POLICY_CAP)
    taken = models.PositiveSmallIntegerField("已占", default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(quota__lte=POLICY_CAP), name="quota_within_1_to_15"),
            models.CheckConstraint(
                condition=Q(taken__lte=POLICY_CAP + MAX_EXTRA), name="places_within_exceptions"
            ),
        )

    def __str__(self) -> str:
        return f"{self.staff} {self.taken}/{self.quota}"


class RatioException(Asked, Voidable, Personal):
    """超额许可: a named leader asks that one mentor may have more than 15, for a reason, until a day; another of the
    office agrees. Neither what one asks for nor what favours oneself (`person`, that of `staff`) is agreed to."""

    holds = Holds(c3="reason")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="ratio_exceptions")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", editable=False)
    extra = models.PositiveSmallIntegerField("增加名额")
    reason = SealedField("理由", with_row=True)
    until = models.DateField("截止日期")

    class Meta:
        ordering = ("-created_at",)
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Asked.Meta.constraints,
            by_another("person", name="exception_decided_by_another"),
            models.CheckConstraint(
                condition=Q(extra__gte=1, extra__lte=MAX_EXTRA), name="exception_is_small"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="exception_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.staff} +{self.extra}"


def exception_holds(day: dt.date) -> Q:
    """Exceptions that were agreed to, stand, and are not over on `day`."""
    return STANDING & Q(state=Decision.AGREED, until__gte=day)


class Mentorship(Span):
    holds = Holds(c2="kind strategy origin end_reason")
    student = models.ForeignKey(Student, models.PROTECT, related_name="mentorships")
    mentor = models.ForeignKey(Staff, models.PROTECT, related_name="mentorships")
    kind = models.CharField("类别", max_length=8, choices=Kind, default=Kind.PRIMARY)
    strategy = models.CharField("协同方面", max_length=2, choices=Strategy, blank=True)
    origin = models.CharField("来由", max_length=10, choices=Origin)
    seat = models.PositiveSmallIntegerField("席位", null=True, blank=True)
    exception = models.ForeignKey(
        RatioException, models.PROTECT, null=True, blank=True, related_name="mentorships"
    )
    end_reason = models.CharField("结束原因", max_length=14, choices=EndReason, blank=True)
    late = models.BooleanField("补录", default=False)

    class Meta(Span.Meta):
        ordering = ("-starts_on",)
        constraints = (
            *Span.Meta.constraints,
            models.UniqueConstraint(
                fields=["student"], condition=ACTIVE_PRIMARY, name="one_active_primary_mentor"
            ),
            models.UniqueConstraint(
                fields=["mentor", "seat"], condition=ACTIVE_PRIMARY, name="mentor_seat_taken_once"
            ),
            models.CheckConstraint(
                condition=~ACTIVE_PRIMARY
                | Q(seat__isnull=False, seat__gte=1, seat__lte=POLICY_CAP)
                | Q(seat__isnull=False, seat__gt=POLICY_CAP, exception__isnull=False),
                name="sixteenth_mentee_needs_exception",
            ),
            models.CheckConstraint(condition=OPEN | Q(seat__isnull=True), name="ended_leaves_its_seat"),
            models.UniqueConstraint(fields=["student", "mentor"], condition=OPEN, name="one_bond_of_two"),
            models.CheckConstraint(
                condition=~Q(kind=Kind.CO) | ~Q(strategy=""), name="co_mentor_has_a_strategy"
            ),
        )
        indexes = (models.Index(fields=["mentor", "ends_on"], name="mentees_of_mentor"),)

    def __str__(self) -> str:
        return f"{self.student} · {self.mentor}"


class Interim(Span):
    """Who looks after a mentee while the mentor is away, or until a successor is found.

    The mentorship goes on meanwhile: no student is ever without a mentor.
    """

    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="interims")
    caretaker = models.ForeignKey(Staff, models.PROTECT, related_name="interims")

    class Meta(Span.Meta):
        constraints = (
            *Span.Meta.constraints,
            models.UniqueConstraint(fields=["mentorship"], condition=OPEN, name="one_interim_at_a_time"),
        )
        indexes = (models.Index(fields=["caretaker", "ends_on"], name="interims_of_caretaker"),)

    def __str__(self) -> str:
        return f"{self.mentorship.student} · {self.caretaker}（代管）"


class Apart(Personal):
    """A student has named a person in what concerns safety. From then on, and for good, the two are kept apart: he is
    not given to him as mentor, co-mentor or caretaker, and nothing that follows from it is told, opened or offered to
    him. No screen shows a row."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["student", "person"], name="kept_apart_once"),)

    def __str__(self) -> str:
        return "不再相配"


class Exemption(Span):
    """Why a student has no mentor and may do without until a day; past that day it counts no more (R7)."""

    holds = Holds(c2="reason")
    student = models.ForeignKey(Student, models.CASCADE, related_name="exemptions")
    reason = models.CharField("原因", max_length=10, choices=Exempt)
    until = models.DateField("到哪一天")
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)

    class Meta(Span.Meta):
        constraints = (
            *Span.Meta.constraints,
            models.UniqueConstraint(fields=["student"], condition=OPEN, name="exempt_for_one_reason"),
            models.CheckConstraint(
                condition=Q(until__gte=F("starts_on")), name="exemption_until_after_its_start"
            ),
        )

    def __str__(self) -> str:
        return self.get_reason_display()
