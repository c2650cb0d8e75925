"""Another mentor, what concerns safety, letters, first meetings."""

from __future__ import annotations

from bench._year.deeds.kinds import deed, family, seen
from bench._year.world import World
from liangshi.practice.relations.actions import changes, concerns, handovers
from liangshi.practice.relations.actions.meetings import note_meeting
from liangshi.practice.relations.actions.requests import decline
from liangshi.practice.relations.actions.swaps import swap
from liangshi.practice.relations.choices import (
    STANDS,
    UNDECIDED,
    UNDER_WAY,
    ChangeState,
    HandOverState,
)
from liangshi.practice.relations.models import ChangeRequest, Concern, HandOver
from liangshi.practice.relations.policy import BOND_SWAP
from liangshi.practice.relations.queries import swaps as swaps_of
from liangshi.practice.relations.queries.changes import (
    bond_of,
    change_for,
    eligible,
    offer_for,
    offered,
    own_changes,
)
from liangshi.practice.relations.queries.concerns import beside, concern_for, own_concerns
from liangshi.practice.relations.queries.handovers import hand_over_for, part_of
from liangshi.practice.relations.queries.meetings import first_meetings
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import (
    ACTIVE_PRIMARY,
    Mentorship,
)


@deed("change.asked", 6)
def _asked(w: World) -> str:
    """By the student, a guardian, the mentor or the office; every fourth one of the family concerns safety."""
    student = w.student()
    held = Mentorship.objects.filter(ACTIVE_PRIMARY, student=student).select_related(
        "mentor__person__account"
    )
    who = w.dice.random()
    if who < 0.7:
        actor = family(w, student)
    elif who < 0.9:
        actor = w.wearing(w.pick(held).mentor.person, Role.MENTOR)
    else:
        actor = w.clerk()
    bond = seen(bond_of(actor, student.pk))
    own = actor.role in {Role.STUDENT, Role.GUARDIAN}
    wished = w.pick([each.staff for each in offered(bond)]) if own and w.chance(0.5) else None
    safety = own and w.chance(0.25)
    row = changes.ask(bond, wished=wished, reason="想换一位老师", safety=safety, actor=actor)
    return f"{student} from {bond.mentor} to {wished}, by {actor.role}{', safety' if safety else ''}: {row.state}"


def _request(w: World, *states: str) -> tuple[Actor, ChangeRequest]:
    office = w.officer()
    row = w.pick(ChangeRequest.objects.filter(state__in=states).order_by("pk"))
    return office, seen(change_for(office, row.pk))


@deed("change.received", 3)
def _received(w: World) -> str:
    office, row = _request(w, *sorted(UNDECIDED))
    if w.chance(0.6):
        changes.receive(row, actor=office)
        return f"{row.mentorship.student}"
    changes.meet(row, w.ahead(0, 5), actor=office)
    return f"{row.mentorship.student} meets"


@deed("change.agreed", 4)
def _agreed(w: World) -> str:
    office, row = _request(w, *sorted(UNDECIDED))
    target = (
        row.wished
        if row.wished and w.chance(0.5)
        else w.pick([each.staff for each in eligible(row.mentorship)])
    )
    changes.agree(row, target, actor=office)
    return f"{row.mentorship.student} from {row.mentorship.mentor}: {target} is asked"


@deed("change.refused", 1)
def _refused(w: World) -> str:
    office, row = _request(w, *sorted(UNDECIDED))
    changes.refuse(row, "先再谈一次", actor=office)
    return f"{row.mentorship.student}"


@deed("change.withdrawn", 1)
def _withdrawn(w: World) -> str:
    row = w.pick(
        ChangeRequest.objects.filter(state__in=UNDER_WAY).select_related("asked_by__account").order_by("pk")
    )
    actor = w.wearing(row.asked_by, Role(row.asker))
    changes.withdraw(seen(own_changes(actor).filter(pk=row.pk).first()), actor=actor)
    return f"{row.mentorship.student}"


@deed("offer.answered", 3)
def _offer(w: World) -> str:
    """Who does not answer has agreed after three days."""
    row = w.pick(
        ChangeRequest.objects.filter(state=ChangeState.AGREED)
        .select_related("target__person__account").order_by("pk")
    )  # fmt: skip
    actor = w.wearing(seen(row.target).person, Role.MENTOR)
    row = seen(offer_for(actor, row.pk))
    if w.chance(0.65):
        changes.accept(row, actor=actor)
        return f"{row.mentorship.student}: {row.target} accepts"
    decline(row, actor=actor)
    return f"{row.mentorship.student}: declined"


@deed("concern.raised", 1.5)
def _raised(w: World) -> str:
    student = w.student()
    actor = family(w, student)
    known = beside(student)
    named = w.pick(known) if known and w.chance(0.8) else None
    concerns.raise_concern(student, named, reason="不想再单独见面", actor=actor)
    return f"{student}: {named.staff if named else 'nobody'}"


def _concern(w: World) -> tuple[Actor, Concern]:
    office = w.officer()
    row = w.pick(Concern.objects.filter(state__in=STANDS).order_by("pk"))
    return office, seen(concern_for(office, row.pk))


@deed("concern.taken", 1.5)
def _taken(w: World) -> str:
    office, row = _concern(w)
    concerns.take(row, actor=office)
    return f"{row.student}"


@deed("concern.closed", 1.5)
def _closed(w: World) -> str:
    office, row = _concern(w)
    concerns.close(row, "已经当面了解，另作安排", actor=office)
    return f"{row.student}"


@deed("concern.taken-back", 0.4)
def _taken_back(w: World) -> str:
    row = w.pick(Concern.objects.filter(state__in=STANDS).select_related("asked_by__account").order_by("pk"))
    actor = w.wearing(row.asked_by, Role(row.asked_as))
    concerns.withdraw_concern(seen(own_concerns(actor).filter(pk=row.pk).first()), actor=actor)
    return f"{row.student}"


def _letter(w: World, who: str, *states: str) -> tuple[Actor, HandOver]:
    held = HandOver.objects.filter(state__in=states or [HandOverState.OPEN])
    row = w.pick(
        held.select_related(
            "successor__person__account", "ended__mentor__person__account", "ended__student__person__account"
        ).order_by("pk")
    )
    if who == "student":
        actor = w.wearing(row.ended.student.person, Role.STUDENT, student_id=row.ended.student_id)
    elif who == "office":
        actor = w.clerk()
    else:
        actor = w.wearing((row.successor if who == "new" else row.ended.mentor).person, Role.MENTOR)
    return actor, seen(hand_over_for(actor, row.pk))


@deed("letter.student-writes", 1.5)
def _student_writes(w: World) -> str:
    actor, row = _letter(w, "student")
    if w.chance(0.4) and part_of(actor, row).asks:
        handovers.ask_mentor(row, actor=actor)
        return f"{row.ended.student} asks {row.ended.mentor}"
    handovers.write_half(row, "很高兴认识您。", actor=actor)
    return f"{row.ended.student}"


@deed("letter.mentor-writes", 1.5)
def _mentor_writes(w: World) -> str:
    actor, row = _letter(w, w.pick(("old", "old", "office")))
    handovers.write_half(row, "他爱长跑。", done=w.chance(0.5), actor=actor)
    return f"{row.ended}"


@deed("letter.accepted", 1.5)
def _letter_accepted(w: World) -> str:
    actor, row = _letter(w, "new")
    handovers.accept_letter(row, actor=actor)
    return f"{row.ended}: {row.successor}"


@deed("letter.skipped", 0.3)
def _letter_skipped(w: World) -> str:
    actor, row = _letter(w, "office")
    handovers.skip_letter(row, actor=actor)
    return f"{row.ended}"


@deed("meeting.noted", 0.7, quiet=True)
def _meeting(w: World) -> str:
    student = w.student()
    actor = w.wearing(student.person, Role.STUDENT, student_id=student.pk)
    card = w.pick(first_meetings(actor))
    note_meeting(card.bond, "周三午休，图书馆门口", actor=actor)
    return f"{student}"


@deed("change.swapped", 1.5)
def _swapped(w: World) -> str:
    """Two students have each other's mentor from today."""
    clerk = w.clerk()
    first = seen(bond_of(clerk, w.student().pk, BOND_SWAP))
    mentor = w.pick(swaps_of.mentors(clerk, first))
    other, _ = w.pick(swaps_of.partners(clerk, first, mentor))
    swap(first, other, reason="双方家长商量过", actor=clerk)
    return f"{first} and {other}"
