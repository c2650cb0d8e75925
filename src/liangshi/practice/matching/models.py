"""A programme of rounds under the policy of the year, and in each round who takes part, what they wish and answer,
what was computed.

A programme is a process; what lasts, who is whose mentor, is kept by `registry.mentorships`. The pool of the first
round is the programme's; each later round takes what the confirmed ones before it left over.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.clock import deadline
from liangshi.foundation.base.models import Personal, Row
from liangshi.foundation.base.sealed import SealedField
from liangshi.foundation.jobs import LIVE, Job
from liangshi.practice.matching.choices import (
    LEFT_CAUSES,
    NEVER,
    RESULT,
    MoveReason,
    ProgrammeKind,
    ProgrammeState,
    RoundState,
    Verdict,
    Withheld,
)
from liangshi.practice.matching.modes import MODES
from liangshi.practice.matching.modes.way import Way
from liangshi.practice.matching.modes.wishes import AIM_WORDS
from liangshi.practice.plans.choices import MAX_AVOID, MAX_WISHES, Aim, Mode
from liangshi.practice.plans.models import Policy
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.people.choices import Gender
from liangshi.registry.people.models import Club, Person, Staff, Student
from liangshi.registry.schools.models import ClassGroup, Cohort, School, SchoolYear


class Programme(Row):
    """A matching of some cohorts in one year: rounds of mixed modes, one publication."""

    holds = Holds(c1="title kind state abort_reason")
    school = models.ForeignKey(School, models.PROTECT, related_name="programmes")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="programmes")
    title = models.CharField("名称", max_length=40)
    kind = models.CharField("类别", max_length=8, choices=ProgrammeKind, default=ProgrammeKind.NEW)
    cohorts = models.ManyToManyField(Cohort, related_name="programmes", verbose_name="年级")
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, related_name="programmes")
    state = models.CharField("状态", max_length=10, choices=ProgrammeState, default=ProgrammeState.DRAFT)
    published_at = models.DateTimeField("公布", null=True, blank=True)
    trial_until = models.DateField("试谈期到", null=True, blank=True)
    abort_reason = models.CharField("中止原因", max_length=200, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["year", "title"],
                condition=~Q(state=ProgrammeState.ABORTED),
                name="programme_title_once_a_year",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProgrammeState.ABORTED) | ~Q(abort_reason=""),
                name="aborted_programme_has_reason",
            ),
        )
        indexes = (models.Index(fields=["school", "state"], name="programme_by_school"),)

    def __str__(self) -> str:
        return self.title


class Round(Row):
    holds = Holds(c1="title mode aim state commitment draw chosen_aim void_reason")
    school = models.ForeignKey(School, models.PROTECT, related_name="rounds")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="rounds")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="rounds")
    # In force when it was opened.
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, related_name="+")
    seq = models.PositiveSmallIntegerField("第几轮", default=1)
    title = models.CharField("名称", max_length=40)
    mode = models.CharField("方式", max_length=10, choices=Mode, default=Mode.WISHES)
    aim = models.CharField("目标", max_length=10, choices=Aim, default=Aim.SUM)
    wish_limit = models.PositiveSmallIntegerField("志愿数", default=MAX_WISHES)
    avoid_limit = models.PositiveSmallIntegerField("可回避人数", default=MAX_AVOID)
    lower = models.PositiveSmallIntegerField("每位导师至少", default=0)
    upper = models.PositiveSmallIntegerField("每位导师至多", default=POLICY_CAP)
    closes_at = models.DateTimeField("截止时间", null=True, blank=True)  # empty when nobody fills anything in
    answers_until = models.DateTimeField("导师回应截止", null=True, blank=True)
    places_all = models.BooleanField("必须全部安排", default=True)  # settled when the input is frozen
    state = models.CharField("状态", max_length=10, choices=RoundState, default=RoundState.DRAFT)
    opened_at = models.DateTimeField("开启", null=True, blank=True)
    closed_at = models.DateTimeField("截止", null=True, blank=True)
    published_at = models.DateTimeField("公布", null=True, blank=True)
    commitment = models.CharField("数据指纹", max_length=64, blank=True)
    draw = models.CharField("公开抽签的号码", max_length=100, blank=True)
    chosen_aim = models.CharField("换用的目标", max_length=10, choices=Aim, blank=True)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(fields=["programme", "seq"], name="round_seq_once_in_programme"),
            models.CheckConstraint(
                condition=Q(wish_limit__gte=1, wish_limit__lte=MAX_WISHES), name="round_one_to_five_wishes"
            ),
            models.CheckConstraint(condition=Q(avoid_limit__lte=MAX_AVOID), name="round_two_to_avoid"),
            models.CheckConstraint(
                condition=Q(lower__lte=F("upper"), upper__lte=POLICY_CAP), name="round_quota_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state=RoundState.VOID) | ~Q(void_reason=""), name="void_round_has_reason"
            ),
        )
        indexes = (models.Index(fields=["school", "state"], name="round_by_school"),)

    def __str__(self) -> str:
        return self.title

    @property
    def cohorts(self) -> Any:
        return self.programme.cohorts

    @property
    def weighs_by(self) -> Policy | None:
        """The policy that it is computed by: its own once it was opened, before that the programme's."""
        return self.policy or self.programme.policy

    @property
    def way(self) -> Way:
        """All that its mode says."""
        return MODES[self.mode]

    @property
    def lists(self) -> bool:
        """Whether students rank mentors in it."""
        return self.way.lists

    @property
    def falls_on(self) -> bool:
        """Whether the engine was asked to leave over whom it can give no wish."""
        return not self.places_all and not self.way.proposes

    @property
    def until(self) -> dt.datetime | None:
        """When what it waits for now ends."""
        return self.answers_until if self.state == RoundState.ANSWERING else self.closes_at

    @property
    def has_result(self) -> bool:
        return self.state in RESULT

    @property
    def target(self) -> Aim:
        """What is computed: the announced aim, unless the office chose another after comparing."""
        return Aim(self.chosen_aim or self.aim)

    @property
    def told_aim_words(self) -> str:
        """What that aim makes best."""
        return AIM_WORDS[self.told_aim]

    @property
    def told_aim(self) -> Aim:
        """What everybody may know: the announced aim, and the one that was used once it is published."""
        return self.target if self.state == RoundState.PUBLISHED else Aim(self.aim)


class RoundMentor(Personal):
    """A mentor of the round and his places in it. `code` is his 工号 as it was: his key in the engine.

    He may be kept to one cohort, or to one gender (who is on duty in a dormitory). Places that somebody set `by_hand`
    do not follow the policy.
    """

    holds = Holds(c2="code only_gender")
    round = models.ForeignKey(Round, models.CASCADE, related_name="mentors")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="rounds")
    code = models.CharField("工号", max_length=20)
    lower = models.PositiveSmallIntegerField("至少", default=0)
    upper = models.PositiveSmallIntegerField("至多", default=POLICY_CAP)
    by_hand = models.BooleanField("单独定的", default=False)
    only_cohort = models.ForeignKey(Cohort, models.PROTECT, null=True, blank=True, related_name="+")
    only_gender = models.CharField("只带", max_length=1, choices=Gender, blank=True)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(fields=["round", "staff"], name="mentor_once_in_round"),
            models.UniqueConstraint(fields=["round", "code"], name="mentor_code_once_in_round"),
            models.CheckConstraint(
                condition=Q(lower__lte=F("upper"), upper__lte=POLICY_CAP), name="mentor_quota_in_order"
            ),
        )

    def __str__(self) -> str:
        return str(self.staff)

    @property
    def asks(self) -> str:
        """What a round that waits for the mentor wants of him, and until when."""
        asked = self.round.way.asks
        if asked is None:
            return ""
        until = getattr(self.round, asked.until)
        return f"{asked.what} · {deadline(until)} 截止" if until else asked.what

    @property
    def only_words(self) -> str:
        """「只带2026级、男生」, or ""."""
        gender = f"{self.get_only_gender_display()}生" if self.only_gender else ""
        cohort = str(self.only_cohort) if self.only_cohort else ""
        parts = [part for part in (cohort, gender) if part]
        return f"只带{'、'.join(parts)}" if parts else ""


class RoundStudent(Personal):
    """A student of the round. `number` is his key in the engine and in the public lottery.

    `near` holds the codes of the mentors who teach his class: they come first if no wish can be met.
    `version` counts the saves of his wishes; two open pages cannot overwrite each other unseen.
    `present` is the mentor he has, in a review; `released` of that mentor since an earlier round, because one of
    the two objected (`student_objected_at`, `mentor_objected_at`). `club` is the one whose adviser he is proposed to;
    `led_by` is who that was when the round was closed.
    """

    holds = Holds(c2="near left_cause gender", c3="left_reason")
    round = models.ForeignKey(Round, models.CASCADE, related_name="students")
    student = models.ForeignKey(Student, models.PROTECT, related_name="rounds")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="+")
    number = models.PositiveIntegerField("抽签号")
    near = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField("填报时间", null=True, blank=True)
    left_at = models.DateTimeField("退出本轮", null=True, blank=True)
    left_reason = SealedField("退出原因", blank=True, default="")
    left_cause = models.CharField("退出类别", max_length=10, choices=LEFT_CAUSES, blank=True)
    gender = models.CharField("性别", max_length=1, choices=Gender, default=Gender.UNKNOWN)
    present = models.ForeignKey(
        RoundMentor, models.SET_NULL, null=True, blank=True, related_name="present_of"
    )
    released = models.BooleanField("不再续任", default=False)
    student_objected_at = models.DateTimeField(null=True, blank=True)
    mentor_objected_at = models.DateTimeField(null=True, blank=True)
    club = models.ForeignKey(Club, models.SET_NULL, null=True, blank=True, related_name="+")
    led_by = models.ForeignKey(RoundMentor, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["round", "student"], name="student_once_in_round"),
            models.UniqueConstraint(fields=["round", "number"], name="student_number_once_in_round"),
        )

    def __str__(self) -> str:
        return str(self.student)

    @property
    def key(self) -> str:
        return f"{self.number:05d}"

    @property
    def named(self) -> list[UUID]:
        """Whom a row of a list names, for the log."""
        return [self.student_id]

    @property
    def class_name(self) -> str:
        return self.class_group.name() if self.class_group else ""


class Wish(Personal):
    holds = Holds(c3="reason")
    round_student = models.ForeignKey(RoundStudent, models.CASCADE, related_name="wishes")
    rank = models.PositiveSmallIntegerField("志愿")
    mentor = models.ForeignKey(RoundMentor, models.PROTECT, related_name="wished_by")
    reason = SealedField("理由", blank=True, default="")

    class Meta:
        ordering = ("rank",)
        constraints = (
            models.UniqueConstraint(fields=["round_student", "rank"], name="wish_rank_once"),
            models.UniqueConstraint(fields=["round_student", "mentor"], name="wish_mentor_once"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=MAX_WISHES), name="wish_one_to_five"),
        )

    def __str__(self) -> str:
        return f"第 {self.rank} 志愿"


class Avoidance(Personal):
    """A mentor whom the student is not given: he asked for it in this round, or holds whatever he wishes (`barred`)."""

    round_student = models.ForeignKey(RoundStudent, models.CASCADE, related_name="avoidances")
    mentor = models.ForeignKey(RoundMentor, models.CASCADE, related_name="+")
    barred = models.BooleanField("一律不能安排", default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round_student", "mentor"], name="avoid_mentor_once"),)

    def __str__(self) -> str:
        return NEVER if self.barred else "回避"


class Answer(Personal):
    """What a mentor answers of one student who ranked him. Read by the computation, and by himself, only."""

    holds = Holds(
        c3="verdict",
        plain={"verdict": "匹配运算要由数据库按它挑选；旁边的志愿本身就是编号"},
    )
    round_student = models.ForeignKey(RoundStudent, models.CASCADE, related_name="answers")
    mentor = models.ForeignKey(RoundMentor, models.CASCADE, related_name="answers")
    verdict = models.CharField("回应", max_length=8, choices=Verdict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round_student", "mentor"], name="answered_once"),)

    def __str__(self) -> str:
        return "导师的回应"


class Run(Job, Personal):
    """One computation. Its result is stored only after the independent verifier has accepted it.

    A trial is computed to compare aims: its numbers are kept, who would get whom is not.
    """

    holds = Holds(c1="aim commitment draw seed result_sha256 profile", c2="certificate fairness")
    round = models.ForeignKey(Round, models.CASCADE, related_name="runs")
    trial = models.BooleanField("只作比较", default=False)
    aim = models.CharField("目标", max_length=10, choices=Aim)
    commitment = models.CharField("数据指纹", max_length=64)
    draw = models.CharField("抽签号码", max_length=100, blank=True)
    seed = models.CharField("种子", max_length=64)
    result_sha256 = models.CharField("结果指纹", max_length=64, blank=True)
    profile = models.JSONField("志愿满足人数", default=list, blank=True)
    unlisted = models.PositiveIntegerField("志愿外", default=0)
    total_rank = models.PositiveIntegerField("志愿序号之和", default=0)
    least = models.PositiveSmallIntegerField("导师最少带", default=0)
    most = models.PositiveSmallIntegerField("导师最多带", default=0)
    certificate = models.JSONField("核验", default=dict, blank=True)
    fairness = models.JSONField("公平情况", default=dict, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(state__in=sorted(LIVE), trial=False),
                name="one_run_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["round", "aim"],
                condition=Q(state__in=sorted(LIVE), trial=True),
                name="one_trial_of_an_aim_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.round} {self.get_state_display()}"


class Placement(Personal):
    """One student's mentor in a run; `rank` is empty when the mentor was not among his wishes.

    `withheld` says why publishing did not make it a mentorship; the sealed result stays as it was computed.
    """

    holds = Holds(c2="withheld", c3="reason")
    run = models.ForeignKey(Run, models.CASCADE, related_name="placements")
    round_student = models.ForeignKey(RoundStudent, models.CASCADE, related_name="placements")
    mentor = models.ForeignKey(RoundMentor, models.PROTECT, related_name="placements")
    rank = models.PositiveSmallIntegerField("志愿", null=True, blank=True)
    reason = SealedField("为什么是TA")
    withheld = models.CharField("没有生效", max_length=10, choices=Withheld, blank=True)

    class Meta:
        ordering = ("round_student__number",)
        constraints = (models.UniqueConstraint(fields=["run", "round_student"], name="placed_once_in_a_run"),)

    def __str__(self) -> str:
        return f"{self.round_student} · {self.mentor}"

    @property
    def named(self) -> list[UUID]:
        """Whom a row of a list names, for the log."""
        return self.round_student.named

    @property
    def rank_label(self) -> str:
        return rank_label(self.run.round, self.rank)


def rank_label(row: Round, rank: int | None) -> str:
    """「第 1 志愿」, 「志愿外」, or how the pair came about where nobody ranks anybody."""
    if row.lists:
        return f"第 {rank} 志愿" if rank else "志愿外"
    return row.way.placed_as


class ManualMove(Personal):
    """On a proposal the office gave a student another mentor. Undone moves stay on record.

    `sentence` is the student's 「为什么是TA」 before it. `agreed` marks the exception that a leader made for a
    mentor whom the student asked to avoid (R44).
    """

    holds = Holds(c3="reason note sentence", plain={"reason": "选「其他」必须写说明，由数据库保证"})
    run = models.ForeignKey(Run, models.CASCADE, related_name="moves")
    seq = models.PositiveSmallIntegerField("第几处")
    round_student = models.ForeignKey(RoundStudent, models.CASCADE, related_name="moves")
    held = models.ForeignKey(RoundMentor, models.PROTECT, related_name="+", verbose_name="原来")
    given = models.ForeignKey(RoundMentor, models.PROTECT, related_name="+", verbose_name="调到")
    reason = models.CharField("原因", max_length=10, choices=MoveReason)
    note = SealedField("说明", with_row=True, blank=True, default="")
    agreed = models.BooleanField("校领导同意不按回避", default=False)
    sentence = SealedField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField("撤销", null=True, blank=True)

    class Meta:
        ordering = ("seq",)
        constraints = (
            models.UniqueConstraint(fields=["run", "seq"], name="move_number_once_in_a_run"),
            models.CheckConstraint(condition=~Q(held=F("given")), name="move_to_another_mentor"),
            models.CheckConstraint(
                condition=~Q(reason=MoveReason.OTHER) | ~Q(note=""), name="other_reason_is_written"
            ),
            models.CheckConstraint(condition=Q(agreed=False) | ~Q(note=""), name="exception_has_a_reason"),
        )

    def __str__(self) -> str:
        return f"{self.round_student}：{self.held} → {self.given}"


class FairnessSeen(Personal):
    """A leader has seen the fairness figures of a result, which its seal names: another result, another tick."""

    holds = Holds(c1="result_sha256")
    run = models.ForeignKey(Run, models.CASCADE, related_name="fairness_seen")
    result_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "result_sha256"], name="fairness_seen_once_a_result"),
        )

    def __str__(self) -> str:
        return f"{self.by}看过了"
