"""重大变故: who may know what of it, and whose days are made lighter by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.base.models import span_at
from liangshi.foundation.base.names import tidy
from liangshi.practice.talks.choices import (
    EVENT,
    HEAVY,
    LEAD_WITHIN,
    LIGHT_FOR,
    OPEN_STATES,
    Cause,
    EventState,
)
from liangshi.practice.talks.models import FormerLead, LifeEvent, Talk, TalkStudent
from liangshi.practice.talks.policy import EVENT_FOLLOW, EVENT_LEAD, EVENT_READ, EVENT_REPORT, TALK_WRITE
from liangshi.practice.talks.queries.talks import talks
from liangshi.practice.talks.rules import charges
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STUDENT_READ
from liangshi.registry.access.policy import OFFICE, Permission, Scope, allows
from liangshi.registry.access.queries import class_of, students
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.fit import Part, fit
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import staff_of
from liangshi.registry.people.choices import ACTIVE, GONE, StaffState
from liangshi.registry.people.models import ClassPost, Enrolment, Staff, Student, StudentSpan
from liangshi.registry.people.queries import still_here
from liangshi.registry.schools.days import calendar_of, school_days_after
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import ClassGroup

# Roles that see a handful of students choose from them; the others name the student.
LEADLESS = Q(lead=None) | ~Q(lead__state=StaffState.ON_DUTY)  # as a filter: nobody leads who is at work
_CHOOSING = frozenset({Role.ADVISER, Role.MENTOR, Role.STUDENT, Role.GUARDIAN})


def events(actor: Actor) -> QuerySet[LifeEvent]:
    """The life events that the actor may know of, open ones first."""
    return (
        LifeEvent.objects.seen_by(actor, EVENT_READ)
        .select_related("student__person", "lead__person")
        .order_by("-reported_on", "-created_at")
    )


def event_for(actor: Actor, pk: UUID, permission: Permission[LifeEvent] = EVENT_READ) -> LifeEvent | None:
    return (
        LifeEvent.objects.seen_by(actor, permission)
        .filter(pk=pk)
        .select_related("student__person", "lead__person", "school")
        .first()
    )


@dataclass(frozen=True, slots=True)
class EventPage:
    """What one actor may know of one event, and what he may do now."""

    event: LifeEvent
    group: str
    leads: bool
    knows_kind: bool
    knows_text: bool
    moves: tuple[tuple[str, str], ...]  # (event, verb)
    may_lead: bool
    lead_gone: bool
    own_talks: list[Talk]


def event_page(actor: Actor, row: LifeEvent) -> EventPage:
    """The kind: for the responsible mentor, the class adviser and the lead. The text: for that mentor and the lead
    while it is open; afterwards for the mentor who has been the student's since it was reported.

    The office, a co-mentor and whoever reported it see how far it is, and who follows it.
    """
    leads = actor.hat.staff_id is not None and row.lead_id == actor.hat.staff_id
    mentor, adviser = _mentors(actor, row), _advises(actor, row)
    still_open = row.state in OPEN_STATES
    knows_text = (mentor or leads) if still_open else mentor and _his_since_then(actor, row)
    knows_kind = leads or mentor or adviser
    hand_out(row, *(("kind",) if knows_kind else ()), *(("text",) if knows_text else ()))
    moves: list[str] = []
    if allows(actor.role, EVENT_FOLLOW):
        possible = EVENT.possible(row.state)
        if leads:
            moves = [name for name in possible if name in {"follow", "calm", "close"}]
        elif mentor or adviser:
            moves = [name for name in possible if name == "accept"]
    held = Enrolment.objects.of(student=row.student).filter(span_at(today()))
    held = held.select_related("class_group__cohort")
    place = held.first()
    return EventPage(
        event=row,
        group=str(place.class_group) if place else "未分班",
        leads=leads,
        knows_kind=knows_kind,
        knows_text=knows_text,
        moves=tuple((name, EVENT.label(name)) for name in moves),
        may_lead=allows(actor.role, EVENT_LEAD)
        and row.state != EventState.CLOSED
        and LifeEvent.objects.seen_by(actor, EVENT_LEAD).filter(pk=row.pk).exists(),
        lead_gone=still_open and row.lead is not None and not row.followed_by,
        own_talks=list(talks(actor).filter(event=row, author=actor.hat.staff_id))
        if allows(actor.role, TALK_WRITE)
        else [],
    )


def _mentors(actor: Actor, row: LifeEvent) -> bool:
    """Whether the student is his to prompt for."""
    if actor.role != Role.MENTOR:
        return False
    his = Student.objects.as_system("the rule `charges`").filter(charges(actor))
    return his.filter(pk=row.student_id).exists()


def _advises(actor: Actor, row: LifeEvent) -> bool:
    mine = Student.objects.seen_by(actor, STUDENT_READ).filter(pk=row.student_id)
    return actor.role == Role.ADVISER and mine.exists()


def _his_since_then(actor: Actor, row: LifeEvent) -> bool:
    """Whether the actor has been the student's mentor since the day of the report, without a break."""
    bonds = Mentorship.objects.of(student=row.student).filter(span_at(today()))
    return bonds.filter(kind=Kind.PRIMARY, mentor=actor.hat.staff_id, starts_on__lte=row.reported_on).exists()


def may_accept(actor: Actor, row: LifeEvent) -> bool:
    """受理: for the responsible mentor and the class adviser; a co-mentor does not take it on."""
    return _mentors(actor, row) or _advises(actor, row)


def events_for_talk(actor: Actor, talk: Talk, named: Sequence[TalkStudent]) -> list[LifeEvent]:
    """The events that a correction may name: the open ones of its students, and the one that it names already."""
    about = {each.student_id for each in named}
    found = [row for row in open_events_of(actor) if row.student_id in about]
    if talk.event and talk.event not in found:
        found.append(talk.event)
    return found


def wants_event(talk: Talk) -> bool:
    """Whether a talk says that it was about a 重大变故 and does not say which."""
    return talk.cause == Cause.EVENT and talk.event_id is None and talk.voided_at is None


def open_events_of(actor: Actor) -> list[LifeEvent]:
    """The open events for which he may record a talk: those of his students, and those that he leads."""
    return list(
        LifeEvent.objects.seen_by(actor, EVENT_FOLLOW)
        .filter(state__in=OPEN_STATES)
        .select_related("student__person", "lead__person")
    )


def to_lead(actor: Actor) -> QuerySet[LifeEvent]:
    """The open events that the actor leads and has not yet talked about with the student."""
    talked = Talk.objects.filter(event=OuterRef("pk"), author=actor.staff_id, voided_at__isnull=True)
    return events(actor).filter(~Exists(talked), still_here(), lead=actor.staff_id, state__in=OPEN_STATES)


def to_be_led(actor: Actor) -> QuerySet[LifeEvent]:
    """The open events for which somebody is wanted who leads them."""
    return events(actor).filter(wants_lead())


def wants_lead() -> Q:
    return LEADLESS & still_here() & Q(state__in=OPEN_STATES)


def lead_by(rows: Sequence[LifeEvent]) -> dict[UUID, dt.date]:
    """Event → until when somebody is named to lead: within one school day. One question."""
    if not rows:
        return {}
    calendar = calendar_of(rows[0].school_id, min(row.reported_on for row in rows))
    return {row.pk: school_days_after(row.reported_on, LEAD_WITHIN, calendar) for row in rows}


def others_open(actor: Actor, row: LifeEvent) -> list[LifeEvent]:
    """The other open events of the same student that the actor may know of."""
    return list(events(actor).filter(student=row.student_id, state__in=OPEN_STATES).exclude(pk=row.pk))


def candidates(actor: Actor, row: LifeEvent) -> list[tuple[Staff, str]]:
    """Who may lead: the student's mentors and class adviser first, then the rest of the staff at work. Nobody from whom
    the student is kept apart; who chooses for the office is not in it, so that his own name missing tells him nothing."""
    now = span_at(today())
    bonds = Mentorship.objects.of(student=row.student).filter(now)
    mentors = set(bonds.values_list("mentor_id", flat=True))
    classes = Enrolment.objects.filter(now, student=row.student).values("class_group_id")
    advisers = set(
        ClassPost.objects.as_system("who the class adviser is")
        .filter(now, class_group__in=classes, is_adviser=True)
        .values_list("staff_id", flat=True)
    )

    def part(member: Staff) -> str:
        return "导师" if member.pk in mentors else "班主任" if member.pk in advisers else ""

    barred = barred_of([row.student_id], today())[row.student_id]
    able = fit(staff_of(row.school_id), Part.LEAD, today()).exclude(pk__in=barred)
    if actor.role in OFFICE:
        able = able.exclude(person=actor.person_id)
    everybody = [(member, part(member)) for member in able]
    return sorted(everybody, key=lambda pair: (not pair[1], pair[0].staff_no))


def accompanied(actor: Actor) -> list[tuple[Any, str]]:
    """The students whom a reporter can choose from, with their class; empty for those who name one instead."""
    if actor.role not in _CHOOSING:
        return []
    here = students(actor, STUDENT_READ).exclude(state__in=GONE)  # also one in 休学
    return [(row, class_of(row)) for row in here]


def school_classes(actor: Actor) -> QuerySet[ClassGroup] | None:
    """The classes of a reporter who may name any student of his school; None for a student or a guardian."""
    if EVENT_REPORT.roles[actor.role] != Scope.SCHOOL:
        return None
    start = current_year_start()
    return ClassGroup.objects.filter(
        cohort__school=actor.own_school, cohort__entry_year__range=(start - 2, start)
    ).select_related("cohort")


def reportable(actor: Actor, name: str, class_id: UUID) -> list[Student]:
    """The students of exactly this name in a class of the actor's school. Reporting lists nobody."""
    day = today()
    standing = StudentSpan.objects.filter(span_at(day), state__in=ACTIVE)
    placed = Enrolment.objects.filter(span_at(day), class_group=class_id)
    return list(
        Student.objects.seen_by(actor, EVENT_REPORT)
        .filter(
            person__name=tidy(name),
            pk__in=standing.values("student_id"),
        )
        .filter(pk__in=placed.values("student_id"))
        .select_related("person")
    )


def lighter(staff_id: UUID, day: dt.date) -> bool:
    """Whether a teacher took the lead in a heavy event within the last 7 days: no optional prompt asks him anything, also
    where he has handed it on meanwhile."""
    since = {"lead_on__lte": day, "lead_on__gt": day - LIGHT_FOR}
    once = FormerLead.objects.as_system("the same").filter(staff=staff_id, **since)
    led = LifeEvent.objects.as_system("whether his days are to be lighter").opening("kind")
    taken = led.filter(Q(lead=staff_id, **since) | Q(pk__in=once.values("event"))).only("kind")
    return any(event.kind in HEAVY for event in taken)
