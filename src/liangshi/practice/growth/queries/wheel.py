"""五导平衡轮: what was talked about in two terms, beside what the student said he wants. No score, no export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.wheel import Spoke, Wheel
from liangshi.practice.growth.queries.goals import terms_up_to
from liangshi.practice.growth.queries.portraits import wanted_by
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import Student
from liangshi.registry.schools.choices import Strategy

TERMS = ("上学期", "本学期")
# term → strategy → how many talks touched it, as far as the actor may know
Talks = Callable[[Actor, Student, Sequence[UUID]], Mapping[UUID, Mapping[str, int]]]


def wheel(actor: Actor, student: Student, talks: Talks | None) -> Wheel:
    """The wheel of one student; without a source of talks only what he wants."""
    terms = list(reversed(terms_up_to(student.school_id, today())[: len(TERMS)]))
    counted = talks(actor, student, [term.pk for term in terms]) if talks else {}
    wanted = set(wanted_by(actor, student.pk))
    return Wheel(
        terms=TERMS[-len(terms) :] if talks and terms else (),
        spokes=tuple(
            Spoke(
                str(each.label),
                tuple(counted.get(term.pk, {}).get(each.value, 0) for term in terms) if talks else (),
                each.value in wanted,
            )
            for each in Strategy
        ),
    )
