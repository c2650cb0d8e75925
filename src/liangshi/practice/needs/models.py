"""特需: why a student has several mentors, and which strategies they are to cover."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal
from liangshi.foundation.base.sealed import SealedField
from liangshi.foundation.records.decisions import by_another
from liangshi.practice.needs.choices import NEED_LIVE, NeedCategory, NeedRefusal, NeedState
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Decided, Staff, Student
from liangshi.registry.schools.choices import Strategy


class Need(Decided, Personal):
    """One student's need. `category` is read by the office, the primary mentor and the co-mentors alone."""

    holds = Holds(c2="state refusal", c4="category")
    student = models.ForeignKey(Student, models.PROTECT, related_name="needs")
    category = SealedField("类别", choices=NeedCategory)
    state = models.CharField("状态", max_length=8, choices=NeedState, default=NeedState.PROPOSED)
    review_on = models.DateField("复核日期")
    refusal = models.CharField("不批准的原因", max_length=10, choices=NeedRefusal, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        ordering = ("review_on", "created_at")
        constraints = (
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(state__in=sorted(NEED_LIVE)),
                name="one_live_need_of_a_student",
            ),
            by_another("asked_by", name="need_decided_by_another"),
            models.CheckConstraint(
                condition=~Q(state=NeedState.REFUSED) | ~Q(refusal=""), name="refused_need_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state=NeedState.ENDED) | Q(ended_on__isnull=False), name="ended_need_has_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.student} {self.get_state_display()}"


class NeedStrategy(Personal):
    """One strategy that a need asks for: whom the office suggests, and the bond once a leader has approved."""

    holds = Holds(c2="strategy")
    need = models.ForeignKey(Need, models.CASCADE, related_name="strategies")
    strategy = models.CharField("方面", max_length=2, choices=Strategy)
    suggested = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="拟请"
    )
    bond = models.OneToOneField(
        Mentorship, models.SET_NULL, null=True, blank=True, related_name="need_strategy"
    )

    class Meta:
        ordering = ("strategy",)
        constraints = (
            models.UniqueConstraint(fields=["need", "strategy"], name="need_strategy_once"),
            models.UniqueConstraint(
                fields=["need", "suggested"],
                condition=Q(suggested__isnull=False),
                name="one_teacher_once_in_a_need",
            ),
        )

    def __str__(self) -> str:
        return self.get_strategy_display()

    @property
    def met(self) -> bool:
        """Whether a co-mentor covers it now. The bond must have been selected with the row."""
        return self.bond is not None and self.bond.ends_on is None
