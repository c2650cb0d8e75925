"""What a person reads of what he was told, over all the hats that he wears today."""

from __future__ import annotations

import re

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.wall import everywhere
from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.inboxes import own_notices
from liangshi.registry.people.models import Person, Staff, Student

CLASS = re.compile(
    r"高[一二三]\(\d+\)班"
)  # 高一 is somebody's name as well, and a colleague's may begin like a student's


def heard(person: Person) -> list[tuple[Role, str]]:
    """(hat, title), the newest first. What is not about the account itself stands under one hat alone, and what names a
    student is about him."""
    found = {}
    names = dict(Student.objects.as_system("a test").values_list("pk", "person__name"))
    staff = Staff.objects.as_system("a test").values_list("person__name", flat=True)
    known = re.compile("|".join((CLASS.pattern, *map(re.escape, staff))))
    with everywhere("a test"):
        for hat in hats_of(person, today()):
            for row in own_notices(Actor(None, person.pk, person.name, hat)).filter(person=person.pk):
                assert row.role == EVERY_HAT or row.pk not in found, f"{row} under two hats"
                own = names.get(row.student, "")
                said = known.sub("", row.title.replace(own, "") if own else row.title)
                assert not [name for name in names.values() if name in said], f"{row} is about {row.student}"
                found[row.pk] = (row.created_at, hat.role, row.title)
    return [(role, title) for _, role, title in sorted(found.values(), reverse=True)]


def told(person: Person) -> list[str]:
    return [title for _, title in heard(person)]
