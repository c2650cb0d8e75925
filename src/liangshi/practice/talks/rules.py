"""Which talks, notes, activities and life events are within each reach of the policy table.

A right of a mentor lives and dies with the relation: what he reads is about students who are in his care today
(`registry.access.care`). Who leads in what happened to a student reads what he wrote about that event, while it is open
and his; what he wrote before, as the student's mentor, stays the student's file. Level 2 is the author's alone; neither
a co-mentor nor the class adviser, the student or a guardian learns what it says.
"""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.base.models import span_at
from liangshi.foundation.records.levels import Level
from liangshi.practice.talks.choices import OPEN_STATES, FollowUpKind
from liangshi.practice.talks.models import ActivityStudent, LifeEvent, Talk, TalkStudent
from liangshi.practice.talks.policy import NOTE, TALK, TALK_READ
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.care import at_hand, charged
from liangshi.registry.access.care import in_care as cared_for
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import NOTHING, SCOPES, Scope, scope
from liangshi.registry.access.reach import (
    about_students,
    reached,
    read_about,
    reads_text,
    rows_of,
    written_open,
)
from liangshi.registry.mentorships.apart import apart_from
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.people.models import Student


def mentees(actor: Actor) -> Q:
    """As a filter of students: whom a mentor accompanies today, as mentor, co-mentor or caretaker."""
    return SCOPES["student", Scope.MENTEES](actor)


def led(actor: Actor) -> Q:
    """As a filter of students: those whose open life event the actor leads."""
    rows = LifeEvent.objects.filter(_leads(actor))
    return Q(pk__in=rows.values("student_id"))


def in_care(actor: Actor) -> Q:
    """As a filter of students: mentees, and those whose open life event the actor leads."""
    return mentees(actor) | led(actor)


def in_his_care(actor: Actor) -> GuardedQuerySet[Student]:
    """The students about whom he may write: those of `in_care`."""
    return Student.objects.as_system("the rule `in_care`").filter(in_care(actor))


def charges(actor: Actor) -> Q:
    """As a filter of students: those who are his to prompt for."""
    return charged(actor.staff_id)


def _leads(actor: Actor, event: str = "") -> Q:
    """As a filter of events (or of what hangs on one): open, and led by him."""
    return Q((f"{event}lead", actor.staff_id), (f"{event}state__in", OPEN_STATES))


def _talks_about(students: Q) -> Q:
    rows: QuerySet[TalkStudent] = TalkStudent.objects.filter(student__in=Student.objects.filter(students))
    return Q(pk__in=rows.values("talk_id"))


@scope("talk", Scope.LED)
@scope("own_talk", Scope.LED)
def _written_as_lead(actor: Actor) -> Q:
    """What he has written about an event, while it is open and he leads it."""
    return Q(author=actor.staff_id) & _leads(actor, "event__") & written_open(actor, Talk)


@scope("talk", Scope.MENTEES)
def _talks_of_mentees(actor: Actor) -> Q:
    """Those of his students today, and what he writes as a lead."""
    return reached(actor, model=Talk, reach=Scope.MENTEES, rows=_talks_about) | _written_as_lead(actor)


about_students(TALK, Scope.CLASSES, Scope.SELF, Scope.CHILDREN, rows=_talks_about)


@scope("own_talk", Scope.MENTEES)
def _written_talks(actor: Actor) -> Q:
    mine = Q(author=actor.staff_id) & _talks_about(mentees(actor)) & written_open(actor, Talk)
    return mine | _written_as_lead(actor)


def known(actor: Actor) -> Q:
    """As a filter of the students in talks: whom the actor may see named, and a remark about."""
    reach = TALK_READ.roles.get(actor.role)
    if reach is None:
        return NOTHING
    if reach not in {Scope.MENTEES, Scope.LED}:
        return rows_of(read_about(actor, reach))
    his_event = Q(talk__author=actor.staff_id, talk__event__student=F("student")) & _leads(
        actor, "talk__event__"
    )
    return rows_of(mentees(actor)) | his_event


def may_read_text(actor: Actor, talk: Talk) -> bool:
    """Of a talk that the actor may open: its text. A student reads what the mentor shows him, never level 2."""
    return reads_text(actor, talk) or (
        actor.role == Role.STUDENT and talk.shared and talk.level < Level.AUTHOR
    )


def may_read_remarks(actor: Actor) -> bool:
    """Of a talk that the actor may open: what is noted about one student of a group."""
    return actor.role in {Role.MENTOR, Role.STAFF}


@scope(NOTE, Scope.MENTEES)
def _own_notes(actor: Actor) -> Q:
    """The author's alone, as long as the student is in his care."""
    return Q(author=actor.staff_id) & rows_of(mentees(actor))


@scope("activity", Scope.SELF)
def _own_activities(actor: Actor) -> Q:
    """His own, as long as one who was invited is in his care, or nobody was."""
    invited = ActivityStudent.objects.filter(activity=OuterRef("pk"))
    his = invited.filter(rows_of(mentees(actor)))
    return Q(owner=actor.staff_id) & (Q(Exists(his)) | ~Q(Exists(invited)))


def invites() -> Q:
    """As a filter of who is invited: an invitation ends with the care of whoever made it."""
    return cared_for("activity__owner")


@scope("followup", Scope.SELF)
def _own_follow_ups(actor: Actor) -> Q:
    """Where somebody else asks for counsel, whom he asks. What comes of one's own talk is one's own as long as the talk
    is. Word to a family passes on with the student: to whom he is in charge of once the author has none of the talk's
    students at hand, also for a while (`left_to_others`)."""
    family = Q(kind=FollowUpKind.FAMILY)
    asked = Q(owner=actor.person_id) & ~family & ~Q(talk__author__person=actor.person_id)
    if actor.role not in {Role.MENTOR, Role.STAFF}:
        return asked
    mine = Q(owner=actor.person_id, talk__in=Talk.objects.filter(SCOPES["own_talk", Scope.MENTEES](actor)))
    passed, taken = left_to_others("talk"), Q(talk__in=Talk.objects.filter(charged_with(actor)))
    return asked | (mine & ~(family & passed)) | (family & passed & taken)


def left_to_others(talk: str = "pk") -> Q:
    """As a filter of talks (or of rows with a `talk`): the author has none of its students at hand today."""
    return ~Q(Exists(TalkStudent.objects.filter(at_hand("talk__author"), talk=OuterRef(talk))))


def charged_with(actor: Actor) -> Q:
    """As a filter of talks: about students who are the actor's to prompt for."""
    return _talks_about(charges(actor))


@scope("event", Scope.SCHOOL)
def _events_of_school(actor: Actor) -> Q:
    return Q(school_id=actor.school_id)


@scope("event", Scope.CLASSES)
def _events_of_classes(actor: Actor) -> Q:
    return rows_of(read_about(actor, Scope.CLASSES)) | _leads(actor)


@scope("event", Scope.MENTEES)
def _events_of_mentees(actor: Actor) -> Q:
    return rows_of(mentees(actor)) | _leads(actor)


@scope("event", Scope.SELF)
def _led_events(actor: Actor) -> Q:
    return _leads(actor)


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
