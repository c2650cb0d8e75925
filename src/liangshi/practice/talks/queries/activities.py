"""Group activities of a mentor, and those to which a student is invited."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import hand_out
from liangshi.practice.talks.models import Activity, ActivityStudent
from liangshi.practice.talks.policy import ACTIVITY_READ, ACTIVITY_WRITE, TALK_EXISTS
from liangshi.practice.talks.rules import invites, mentees
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.permissions import STUDENT_READ
from liangshi.registry.access.policy import allows
from liangshi.registry.people.models import Student


def activities(actor: Actor) -> QuerySet[Activity]:
    """The mentor's own, newest first, with how many are invited and came."""
    return Activity.objects.seen_by(actor, ACTIVITY_WRITE).annotate(
        invited=Count("students"), came=Count("students", filter=Q(students__present=True))
    )


def activity_for(actor: Actor, pk: UUID) -> Activity | None:
    row = activities(actor).filter(pk=pk).first()
    return hand_out(row, "void_reason") if row else None


@dataclass(frozen=True, slots=True)
class Attending:
    """Who is invited and still a mentee, and how many others took part."""

    rows: tuple[ActivityStudent, ...]
    others: int


def attending(actor: Actor, activity: Activity) -> Attending:
    rows = ActivityStudent.objects.of(activity=Activity.objects.seen_by(actor, ACTIVITY_WRITE)).filter(
        activity=activity
    )
    mine = rows.filter(student__in=Student.objects.filter(mentees(actor)))
    named = tuple(mine.select_related("student__person").order_by("created_at", "pk"))
    return Attending(named, rows.count() - len(named))


def invited_to(actor: Actor) -> list[ActivityStudent]:
    """The activities from today on to which a student is invited by whoever accompanies him today. What a group calls
    itself may tell a worry: his family learns of it from him."""
    at_work = allows(actor.role, TALK_EXISTS)  # has a list of his own
    if at_work or not allows(actor.role, ACTIVITY_READ):
        return []
    rows = ActivityStudent.objects.of(student=Student.objects.seen_by(actor, STUDENT_READ)).filter(
        invites(),
        activity__day__gte=today(),
        activity__voided_at__isnull=True,
    )
    return list(rows.select_related("activity__owner__person", "student__person").order_by("activity__day"))
