"""Requests for another mentor, as each side may see them."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from liangshi.foundation.base.clock import last_day, today
from liangshi.foundation.base.guard import hand_out
from liangshi.practice.plans.queries import policy_now
from liangshi.practice.relations.choices import UNDECIDED, UNDER_WAY, Asker, ChangeState
from liangshi.practice.relations.models import ChangeRequest
from liangshi.practice.relations.policy import CHANGE_ANSWER, CHANGE_ASK, CHANGE_DECIDE, CHANGE_FOLLOW
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STAFF_READ
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import Place, places
from liangshi.registry.people.models import Staff
from liangshi.registry.schools.grades import current_year_start


def trial_last(mentorship: Mentorship, weeks: int) -> dt.date | None:
    """The last day of a relation's trial, so many weeks with the day on which it began; None where there is none."""
    return last_day(mentorship.starts_on + dt.timedelta(weeks=weeks)) if weeks else None


def in_trial(mentorship: Mentorship, weeks: int | None = None) -> bool:
    """Whether today is a day of the trial (`weeks` None: ask the policy)."""
    if weeks is None:
        weeks = policy_now(mentorship.mentor.school_id).trial_weeks
    last = trial_last(mentorship, weeks)
    return last is not None and today() <= last


def bond_of(
    actor: Actor, student_id: UUID, permission: Permission[Mentorship] = CHANGE_ASK
) -> Mentorship | None:
    """The present primary mentorship of a student, if the actor has the permission for it."""
    return (
        Mentorship.objects.seen_by(actor, permission)
        .filter(student_id=student_id)
        .select_related("student__person", "student__school", "mentor__person")
        .first()
    )


def may_ask(actor: Actor, student_id: UUID) -> bool:
    return Mentorship.objects.seen_by(actor, CHANGE_ASK).filter(student_id=student_id).exists()


def offered(bond: Mentorship) -> list[Place]:
    """Whom a student may wish for: free within the usual places, in an order of his own."""
    found = [each for each in suitable(bond) if each.usual]
    return sorted(found, key=lambda each: _shuffled(bond.student_id, each.staff.pk))


def suitable(bond: Mentorship) -> list[Place]:
    """Who mentors at the school and may be given to the student, and is not his mentor; also those without a place."""
    barred = barred_of([bond.student_id], today())[bond.student_id]
    return [
        each
        for each in places(bond.mentor.school_id, today())
        if each.staff.pk != bond.mentor_id and each.staff.pk not in barred
    ]


def eligible(bond: Mentorship) -> list[Place]:
    """Whom the office may give the student: suitable, with a place, exceptions included."""
    return [each for each in suitable(bond) if each.free]


def _shuffled(student: UUID, staff: UUID) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"{student}{staff}".encode(), "sha256")


JOINED = (
    "mentorship__student__person",
    "mentorship__mentor__person",
    "wished__person",
    "target__person",
    "declined_by__person",
    "asked_by",
)


def own_changes(actor: Actor) -> QuerySet[ChangeRequest]:
    """What the actor asked for himself under this hat; what others asked about the same student is not in it."""
    return ChangeRequest.objects.seen_by(actor, CHANGE_FOLLOW).select_related(*JOINED).opening("answer")


def own_open(actor: Actor, bond: Mentorship) -> ChangeRequest | None:
    return own_changes(actor).filter(mentorship=bond, state__in=UNDER_WAY).first()


def changes(actor: Actor) -> QuerySet[ChangeRequest]:
    """The requests that the office decides, newest first."""
    return ChangeRequest.objects.seen_by(actor, CHANGE_DECIDE).select_related(*JOINED)


def changes_under_way(actor: Actor) -> list[ChangeRequest]:
    """Those that are not finished, the oldest first."""
    rows = changes(actor).filter(mentorship__ends_on__isnull=True, state__in=UNDER_WAY)
    return list(rows.order_by("created_at"))


def shows_changes(actor: Actor, under_way: Sequence[ChangeRequest]) -> bool:
    """Whether the office's page has a place for them: always for a clerk, for a leader while one is his to decide."""
    return actor.role == Role.CLERK or bool(under_way)


def change_for(actor: Actor, pk: UUID) -> ChangeRequest | None:
    row = changes(actor).filter(pk=pk).first()
    return hand_out(row, "reason", "answer") if row else None


def waits_for_office(row: ChangeRequest) -> bool:
    return row.state in UNDECIDED and row.mentorship.ends_on is None


def _offered(actor: Actor) -> QuerySet[ChangeRequest]:
    rows = ChangeRequest.objects.seen_by(actor, CHANGE_ANSWER).filter(mentorship__ends_on__isnull=True)
    return rows.select_related(*JOINED)


def offers(actor: Actor) -> list[ChangeRequest]:
    """Students whom the school asks this mentor to take."""
    return list(_offered(actor).order_by("answer_by"))


def offer_for(actor: Actor, pk: UUID) -> ChangeRequest | None:
    return _offered(actor).filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Tally:
    """How often students or families have asked to leave a mentor this year."""

    mentor: Staff
    requests: int
    effective: int


def counts(actor: Actor) -> list[Tally]:
    """Per mentor, this school year; without the actor himself, and without what was withdrawn."""
    rows = (
        ChangeRequest.objects.as_system("how many there were, and nothing of what they say")
        .filter(
            mentorship__mentor__school_id=actor.own_school,
            year_start=current_year_start(),
            asker__in=[Asker.STUDENT, Asker.GUARDIAN],
        )
        .exclude(state=ChangeState.WITHDRAWN)
        .exclude(mentorship__mentor__person_id=actor.person_id)
    )
    asked = dict(rows.values_list("mentorship__mentor").annotate(n=Count("pk")).order_by())
    done = dict(
        rows.filter(state=ChangeState.DONE)
        .values_list("mentorship__mentor")
        .annotate(n=Count("pk"))
        .order_by()
    )
    staff = Staff.objects.seen_by(actor, STAFF_READ).filter(pk__in=asked).select_related("person")
    found = [Tally(each, asked[each.pk], done.get(each.pk, 0)) for each in staff]
    return sorted(found, key=lambda each: (-each.requests, each.mentor.staff_no))
