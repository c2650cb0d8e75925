"""Talks and what follows from them, events, presses, notes, activities, goals."""

from __future__ import annotations

from bench._year.deeds.kinds import deed, family, mentor_of, seen
from bench._year.world import World
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import new_key
from liangshi.practice.growth.actions.goals import close_goal, set_goal
from liangshi.practice.growth.models import Goal
from liangshi.practice.talks.actions import events, notes, talks, unmet
from liangshi.practice.talks.actions.activities import arrange_activity, take_attendance
from liangshi.practice.talks.choices import OPEN_STATES, Family, Happening, Mode
from liangshi.practice.talks.models import Activity, FollowUp, LifeEvent, Unmet
from liangshi.practice.talks.queries.activities import activity_for
from liangshi.practice.talks.queries.events import candidates, event_for, event_page
from liangshi.practice.talks.queries.talks import follow_up_for, writable
from liangshi.practice.talks.queries.unmet import unmet_for
from liangshi.registry.access.choices import Role
from liangshi.registry.schools.choices import Strategy


@deed("talk.saved", 14, quiet=True)
def _talk(w: World) -> str:
    """With what follows from it: a word to the family, counsel, the next one."""
    actor = w.wearing(w.pick(w.staff()).person, Role.MENTOR)
    about = w.pick([row for row, _ in writable(actor)])
    also = {"family": w.pick(("", Family.NO, Family.NEEDED, Family.UNFIT))}
    if w.chance(0.35):
        also["next_on"] = w.ahead(1, 25)
    led = LifeEvent.objects.filter(student=about.pk, lead=actor.staff_id, state__in=OPEN_STATES).first()
    if led:
        also["event_id"] = led.pk
    facts = talks.TalkFacts(
        day=w.ago(0, 0, 1, 4),
        mode=w.pick(Mode.values),
        strategies=[w.pick(Strategy.values)],
        gist="聊了近况",
        **also,
    )
    talks.save_talk(students=[about.pk], facts=facts, key=new_key(), actor=actor)
    return f"{actor.name} with {about} {also}"


@deed("follow-up.done", 3, quiet=True)
def _follow_up(w: World) -> str:
    row = w.pick(
        FollowUp.objects.filter(done_at__isnull=True).select_related("owner__account").order_by("pk")
    )
    actor = w.wearing(row.owner, Role.MENTOR)
    talks.finish_follow_up(seen(follow_up_for(actor, row.pk)), actor=actor)
    return f"{row.kind} of {actor.name}"


@deed("event.reported", 2)
def _event(w: World) -> str:
    student = w.student()
    who = w.dice.random()
    actor = mentor_of(w, student) if who < 0.5 else w.officer() if who < 0.7 else family(w, student)
    kind = w.pick(Happening.values)
    events.report(student_id=student.pk, kind=kind, text="有事", key=new_key(), actor=actor)
    return f"{student} {kind}"


@deed("event.led", 3)
def _lead(w: World) -> str:
    office = w.officer()
    row = w.pick(LifeEvent.objects.filter(state__in=OPEN_STATES).order_by("pk"))
    row = seen(event_for(office, row.pk))
    lead = w.pick([staff for staff, _ in candidates(office, row)])
    events.set_lead(row, lead, actor=office)
    return f"{row.student}: {lead}"


@deed("event.moved", 3)
def _event_moved(w: World) -> str:
    row = w.pick(
        LifeEvent.objects.filter(state__in=OPEN_STATES).select_related("lead__person__account").order_by("pk")
    )
    hat = w.pick((Role.MENTOR, Role.MENTOR, Role.STAFF))
    actor = w.wearing(row.lead.person, hat) if row.lead else mentor_of(w, row.student)
    row = seen(event_for(actor, row.pk))
    move = w.pick([name for name, _ in event_page(actor, row).moves])
    events.advance(row, move, actor=actor)
    return f"{row.student} {move}"


@deed("unmet.pressed", 1.2)
def _press(w: World) -> str:
    student = w.student()
    actor = w.wearing(student.person, Role.STUDENT, student_id=student.pk)
    unmet.press(may_tell=w.chance(0.3), actor=actor)
    return f"{student}"


@deed("unmet.contacted", 1.2)
def _contacted(w: World) -> str:
    office = w.officer()
    row = w.pick(Unmet.objects.filter(contacted_at__isnull=True).order_by("pk"))
    unmet.contacted(seen(unmet_for(office, row.pk)), actor=office)
    return f"{row.student}"


@deed("note.written", 1, quiet=True)
def _note(w: World) -> str:
    student = w.student()
    notes.write_note(student.pk, "下次带地图册", actor=mentor_of(w, student))
    return f"{student}"


@deed("activity.arranged", 0.8, quiet=True)
def _activity(w: World) -> str:
    actor = mentor_of(w, w.student())
    his = [row.pk for row, _ in writable(actor)]
    day = w.ahead(-2, 5)
    arrange_activity(name="江边长跑", day=day, students=his[:4], key=new_key(), actor=actor)
    return f"{actor.name} {day}"


@deed("activity.held", 0.8, quiet=True)
def _held(w: World) -> str:
    row = w.pick(
        Activity.objects.filter(voided_at__isnull=True, day__lte=today())
        .select_related("owner__person__account")
        .order_by("pk")
    )
    actor = w.wearing(row.owner.person, Role.MENTOR)
    take_attendance(seen(activity_for(actor, row.pk)), [], actor=actor)
    return f"{actor.name}"


@deed("goal.set", 2, quiet=True)
def _goal(w: World) -> str:
    student = w.student()
    actor = w.wearing(student.person, Role.STUDENT, student_id=student.pk)
    set_goal(
        student, strategy=w.pick(Strategy.values), text="每周跑三次", owner="student", review_on=w.ahead(5, 40),
        key=new_key(), actor=actor,
    )  # fmt: skip
    return f"{student}"


@deed("goal.closed", 1, quiet=True)
def _goal_closed(w: World) -> str:
    goal = w.pick(
        Goal.objects.filter(seat__isnull=False).select_related("student__person__account").order_by("pk")
    )
    actor = w.wearing(goal.student.person, Role.STUDENT, student_id=goal.student_id)
    close_goal(goal, outcome=w.pick(("met", "adjusted", "let_go")), closing="做到了一半", actor=actor)
    return f"{goal.student}"
