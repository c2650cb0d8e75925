"""Which rows of this room are within each reach of the policy table."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.relations.choices import LETTER_DAYS, ChangeState, HandOverState
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import children, officers
from liangshi.registry.access.care import in_care
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.permissions import STUDENT
from liangshi.registry.access.policy import SCOPES, Scope, scope
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.people.models import OPEN, Student

PRESENT = OPEN & Q(kind=Kind.PRIMARY)


@scope("bond", Scope.SELF)
def _own_bond(actor: Actor) -> Q:
    return PRESENT & Q(student_id=actor.hat.student_id)


@scope("bond", Scope.CHILDREN)
def _bonds_of_children(actor: Actor) -> Q:
    links = children(actor.person_id, schools=actor.hat.schools)
    return PRESENT & Q(student__in=links.values("student_id"))


@scope("bond", Scope.MENTEES)
def _bonds_of_mentor(actor: Actor) -> Q:
    """That have begun: what a round publishes for a later day is not his yet."""
    return PRESENT & span_at(today()) & Q(mentor_id=actor.staff_id)


@scope("bond", Scope.SCHOOL)
def _bonds_of_school(actor: Actor) -> Q:
    return PRESENT & Q(student__school_id=actor.school_id)


@scope("change", Scope.SCHOOL)
def _changes_of_school(actor: Actor) -> Q:
    """Not those about the actor himself: whoever mentors does not learn of them from his office.

    A leader decides where no clerk may.
    """
    rows = Q(mentorship__student__school_id=actor.school_id) & ~_about(actor.person_id)
    if actor.role == Role.LEADER:
        for clerk in officers(actor.own_school, [Role.CLERK]):
            rows &= _about(clerk.person_id)
    return rows


def _about(person: UUID) -> Q:
    """Requests about a relation in which a person is the mentor, or has looked after the student."""
    cared = Interim.objects.filter(caretaker__person=person)
    return Q(mentorship__mentor__person=person) | Q(mentorship__in=cared.values("mentorship"))


def deciders(bond: Mentorship) -> list[RoleGrant]:
    """Who decides the requests about a relation: the clerks whom it is not about; where there is none, the leaders."""
    cared = Interim.objects.as_system("whom a request is about").filter(mentorship=bond)
    about = {bond.mentor.person_id, *cared.values_list("caretaker__person", flat=True)}
    held = officers(bond.mentor.school_id)
    free = [grant for grant in held if grant.person_id not in about]
    return [grant for grant in free if grant.role == Role.CLERK] or free


@scope("own_change", Scope.SELF)
def _own_changes(actor: Actor) -> Q:
    """What he asked for under this hat, as long as the student is his or his child; what others asked about the same
    student is not in it."""
    own = Q(asked_by=actor.person_id, asker=actor.role.value)
    if actor.role == Role.MENTOR:
        return own & Q(mentorship__in=Mentorship.objects.filter(_bonds_of_mentor(actor)))
    if actor.role == Role.GUARDIAN:
        return own & Q(mentorship__student__in=children(actor.person_id).values("student_id"))
    return own


@scope("offer", Scope.SELF)
def _offers_to_mentor(actor: Actor) -> Q:
    return Q(target_id=actor.staff_id, state=ChangeState.AGREED)


@scope("absence", Scope.SCHOOL)
def _absences_of_school(actor: Actor) -> Q:
    return Q(staff__school_id=actor.school_id)


@scope("hand_over", Scope.SCHOOL)
def _hand_overs_of_school(actor: Actor) -> Q:
    return Q(successor__school_id=actor.school_id)


@scope("hand_over", Scope.SELF)
def _own_hand_overs(actor: Actor) -> Q:
    if actor.role == Role.STUDENT:
        return Q(ended__student_id=actor.hat.student_id)
    his = Student.objects.filter(SCOPES[STUDENT.name, Scope.MENTEES](actor))
    received = Q(successor_id=actor.staff_id, ended__student__in=his)
    return (Q(ended__mentor_id=actor.staff_id) & still_written()) | received


def still_written() -> Q:
    """As a filter of letters: the former mentor writes his half, and reads no more than that. While the letter is open,
    its days are not over, he has not said that he is done, and whom he writes to has the student in his care."""
    before = today() - dt.timedelta(days=LETTER_DAYS)
    in_time = Q(state=HandOverState.OPEN, mentor_done_at=None, created_at__date__gt=before)
    return in_time & in_care("successor", "ended__student")


def may_wish(actor: Actor) -> bool:
    """Whom a student would rather have is for him and his family to say."""
    return actor.role in {Role.STUDENT, Role.GUARDIAN}
