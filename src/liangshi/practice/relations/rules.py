"""Which rows of this room are within each reach of the policy table."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.relations.choices import LETTER_DAYS, ChangeState, HandOverState
from liangshi.practice.relations.models import Concern
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import children, officers
from liangshi.registry.access.care import in_care
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.permissions import STUDENT
from liangshi.registry.access.policy import SCOPES, Scope, scope
from liangshi.registry.mentorships.apart import apart_from, named_by
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Apart, Interim, Mentorship
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
    """Not those about the actor himself, nor any of a student who has named him: whoever mentors does not learn of them
    from his office.

    A leader decides where no clerk may.
    """
    rows = Q(mentorship__student__school_id=actor.school_id) & ~_about(actor.person_id)
    if actor.role == Role.LEADER:
        for clerk in officers(actor.own_school, [Role.CLERK]):
            rows &= _about(clerk.person_id)
    return rows


def _about(person: UUID) -> Q:
    """Requests about a relation in which a person is the mentor, or has looked after the student; and all of students
    who have named him."""
    cared = Interim.objects.filter(caretaker__person=person)
    own = Q(mentorship__mentor__person=person) | Q(mentorship__in=cared.values("mentorship"))
    return own | apart_from(person, "mentorship__student")


def deciders(bond: Mentorship) -> list[RoleGrant]:
    """Who decides the requests about a relation: the clerks whom it is not about; where there is none, the leaders."""
    cared = Interim.objects.as_system("whom a request is about").filter(mentorship=bond)
    about = {bond.mentor.person_id, *cared.values_list("caretaker__person", flat=True)}
    return _free(bond.mentor.school_id, about | named_by(bond.student_id))


def _free(school: UUID, barred: set[UUID]) -> list[RoleGrant]:
    free = [grant for grant in officers(school) if grant.person_id not in barred]
    return [grant for grant in free if grant.role == Role.CLERK] or free


@scope("concern", Scope.SCHOOL)
def _concerns_of_school(actor: Actor) -> Q:
    """Neither those about the actor or another one of a student who has named him, nor his own.

    A leader has those that no clerk may close, and those that no clerk has closed in time.
    """
    rows = Q(student__school_id=actor.school_id) & ~_not_his(actor.person_id)
    if actor.role == Role.LEADER and (clerks := officers(actor.own_school, [Role.CLERK])):
        no_clerk = Q()
        for clerk in clerks:
            no_clerk &= _not_his(clerk.person_id)
        rows &= no_clerk | Q(due_on__lt=today())
    return rows


def _not_his(person: UUID) -> Q:
    """Concerns that a person does not deal with."""
    return Q(asked_by=person) | apart_from(person)


def dealing(concern: Concern) -> list[RoleGrant]:
    """Who deals with a concern: the clerks, where none may the leaders; never whom the student has named nor who has
    told it."""
    return _free(concern.student.school_id, not_dealing(concern))


def leading(concern: Concern) -> list[RoleGrant]:
    """The leaders who may deal with a concern."""
    barred = not_dealing(concern)
    held = officers(concern.student.school_id, [Role.LEADER])
    return [grant for grant in held if grant.person_id not in barred]


def not_dealing(concern: Concern) -> set[UUID]:
    """The persons who have no part in a concern, in whatever office."""
    return {concern.asked_by_id} | named_by(concern.student_id)


@scope("own_concern", Scope.SELF)
def _own_concerns(actor: Actor) -> Q:
    """What he told under this hat, as long as the student is his or his child."""
    own = Q(asked_by=actor.person_id, asker=actor.role.value)
    if actor.role == Role.GUARDIAN:
        links = children(actor.person_id, schools=actor.hat.schools)
        return own & Q(student__in=links.values("student_id"))
    return own & Q(student__school_id=actor.school_id)


@scope("own_change", Scope.SELF)
def _own_changes(actor: Actor) -> Q:
    """What he asked for under this hat, as long as the student is his or his child; what others asked about the same
    student is not in it."""
    own = Q(asked_by=actor.person_id, asker=actor.role.value)
    if actor.role == Role.MENTOR:
        return own & Q(mentorship__in=Mentorship.objects.filter(_bonds_of_mentor(actor)))
    if actor.role == Role.GUARDIAN:
        return own & Q(
            mentorship__student__in=children(actor.person_id, schools=actor.hat.schools).values("student_id")
        )
    return own


@scope("offer", Scope.SELF)
def _offers_to_mentor(actor: Actor) -> Q:
    own = Q(target_id=actor.staff_id, state=ChangeState.AGREED)
    return own & ~apart_from(actor.person_id, "mentorship__student")


@scope("absence", Scope.SCHOOL)
def _absences_of_school(actor: Actor) -> Q:
    return Q(staff__school_id=actor.school_id)


@scope("hand_over", Scope.SCHOOL)
def _hand_overs_of_school(actor: Actor) -> Q:
    """Not those of relations of his own: whether there is a letter is the student's to tell him."""
    return Q(successor__school_id=actor.school_id) & ~Q(ended__mentor__person=actor.person_id)


@scope("hand_over", Scope.SELF)
def _own_hand_overs(actor: Actor) -> Q:
    """Nobody reads a letter whose writer the student has named; the writer knows of it as one that nobody writes."""
    by_student = Apart.objects.filter(
        student=OuterRef("ended__student"), person=OuterRef("ended__mentor__person")
    )
    named = Q(Exists(by_student))
    if actor.role == Role.STUDENT:
        return Q(ended__student_id=actor.hat.student_id) & ~named
    his = Student.objects.filter(SCOPES[STUDENT.name, Scope.MENTEES](actor))
    received = Q(successor_id=actor.staff_id, ended__student__in=his)
    written = Q(ended__mentor_id=actor.staff_id, mentor_writes=True) & still_written()
    return (written | received) & ~named


def still_written() -> Q:
    """As a filter of letters: the former mentor writes his half, and reads no more than that. While the letter is open,
    its days are not over, he has not said that he is done, and whom he writes to has the student in his care."""
    before = today() - dt.timedelta(days=LETTER_DAYS)
    in_time = Q(state=HandOverState.OPEN, mentor_done_at=None, created_at__date__gt=before)
    return in_time & in_care("successor", "ended__student")


def may_wish(actor: Actor) -> bool:
    """Whom a student would rather have is for him and his family to say."""
    return actor.role in {Role.STUDENT, Role.GUARDIAN}


def addressed(actor: Actor) -> str:
    """How a page speaks to its reader."""
    return "你" if actor.role == Role.STUDENT else "您"
