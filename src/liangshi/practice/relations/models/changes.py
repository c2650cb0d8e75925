"""换导师: asked for by student, guardian, mentor or office, without telling the present mentor."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liangshi.foundation.base.models import Row
from liangshi.practice.relations.choices import UNDER_WAY, Asker, ChangeState
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Person, Staff


class ChangeRequest(Row):
    """A request to end `mentorship` in favour of another mentor. Only the office reads `reason`.

    Where `safety` is at stake it stays open, also when the relation has ended, until the office has dealt with it.
    `declined_by` is the mentor who was asked last and did not take the student: for the office alone.

    One person has one request about one relation under way; two people who ask about the same one do not
    learn of each other.
    """

    mentorship = models.ForeignKey(Mentorship, models.PROTECT, related_name="change_requests")
    asker = models.CharField("提出人", max_length=8, choices=Asker)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    year_start = models.PositiveSmallIntegerField("学年")
    wished = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("理由", max_length=300, blank=True)
    safety = models.BooleanField("关系到安全", default=False)
    state = models.CharField("状态", max_length=10, choices=ChangeState, default=ChangeState.ASKED)
    meet_on = models.DateField("面谈日期", null=True, blank=True)
    target = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="offers")
    declined_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    answer_by = models.DateField("最迟答复", null=True, blank=True)
    answer = models.CharField("说明", max_length=300, blank=True)
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
