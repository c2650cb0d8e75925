"""Send and read in-app notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.foundation.notices.models import Notice

LONGEST = 120  # characters of a title


def _told() -> GuardedQuerySet[Notice]:
    return Notice.objects.as_system("what was told before, to tell it once and to settle it")


class Line(NamedTuple):
    """What one person is told. `student`: whom it is about (a key); it goes when its reader may not read him any more.
    None where it names no student and concerns none."""

    person: UUID
    title: str
    student: UUID | None


def tell_people(
    people: Iterable[UUID], *, role: str, school: UUID | None, student: UUID | None, title: str, url: str
) -> int:
    """The same line to each, see `tell_each`; returns how many."""
    lines = [Line(person, title, student) for person in people]
    return tell_each(lines, role=role, school=school, url=url)


def tell_each(lines: Iterable[Line], *, role: str, school: UUID | None, url: str) -> int:
    """One notice per line, read under this hat alone; returns how many.

    `school`: where the hat is worn, or where it happened for hats that are of no school. `EVERY_HAT` has none.
    """
    rows = [_notice(line, role, school, url) for line in lines]
    return len(Notice.objects.bulk_create(rows, batch_size=500))


def tell_once(lines: Mapping[str, Line], *, role: str, school: UUID, url: str) -> int:
    """One notice per line whose key this person was never told before under this hat, read or not; returns how many.

    Keys are made of a word and of keys, never of names.
    """
    wanted = {f"{key}:{line.person}:{role}": line for key, line in lines.items()}
    told = set(_told().filter(key__in=wanted).values_list("key", flat=True))
    fresh = [_notice(line, role, school, url, key) for key, line in wanted.items() if key not in told]
    return len(Notice.objects.bulk_create(fresh, batch_size=500))


def _notice(line: Line, role: str, school: UUID | None, url: str, key: str = "") -> Notice:
    return Notice(
        person=line.person, role=role, school=None if role == EVERY_HAT else school, student=line.student,
        title=line.title[:LONGEST], url=url, key=key,
    )  # fmt: skip


def tell_office(school: UUID, roles: Iterable[str], *, title: str, url: str, key: str) -> None:
    """One notice per role of a school's office; not repeated while one with the same key is unread."""
    title = title[:LONGEST]
    for role in roles:
        full = f"{key}:{school}:{role}"
        if not _told().filter(key=full, read_at__isnull=True).update(title=title):
            Notice.objects.create(school=school, role=role, title=title, url=url, key=full)


def tell_office_once(school: UUID, roles: Iterable[str], *, title: str, url: str, key: str) -> bool:
    """The same, and never again, read or not; returns whether anything was told now."""
    if _told().filter(key__startswith=f"{key}:{school}:").exists():
        return False
    tell_office(school, roles, title=title, url=url, key=key)
    return True


def unread_at(key: str) -> set[UUID]:
    """The schools whose office still has something to read under this key."""
    held = _told().filter(key__startswith=f"{key}:", read_at__isnull=True)
    return {school for school in held.values_list("school", flat=True) if school}


def unread_about(key: str) -> dict[UUID, UUID]:
    """Row → school: about which rows an office still has something to read under this key (`key:row:…`)."""
    held = _told().filter(key__startswith=f"{key}:", read_at__isnull=True, school__isnull=False)
    return {UUID(full.split(":")[1]): school for full, school in held.values_list("key", "school") if school}


def settle_office(school: UUID | None, *keys: str) -> None:
    """What an office, of a school or of the city, was told under these keys is done: it stands as unread no longer, in
    whatever role."""
    told = reduce(or_, (Q(key__startswith=f"{key}:") for key in keys), Q(pk=None))
    at = Q(school=school) | Q(school=None)
    _told().filter(told, at, read_at__isnull=True).update(read_at=now())


def tell_officers(
    officers: Iterable[tuple[UUID, str]], school: UUID | None, *, title: str, url: str, key: str
) -> int:
    """One notice for each (person, role) of a school's office, or of the city's, shown under that hat; returns how many.

    For what not everybody in an office may hear: a notice to the role would show that there is something.
    """
    rows = [
        _notice(Line(person, title, None), role, school, url, f"{key}:{person}:{role}")
        for person, role in officers
    ]
    return len(Notice.objects.bulk_create(rows))


def mark_read(notice: Notice) -> None:
    _told().filter(pk=notice.pk, read_at__isnull=True).update(read_at=now())
