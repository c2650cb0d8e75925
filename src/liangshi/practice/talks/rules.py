"""Which talks, notes, activities and life events are within each reach of the policy table.

A right of a mentor lives and dies with the relation: what he reads is about students who are his today. Level 2 is
the author's alone; neither a co-mentor nor the class adviser, the student or a guardian learns what it says.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.base.models import span_at
from liangshi.foundation.records.levels import Level
from liangshi.practice.talks.choices import OPEN_STATES, FollowUpKind
from liangshi.practice.talks.models import LifeEvent, Talk, TalkStudent
from liangshi.practice.talks.policy import TALK, TALK_READ
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import NOTHING, SCOPES, Scope, scope
from liangshi.registry.access.reach import about_students, reached, reads_text, rows_of
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.mentorships.queries import apart_from
from liangshi.registry.people.models import Student


def mentees(actor: Actor) -> Q:
    """As a filter of students: whom a mentor accompanies today, as mentor, co-mentor or caretaker."""
    return SCOPES["student", Scope.MENTEES](actor)


def led(actor: Actor) -> Q:
    """As a filter of students: those whose open life event the actor leads."""
    rows = LifeEvent.objects.filter(lead=actor.staff_id, state__in=OPEN_STATES)
    return Q(pk__in=rows.values("student_id"))


def in_care(actor: Actor) -> Q:
    """As a filter of students: mentees, and those whose open life event the actor leads."""
    return mentees(actor) | led(actor)


def in_his_care(actor: Actor) -> GuardedQuerySet[Student]:
    """The students about whom he may write: those of `in_care`."""
    return Student.objects.as_system("the rule `in_care`").filter(in_care(actor))


def charges(actor: Actor) -> Q:
    """As a filter of students: those who are his to prompt for. Every student with a mentor is one person's: the
    caretaker's while there is one, else the mentor's."""
    now = span_at(today())
    cared = Interim.objects.filter(now)
    held = Mentorship.objects.filter(now, kind=Kind.PRIMARY)
    mine = held.filter(mentor=actor.staff_id).exclude(pk__in=cared.values("mentorship_id"))
    taken = held.filter(pk__in=cared.filter(caretaker=actor.staff_id).values("mentorship_id"))
    return Q(pk__in=mine.values("student_id")) | Q(pk__in=taken.values("student_id"))


def _talks_about(students: Q) -> Q:
    rows: QuerySet[TalkStudent] = TalkStudent.objects.filter(student__in=Student.objects.filter(students))
    return Q(pk__in=rows.values("talk_id"))


@scope("talk", Scope.MENTEES)
def _talks_of_mentees(actor: Actor) -> Q:
    """Beside those of his students today, what he has written about whom he leads."""
    led_by_him = Q(author=actor.staff_id) & _talks_about(led(actor))
    return reached(actor, model=Talk, reach=Scope.MENTEES, rows=_talks_about) | led_by_him


@scope("talk", Scope.LED)
@scope("own_talk", Scope.LED)
def _written_as_lead(actor: Actor) -> Q:
    """Somebody who mentors nobody, while he leads in what happened to a student."""
    return Q(author=actor.staff_id) & _talks_about(in_care(actor))


about_students(TALK, Scope.CLASSES, Scope.SELF, Scope.CHILDREN, rows=_talks_about)


@scope("own_talk", Scope.MENTEES)
def _written_talks(actor: Actor) -> Q:
    return Q(author=actor.staff_id) & _talks_about(in_care(actor))


def known(actor: Actor) -> Q:
    """As a filter of students: those of a talk whom the actor may see named."""
    reach = TALK_READ.roles.get(actor.role)
    if reach is None:
        return NOTHING
    return in_care(actor) if reach in {Scope.MENTEES, Scope.LED} else SCOPES["student", reach](actor)


def may_read_text(actor: Actor, talk: Talk) -> bool:
    """Of a talk that the actor may open: its text. A student reads what the mentor shows him, never level 2."""
    return reads_text(actor, talk) or (
        actor.role == Role.STUDENT and talk.shared and talk.level < Level.AUTHOR
    )


def may_read_remarks(actor: Actor) -> bool:
    """Of a talk that the actor may open: what is noted about one student of a group."""
    return actor.role in {Role.MENTOR, Role.STAFF}


@scope("note", Scope.SELF)
def _own_notes(actor: Actor) -> Q:
    return Q(author=actor.staff_id)


@scope("activity", Scope.SELF)
def _own_activities(actor: Actor) -> Q:
    return Q(owner=actor.staff_id)


@scope("followup", Scope.SELF)
def _own_follow_ups(actor: Actor) -> Q:
    """His own. Word to a family passes on with the student: to whom he is in charge of once the author has none of
    the talk's students in his care."""
    own = Q(owner=actor.person_id)
    if actor.role not in {Role.MENTOR, Role.STAFF}:
        return own
    family = Q(kind=FollowUpKind.FAMILY)
    author, bond, day = OuterRef("talk__author"), "student__mentorships__", today()
    held = span_at(day, bond) & Q(**{f"{bond}mentor": author})
    cared = span_at(day, f"{bond}interims__") & Q(**{f"{bond}interims__caretaker": author})
    kept = Q(Exists(TalkStudent.objects.filter(held | cared, talk=OuterRef("talk"))))
    mine = Q(talk__in=Talk.objects.filter(_talks_about(in_care(actor))))
    taken = Q(talk__in=Talk.objects.filter(_talks_about(charges(actor))))
    return (own & (~family | mine)) | (family & taken & ~kept)


@scope("event", Scope.SCHOOL)
def _events_of_school(actor: Actor) -> Q:
    return Q(school_id=actor.school_id)


@scope("event", Scope.CLASSES)
def _events_of_classes(actor: Actor) -> Q:
    return rows_of(SCOPES["student", Scope.CLASSES](actor)) | Q(lead=actor.staff_id)


@scope("event", Scope.MENTEES)
def _events_of_mentees(actor: Actor) -> Q:
    return rows_of(mentees(actor)) | Q(lead=actor.staff_id)


@scope("event", Scope.SELF)
def _led_events(actor: Actor) -> Q:
    return Q(lead=actor.staff_id)


@scope("unmet", Scope.SCHOOL)
def _unmet_of_school(actor: Actor) -> Q:
    """Whoever mentors does not learn of it from his office either, unless the student allows it; whom the student has
    named in what concerns safety, never."""
    now = span_at(today())
    own = Mentorship.objects.filter(mentor__person=actor.person_id)
    cared = Interim.objects.filter(now, caretaker__person=actor.person_id)
    accompanied = (
        Q(mentorship__in=own)
        | Q(student__in=own.filter(now).values("student_id"))
        | Q(student__in=cared.values("mentorship__student_id"))
    )
    told = Q(may_tell=True) | ~accompanied
    return Q(student__school_id=actor.school_id) & told & ~apart_from(actor.person_id)
