"""Records about students: they reach as far as their students do, within their level, as long as they stand.

    about_students(VISIT, Scope.SCHOOL, Scope.MENTEES, Scope.CLASSES, Scope.CHILDREN)         in a room's `rules.py`
    about_students(TALK, Scope.CLASSES, rows=_talks_about)                                    where a table lies between

What a model is made of (`foundation.records`) says the rest. Of a `Levelled` record mentors and class advisers reach
what is not its author's alone, families what is for them, and the author his own; the office, a grade head and the
student reach every one, which is to know that there is one: what it says, `reads_text` decides. A `Voidable` record that
was withdrawn is reached by its author alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.db.models import Model, Q

from liangshi.foundation.records.levels import FOR_FAMILY, FOR_SCHOOL, Level
from liangshi.foundation.records.models import STANDING, Levelled, Voidable
from liangshi.registry.access import rules  # noqa: F401  (the reaches of students)
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STUDENT
from liangshi.registry.access.policy import SCOPES, Resource, Scope, scope
from liangshi.registry.mentorships.apart import kept_from
from liangshi.registry.people.models import Student

Rows = Callable[[Q], Q]  # a filter of students → the filter of the rows about them
LEVELS = {Scope.MENTEES: FOR_SCHOOL, Scope.CLASSES: FOR_SCHOOL, Scope.CHILDREN: FOR_FAMILY}
OWN = frozenset({Scope.MENTEES})  # where the reader may have written a row himself


def rows_of(students: Q) -> Q:
    """Rows with a `student`."""
    return Q(student__in=Student.objects.filter(students))


def about_students(resource: Resource[Any], *reaches: Scope, rows: Rows = rows_of) -> None:
    """Declare these scopes of a resource whose rows are about students. ValueError where students have none such."""
    for reach in reaches:
        if (STUDENT.name, reach) not in SCOPES:
            raise ValueError(f"{resource.name}: no student is within {reach}")
        scope(resource, reach)(partial(reached, model=resource.model, reach=reach, rows=rows))


def reached(actor: Actor, *, model: type[Model], reach: Scope, rows: Rows) -> Q:
    """The rows of `model` within `reach` of the actor."""
    theirs = rows(read_about(actor, reach))
    shown = theirs & _standing(model) & _level(model, reach)
    if reach not in OWN or not hasattr(model, "author"):
        return shown
    return shown | (theirs & Q(author=actor.staff_id) & written_open(actor, model))


def read_about(actor: Actor, reach: Scope) -> Q:
    """As a filter of students: those within a reach about whom he reads what is written. A 班主任 knows that his own
    child is in his class, and one who has named him in what concerns safety; what is written of them is not for him."""
    students = SCOPES[STUDENT.name, reach](actor)
    return students & ~kept_from(actor.person_id) if reach == Scope.CLASSES else students


def written_open(actor: Actor, model: type[Model]) -> Q:
    """What of his own an author may open: all but level 2 while his account waits for him (`Actor.locked`)."""
    return FOR_SCHOOL if actor.locked and issubclass(model, Levelled) else Q()


def _standing(model: type[Model]) -> Q:
    return STANDING if issubclass(model, Voidable) else Q()


def _level(model: type[Model], reach: Scope) -> Q:
    return LEVELS.get(reach, Q()) if issubclass(model, Levelled) else Q()


def level_field(*offered: Level, initial: Level = Level.SCHOOL) -> forms.TypedChoiceField:
    """Who reads what is written: one of `offered`, by default anybody whom a record may be for."""
    words = [(each.value, each.label) for each in offered or Level]
    return forms.TypedChoiceField(
        label="谁能看内容", choices=words, coerce=int, initial=initial, widget=forms.RadioSelect
    )


def reads_text(actor: Actor, row: Any) -> bool:
    """Whether the actor may read what a `Levelled` record says that he reaches: its author, and as its level says.
    Whether the student does, the room says."""
    if actor.hat.staff_id == row.author_id:  # an author is never missing
        return bool(row.level < Level.AUTHOR or not actor.locked)
    if actor.role in {Role.MENTOR, Role.ADVISER}:
        return bool(row.level < Level.AUTHOR)
    return actor.role == Role.GUARDIAN and row.level == Level.SHARED
