"""Who turns out to be his own mentee's guardian: no deed gives a student his family, but a roster may bring the kinship
afterwards. Then the relation goes on until the office has found somebody else."""

from __future__ import annotations

from django.db.models import F, Q

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.permissions import MENTOR_ASSIGN
from liangshi.registry.people.models import GuardianLink, Student

_MENTORS = Q(person__posts__mentorships__student=F("student"), person__posts__mentorships__ends_on=None)
_STANDS_IN = Q(
    person__posts__interims__mentorship__student=F("student"), person__posts__interims__ends_on=None
)


def family_with(actor: Actor) -> list[GuardianLink]:
    """The guardians in the actor's office's reach who accompany their own child as mentor, co-mentor or caretaker; not
    the actor himself. One question."""
    links = GuardianLink.objects.as_system("who accompanies his own child")
    mine = Student.objects.seen_by(actor, MENTOR_ASSIGN)
    found = links.filter(span_at(today()), _MENTORS | _STANDS_IN, student__in=mine.values("pk"))
    return list(found.exclude(person=actor.person_id).select_related("student__person", "person").distinct())
