"""Send and read in-app notices."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.notices.models import Notice


def _told() -> GuardedQuerySet[Notice]:
    return Notice.objects.as_system("what was told before, to tell it once and to settle it")


def tell_people(people: Iterable[UUID], *, title: str, url: str) -> int:
    """One notice per person; returns how many."""
    return len(Notice.objects.bulk_create([Notice(person=person, title=title, url=url) for person in people]))


def tell_each(lines: Iterable[tuple[UUID, str]], *, url: str) -> int:
    """One notice per (person, title); returns how many."""
    rows = [Notice(person=person, title=title[:120], url=url) for person, title in lines]
    return len(Notice.objects.bulk_create(rows, batch_size=500))


def tell_once(lines: Iterable[tuple[UUID, str, str]], *, url: str) -> int:
    """One notice per (person, title, key) whose key was never told before, read or not; returns how many."""
    wanted = {key: (person, title) for person, title, key in lines}
    told = set(_told().filter(key__in=wanted).values_list("key", flat=True))
    fresh = [
        Notice(person=person, title=title[:120], url=url, key=key)
        for key, (person, title) in wanted.items()
        if key not in told
    ]
    return len(Notice.objects.bulk_create(fresh, batch_size=500))


def tell_office(school: UUID, roles: Iterable[str], *, title: str, url: str, key: str) -> None:
    """One notice per role of a school's office; not repeated while one with the same key is unread."""
    for role in roles:
        full = f"{key}:{school}:{role}"
        if not _told().filter(key=full, read_at__isnull=True).update(title=title):
            Notice.objects.create(school=school, role=role, title=title, url=url, key=full)


def settle_office(school: UUID, *keys: str) -> None:
    """What a school's office was told under these keys is done: it stands as unread no longer, in whatever role."""
    unread = _told().filter(school=school, role__gt="", read_at__isnull=True)
    done = set(keys)
    told = [pk for pk, key in unread.values_list("pk", "key") if key.rsplit(":", 2)[0] in done]
    if told:
        unread.filter(pk__in=told).update(read_at=now())


def tell_officers(
    officers: Iterable[tuple[UUID, str]], school: UUID, *, title: str, url: str, key: str
) -> int:
    """One notice for each (person, role) of a school's office, shown under that hat; returns how many.

    For what not everybody in an office may hear: a notice to the role would show that there is something.
    """
    rows = [
        Notice(person=person, school=school, role=role, title=title, url=url, key=f"{key}:{person}:{role}")
        for person, role in officers
    ]
    return len(Notice.objects.bulk_create(rows))


def mark_read(notice: Notice) -> None:
    _told().filter(pk=notice.pk, read_at__isnull=True).update(read_at=now())
