"""教师人人是导师: the teachers in mentoring posts who have no mentee, and those who are left out for a reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.relations.choices import AWAY_NOW
from liangshi.practice.relations.models import Absence
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.permissions import MENTOR_MANAGE
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Mentorship, NotMentoringSpan
from liangshi.registry.mentorships.queries import IN_POOL, STANDINGS, with_standing
from liangshi.registry.people.choices import LEFT, MENTORING_POSTS
from liangshi.registry.people.models import Staff


@dataclass(frozen=True, slots=True)
class Without:
    """A teacher without mentees or out of the pool; `reason` "" when nothing is recorded.

    An absence (产假 …) has the day on which he is expected back, or, once the office gives one, a day of review.
    """

    staff: Staff
    reason: str = ""
    review_on: dt.date | None = None
    decided_by: str = ""

    @property
    def overdue(self) -> bool:
        return self.review_on is not None and self.review_on <= today()


def teachers_without(actor: Actor) -> tuple[list[Without], list[Without]]:
    """(in the pool without a mentee, out of it for a reason: overdue first, then by day of review, then absences).

    Two questions.
    """
    mentees = Mentorship.objects.filter(span_at(today()), mentor=OuterRef("pk"), kind=Kind.PRIMARY)
    away = Absence.objects.filter(staff=OuterRef("pk"), state__in=sorted(AWAY_NOW))
    rows = (
        with_standing(Staff.objects.seen_by(actor, MENTOR_MANAGE).exclude(state__in=LEFT), today())
        .filter(post__in=MENTORING_POSTS)
        .select_related("person")
        .annotate(busy=Exists(mentees), back_on=Subquery(away.values("back_on")[:1]))
        .order_by("staff_no")
    )
    found = list(rows)
    spans = {
        span.staff_id: span
        for span in NotMentoringSpan.objects.of(staff=found)
        .filter(span_at(today()))
        .select_related("decided_by")
    }
    bare = [Without(row) for row in found if row.standing == IN_POOL and not row.busy]
    told = [
        _told(row, row.standing, spans.get(row.pk), row.back_on) for row in found if row.standing != IN_POOL
    ]
    return bare, sorted(told, key=lambda row: (row.review_on is None, row.review_on or dt.date.max))


def _told(staff: Staff, standing: str, span: NotMentoringSpan | None, back_on: dt.date | None) -> Without:
    if span is None:
        return Without(staff, STANDINGS[standing], back_on)
    who = span.decided_by.name if span.decided_by else ""
    return Without(staff, STANDINGS[standing], span.review_on, who)


def teacher_for(actor: Actor, pk: UUID) -> Staff | None:
    found = Staff.objects.seen_by(actor, MENTOR_MANAGE).filter(pk=pk)
    return found.select_related("person", "school").first()
