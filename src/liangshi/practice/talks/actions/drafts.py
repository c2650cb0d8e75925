"""What was typed of a talk before it is saved, by its author's post."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from liangshi.practice.talks.choices import TALK_FORM
from liangshi.practice.talks.models import LifeEvent, Talk
from liangshi.practice.talks.policy import EVENT_FOLLOW, TALK_WRITE
from liangshi.practice.talks.rules import mentees
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.drafts import Drafts, Typed
from liangshi.registry.people.models import Student


def _about(actor: Actor) -> Callable[[Typed], set[UUID]]:
    """The students about whom a draft still is: his own, and whom he leads in the event that it names. What he began as
    the mentor of a student does not come back to him as the lead in an event."""
    his = Student.objects.as_system("the rule `mentees`").filter(mentees(actor))
    mine = set(his.values_list("pk", flat=True))
    led = LifeEvent.objects.seen_by(actor, EVENT_FOLLOW).filter(lead=actor.staff_id)
    events = {str(key): student for key, student in led.values_list("pk", "student_id")}
    return lambda typed: mine | {events[key] for key in typed.get("event", ()) if key in events}


DRAFTS = Drafts(
    TALK_FORM,
    Talk,
    TALK_WRITE,
    what=lambda talk: f"这次谈话（{talk.day:%-m 月 %-d 日}）",
    mend="请先把写的抄下来：要补几句，到「谈话」里打开那一条更正；要记的是另一次，重新打开「记一次谈话」。",
    still=_about,
)
