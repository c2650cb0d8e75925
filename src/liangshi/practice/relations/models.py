"""What happens to a relation after it has begun, and what is kept about it."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal
from liangshi.foundation.base.sealed import SealedField
from liangshi.foundation.records.decisions import by_another
from liangshi.practice.relations.choices import (
    AWAY_NOW,
    LETTER_DAYS,
    STANDS,
    UNDER_WAY,
    AbsenceKind,
    AbsenceState,
    Asker,
    ChangeState,
    ConcernState,
    HandOverState,
)
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Decided, Person, Staff, Student


class ChangeRequest(Personal):
    """A request to end `mentorship` in favour of another mentor. Only the office reads `reason`.

    What concerns safety is not said here: it is a `Concern` beside the request, which goes its way like any other.
    `declined_by` is the mentor who was asked last and did not take the student: for the office alone.

    One person has one request about one relation under way; two people who ask about the same one do not
    learn of each other.
    """

    holds = Holds(c2="asker state", c3="answer", c4="reason")
    mentorship = models.ForeignKey(Mentorship, models.PROTECT, related_name="change_requests")
    asker = models.CharField("提出人", max_length=8, choices=Asker)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    year_start = models.PositiveSmallIntegerField("学年")
    wished = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    reason = SealedField("理由", blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=ChangeState, default=ChangeState.ASKED)
    meet_on = models.DateField("面谈日期", null=True, blank=True)
    target = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="offers")
    declined_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    answer_by = models.DateField("最迟答复", null=True, blank=True)
    answer = SealedField("说明", blank=True, default="")
    decided_at = models.DateTimeField("办结", null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["mentorship", "asked_by"],
                condition=Q(state__in=sorted(UNDER_WAY)),
                name="one_request_under_way",
            ),
            models.CheckConstraint(
                condition=~Q(state=ChangeState.REFUSED) | ~Q(answer=""), name="refusal_is_explained"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ChangeState.AGREED, ChangeState.DONE]) | Q(target__isnull=False),
                name="agreed_change_has_a_target",
            ),
        )
        indexes = (models.Index(fields=["state", "answer_by"], name="change_by_deadline"),)

    def __str__(self) -> str:
        return f"{self.mentorship.student} {self.get_state_display()}"


class Concern(Decided, Personal):
    """Something that concerns safety. It stays with the school until somebody closes it with an answer, whatever becomes
    of the relation, of the student, of a request for another mentor, and of the asker's mind (`withdrawn_at`).

    `about` is the person whom it names, `mentorship` the relation in which he is met; both are empty where nobody is
    named. `request` is the request with which it was told. Whom it names neither sees nor closes it, nor does who has told it.
    """

    holds = Holds(c2="asker state", c4="reason answer")
    student = models.ForeignKey(Student, models.PROTECT, related_name="concerns")
    mentorship = models.ForeignKey(Mentorship, models.PROTECT, null=True, blank=True, related_name="concerns")
    request = models.OneToOneField(
        ChangeRequest, models.PROTECT, null=True, blank=True, related_name="concern"
    )
    about = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    asker = models.CharField("提出人", max_length=8, choices=Asker)
    reason = SealedField("说了什么", blank=True, default="")
    state = models.CharField("状态", max_length=8, choices=ConcernState, default=ConcernState.OPEN)
    due_on = models.DateField("答复期限")
    withdrawn_at = models.DateTimeField("提出的人说不用了", null=True, blank=True)
    urged_at = models.DateTimeField("已提醒校领导", null=True, blank=True)
    answer = SealedField("答复", blank=True, default="")

    class Meta:
        ordering = ("created_at",)
        constraints = (
            by_another("asked_by", name="concern_closed_by_another"),
            by_another("about", name="concern_not_closed_by_whom_it_names"),
            models.CheckConstraint(
                condition=~Q(state=ConcernState.CLOSED)
                | (~Q(answer="") & Q(decided_by__isnull=False, decided_on__isnull=False)),
                name="concern_closed_with_an_answer",
            ),
            models.UniqueConstraint(
                fields=["student", "asked_by", "about"],
                condition=Q(state__in=sorted(STANDS)),
                name="concern_told_once",
            ),
            models.UniqueConstraint(
                fields=["student", "asked_by"],
                condition=Q(state__in=sorted(STANDS), about__isnull=True),
                name="concern_about_nobody_told_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.student} 关系到安全的事"


class Absence(Personal):
    """Why and how long a mentor is away. Never a medical text: only the kind from the list."""

    holds = Holds(c2="state", c3="kind", plain={"kind": "短期离岗必须有返岗日期，由数据库保证"})
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="absences")
    kind = models.CharField("情形", max_length=10, choices=AbsenceKind)
    state = models.CharField("状态", max_length=10, choices=AbsenceState)
    starts_on = models.DateField("从")
    back_on = models.DateField("预计返岗", null=True, blank=True)
    ended_on = models.DateField("办结", null=True, blank=True)
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["staff"], condition=Q(state__in=sorted(AWAY_NOW)), name="away_for_one_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind=AbsenceKind.SHORT) | Q(back_on__isnull=False), name="short_leave_has_an_end"
            ),
        )

    def __str__(self) -> str:
        return f"{self.staff} {self.get_kind_display()}"


class Succession(Personal):
    """The task of finding a successor for one student of a mentor who is gone. Closed once it has happened."""

    absence = models.ForeignKey(Absence, models.CASCADE, related_name="successions")
    mentorship = models.ForeignKey(Mentorship, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField("办结", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["absence", "mentorship"], name="succession_once"),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(closed_at__isnull=False),
                name="successor_closes_succession",
            ),
        )

    def __str__(self) -> str:
        return f"{self.mentorship.student} 接任"


LONGEST_HALF = 1000


class HandOver(Personal):
    """One per ended relation that another mentor took over; both halves may stay empty.

    The former mentor's part is over when he says so (`mentor_done_at`), when the letter is closed, and in any case after
    the day `write_until`; from then on he reads nothing of it. The letter has no place for what was said in confidence:
    talks of level 2 stay with their author. When one student has changed his mentor, the former one writes only if the
    student asks him to (`mentor_writes`): he reads 「导师调整」 and no more. There is none where the student has named him
    in what concerns safety.
    """

    holds = Holds(c2="state", c3="mentor_half student_half")
    ended = models.OneToOneField(Mentorship, models.PROTECT, related_name="hand_over")
    successor = models.ForeignKey(Staff, models.PROTECT, related_name="hand_overs")
    state = models.CharField("状态", max_length=10, choices=HandOverState, default=HandOverState.OPEN)
    mentor_half = SealedField("导师的一半", blank=True, default="")
    mentor_half_at = models.DateTimeField(null=True, blank=True)
    mentor_done_at = models.DateTimeField(null=True, blank=True)
    mentor_writes = models.BooleanField("原导师可以写", default=True)
    by_office = models.BooleanField("由学校代写", default=False)
    student_half = SealedField("学生的一半", blank=True, default="")
    student_half_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.ended.student} 交接信"

    @property
    def write_until(self) -> dt.date:
        """The last day on which the former mentor may write."""
        return timezone.localdate(self.created_at) + dt.timedelta(days=LETTER_DAYS - 1)


class FirstMeeting(Personal):
    """Where and when the two mean to meet, in the words of whoever wrote last; nobody has to fill it in."""

    holds = Holds(c3="note")
    mentorship = models.OneToOneField(Mentorship, models.CASCADE, related_name="first_meeting")
    note = SealedField("第一次见面约在", with_row=True, blank=True, default="")

    def __str__(self) -> str:
        return self.note
