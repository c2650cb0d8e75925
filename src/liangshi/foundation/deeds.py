"""A deed: one transaction, one entry in the log, and the notices that go with it.

    with Deed(audit.TALK_VOIDED, actor, school=talk.school_id, about=talk) as deed:
        ...
        deed.subjects = students
        deed.tell([student.person_id], role=Role.STUDENT, student=student.pk, title="…", url="…")

The entry is written at the end, when everything else has succeeded: the head of the log's chain is a lock, and rivals
hold it as shortly as possible. A deed that turns out to change nothing says so (`nothing`), and leaves no entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from django.db import models, transaction

from liangshi.foundation.audit.actions import CITY, Doer, record
from liangshi.foundation.audit.types import EntryType
from liangshi.foundation.base.guard import as_system
from liangshi.foundation.base.sealed import seal
from liangshi.foundation.notices.actions import settle_office, tell_office, tell_people

DETAIL = "audit_entry.detail"


def in_words(text: str) -> str:
    """What somebody has written in his own words, as an entry keeps it: sealed (`unseal(…, DETAIL)` opens it). The chain
    binds it as it lies there, and is checked without the key."""
    return seal(text, DETAIL) if text else ""


class Deed:
    """`school`: in whose log it stands (default: the doer's own). `about`: the row, and `subjects`: the students, whom
    it concerns. What else the entry tells is given as keywords, here or by `note`."""

    def __init__(
        self,
        entry: EntryType,
        actor: Doer,
        *,
        school: UUID | str | None = None,
        about: models.Model | str | None = None,
        subjects: Iterable[UUID] = (),
        **detail: Any,
    ) -> None:
        self.entry = entry
        self.actor = actor
        self.chain = str(school) if school else actor.chain
        self.about = about
        self.subjects = subjects
        self.detail = detail  # codes, numbers, names; anybody's own words by `in_words`
        self._written = True
        self._stack = ExitStack()

    def note(self, **detail: Any) -> None:
        """Add to what the entry tells."""
        self.detail |= detail

    def nothing(self) -> None:
        """It was done before: no entry is written."""
        self._written = False

    @property
    def school(self) -> UUID:
        """Where it happens. Only for deeds within a school."""
        return UUID(self.chain)

    def tell(self, people: Iterable[UUID], *, role: str, student: UUID | None, title: str, url: str) -> None:
        """One notice to each, read under this hat at the school where it happens, and while he may read the student
        whom it is about (None: it names nobody). `EVERY_HAT` for what concerns the account itself."""
        school = None if self.chain == CITY else self.school
        tell_people(people, role=role, school=school, student=student, title=title, url=url)

    def tell_office(self, roles: Iterable[str], *, title: str, url: str, key: str) -> None:
        """One notice to each role of the school's office, not repeated while it is unread."""
        tell_office(self.school, roles, title=title, url=url, key=key)

    def settle(self, *keys: str) -> None:
        """What the school's office was told under these keys is done."""
        settle_office(self.school, *keys)

    def __enter__(self) -> Self:
        self._stack.enter_context(transaction.atomic())
        self._stack.enter_context(as_system(f"deed {self.entry.code}"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._written:
                record(
                    self.entry,
                    self.actor,
                    obj=str(self.about.pk) if isinstance(self.about, models.Model) else self.about or "",
                    subjects=self.subjects,
                    chain=self.chain,
                    **self.detail,
                )
        except BaseException as problem:
            self._stack.__exit__(type(problem), problem, problem.__traceback__)
            raise
        self._stack.__exit__(kind, error, trace)


@contextmanager
def together(why: str) -> Iterator[None]:
    """Several deeds, all or none."""
    with transaction.atomic(), as_system(why):
        yield


def noted(
    entry: EntryType,
    actor: Doer,
    *,
    school: UUID | str | None = None,
    about: models.Model | str | None = None,
    subjects: Iterable[UUID] = (),
    **detail: Any,
) -> None:
    """Only the entry: something was read, or taken along."""
    with Deed(entry, actor, school=school, about=about, subjects=subjects, **detail):
        pass
