"""What somebody would give himself by the roster that he brings, and who is the other one whom it takes."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, QuerySet

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.records.decisions import Decision
from liangshi.practice.rosters.models import OwnPost
from liangshi.practice.rosters.policy import OWN_POST_DECIDE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import officers
from liangshi.registry.access.choices import Role
from liangshi.registry.people.choices import LEFT, MENTORING_POSTS, StaffState
from liangshi.registry.schools.grades import GRADES, current_year_start
from liangshi.registry.schools.models import ClassGroup, School


def bringer(actor: Doer) -> UUID | None:
    """Who brings a roster; nobody, where it is the operator at the server's keyboard."""
    return actor.person_id if isinstance(actor, Actor) else None


def own_posts(actor: Actor) -> QuerySet[OwnPost]:
    """Those of his school; what waits first, then the newest."""
    rows = OwnPost.objects.seen_by(actor, OWN_POST_DECIDE)
    near = rows.select_related("asked_by", "decided_by", "class_group__cohort", "replaces__staff__person")
    return near.order_by(F("decided_on").desc(nulls_first=True), "-created_at")


def asked_by(person: UUID, school: School) -> QuerySet[OwnPost]:
    """What he has asked for and nobody has decided yet."""
    held = OwnPost.objects.as_system("what somebody has asked for is not asked twice")
    waiting = held.filter(school=school, asked_by=person, state=Decision.ASKED)
    return waiting.select_related("class_group__cohort")


def who_agrees(actor: Actor) -> str:
    """Who may say the second word, in a sentence."""
    held = [grant for grant in officers(actor.own_school) if grant.person_id != actor.person_id]
    names = dict.fromkeys(f"{grant.person.name}（{Role(grant.role).label}）" for grant in held)
    if not names:
        return "学校现在没有别的校领导或学校办公室的同事，请联系教育局先授予一位。"
    return f"可以同意的是{'、'.join(names)}。"


def hat_of(post: str, state: str) -> int:
    """How much of a hat a post and a state give: none, that of a colleague, that of a mentor (`access.hats`)."""
    if state in LEFT:
        return 0
    return 2 if post in MENTORING_POSTS and state == StaffState.ON_DUTY else 1


def is_over(group: ClassGroup) -> bool:
    """Whether a class has come to its end: it is in no grade any more."""
    return group.cohort.entry_year + len(GRADES) <= current_year_start()
