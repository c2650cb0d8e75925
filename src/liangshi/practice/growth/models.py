"""Who a student says he is, where he wants to go, what he chose, and what adults saw shine in him."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import Personal, Row
from liangshi.foundation.base.sealed import SealedField, SealedList
from liangshi.foundation.records.models import Voidable, WriteOnce
from liangshi.practice.growth.choices import MAX_GOALS, GoalState, Owner, Source, Virtue
from liangshi.registry.people.models import OPEN, Person, Span, Student
from liangshi.registry.people.subjects import Combo, First, Second, combo
from liangshi.registry.schools.choices import Strategy
from liangshi.registry.schools.models import Cohort, Term


class Portrait(Personal):
    """自画像: the student's own words. Every field may stay empty. Sealed; opened for whom `queries.portraits` says."""

    holds = Holds(c3="interests strengths talk_style to_tell wanted", c4="worries unspoken")
    student = models.OneToOneField(Student, models.CASCADE, related_name="portrait")
    interests = SealedField("兴趣", blank=True, default="")
    strengths = SealedField("我的优势", blank=True, default="")
    talk_style = SealedField("希望怎样交流", blank=True, default="")
    to_tell = SealedField("希望老师知道的事", blank=True, default="")
    worries = SealedField("困扰", blank=True, default="")
    unspoken = SealedField("不希望提起的事", blank=True, default="")
    wanted = SealedList("希望得到帮助的方面", default=list, blank=True)
    changed_at = models.DateTimeField("改动时间", auto_now=True)

    def __str__(self) -> str:
        return f"{self.student}的自画像"

    @property
    def wanted_labels(self) -> str:
        return "、".join(str(each.label) for each in Strategy if each in self.wanted)


class Goal(WriteOnce, Personal):
    """A goal of one term. Open ones sit on numbered seats, so that there is never a fourth."""

    holds = Holds(c2="strategy owner state", c3="text closing")
    student = models.ForeignKey(Student, models.PROTECT, related_name="goals")
    term = models.ForeignKey(Term, models.PROTECT, related_name="+")
    strategy = models.CharField("方面", max_length=2, choices=Strategy)
    text = SealedField("目标", with_row=True)
    owner = models.CharField("谁来推动", max_length=8, choices=Owner)
    review_on = models.DateField("回头看的日期")
    state = models.CharField("状态", max_length=8, choices=GoalState, default=GoalState.OPEN)
    seat = models.PositiveSmallIntegerField("席位", null=True, blank=True)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    closing = SealedField("回头看的一句话", with_row=True, blank=True, default="")
    closed_on = models.DateField("收尾日期", null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(fields=["student", "key"], name="goal_set_once"),
            models.UniqueConstraint(fields=["student", "term", "seat"], name="goal_seat_taken_once"),
            models.CheckConstraint(
                condition=Q(state=GoalState.OPEN, seat__gte=1, seat__lte=MAX_GOALS, seat__isnull=False)
                | (~Q(state=GoalState.OPEN) & Q(seat__isnull=True) & ~Q(closing="")),
                name="open_goal_has_a_seat",
            ),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def due(self) -> bool:
        """The day to look back has come."""
        return self.state == GoalState.OPEN and self.review_on <= today()


class SubjectChoice(Span):
    """选科, dated: a change ends one row and begins another. No row: 未选."""

    holds = Holds(c2="first second_one second_two source")
    student = models.ForeignKey(Student, models.PROTECT, related_name="subject_choices")
    first = models.CharField("首选", max_length=3, choices=First)
    second_one = models.CharField("再选", max_length=3, choices=Second)
    second_two = models.CharField("再选", max_length=3, choices=Second)
    source = models.CharField("来由", max_length=8, choices=Source)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta(Span.Meta):
        ordering = ("-created_at",)
        constraints = (
            *Span.Meta.constraints,
            models.UniqueConstraint(fields=["student"], condition=OPEN, name="one_choice_at_a_time"),
            models.CheckConstraint(
                condition=Q(
                    first__in=First.values, second_one__in=Second.values, second_two__in=Second.values
                )
                & Q(second_one__lt=F("second_two")),
                name="choice_is_a_combination",
            ),
        )

    def __str__(self) -> str:
        return self.combo.short

    @property
    def combo(self) -> Combo:
        return combo(self.first, (self.second_one, self.second_two))


class SubjectWindow(Row):
    """The days (both included) on which the students of a 级 enter their choice themselves."""

    cohort = models.OneToOneField(Cohort, models.CASCADE, related_name="subject_window")
    opens_on = models.DateField("开始")
    last_on = models.DateField("截止")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(opens_on__lte=F("last_on")), name="window_opens_before_end"),
        )

    def __str__(self) -> str:
        return f"{self.cohort}选科"

    @property
    def days(self) -> str:
        """「11 月 20 日到 11 月 30 日」."""
        return f"{self.opens_on:%-m 月 %-d 日}到 {self.last_on:%-m 月 %-d 日}"

    @property
    def is_open(self) -> bool:
        return self.opens_on <= today() <= self.last_on


class Career(Personal):
    """生涯: what the student thinks of his way, in his own words."""

    holds = Holds(c3="leanings majors")
    student = models.OneToOneField(Student, models.CASCADE, related_name="career")
    leanings = SealedField("职业兴趣", with_row=True, blank=True, default="")
    majors = SealedField("意向专业", with_row=True, blank=True, default="")
    changed_at = models.DateTimeField("改动时间", auto_now=True)

    def __str__(self) -> str:
        return f"{self.student}的生涯"


class CareerActivity(Voidable, Personal):
    """A visit, a talk heard, a day at work: what the student did to find his way."""

    holds = Holds(c3="title note")
    student = models.ForeignKey(Student, models.CASCADE, related_name="career_activities")
    on = models.DateField("日期")
    title = SealedField("做了什么", with_row=True)
    note = SealedField("收获", with_row=True, blank=True, default="")

    class Meta:
        ordering = ("-on", "-created_at")

    def __str__(self) -> str:
        return self.title


class Shine(WriteOnce, Voidable, Personal):
    """闪光点: something good that an adult of the school saw."""

    holds = Holds(c2="virtue", c3="text")
    student = models.ForeignKey(Student, models.PROTECT, related_name="shines")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = SealedField("看到了什么", with_row=True)
    virtue = models.CharField("五育", max_length=6, choices=Virtue)
    on = models.DateField("哪一天")
    shared = models.BooleanField("可以给TA看", default=False)

    class Meta:
        ordering = ("-on", "-created_at")
        constraints = (
            models.UniqueConstraint(fields=["author", "student", "key"], name="shine_written_once"),
            models.CheckConstraint(condition=~Q(text=""), name="shine_says_something"),
        )
        indexes = (
            models.Index(fields=["student", "on"], name="shines_of_student"),
            models.Index(fields=["author", "on"], name="shines_of_author"),
        )

    def __str__(self) -> str:
        return self.text
