"""Rows on their way into the database: made in memory with keys that are always the same, written in bulk."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeVar

from django.db import models

from liangshi.registry.accounts.models import Account
from liangshi.registry.mentorships.models import MentorPlaces, MentorProfile
from liangshi.registry.people.models import (
    ClassPost,
    Club,
    ClubMember,
    Enrolment,
    GuardianLink,
    Person,
    Staff,
    Student,
    StudentSpan,
)
from liangshi.registry.people.words import Words
from liangshi.registry.schools.models import (
    Bureau,
    CalendarEvent,
    ClassGroup,
    Cohort,
    School,
    SchoolYear,
    Term,
)

ORDER: tuple[type[models.Model], ...] = (
    Bureau, School, SchoolYear, Term, CalendarEvent, Cohort, ClassGroup, Person, Account, Staff, ClassPost,
    Student, StudentSpan, Enrolment, GuardianLink, Club, ClubMember, MentorPlaces, MentorProfile,
)  # fmt: skip
M = TypeVar("M", bound=models.Model)


class Rows:
    """`add` makes a row, `write` saves all of them, each table after those it refers to."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._made: dict[type[models.Model], list[models.Model]] = defaultdict(list)

    def add(self, model: type[M], **fields: Any) -> M:
        row = model(pk=self.words.key(), **fields)
        self._made[model].append(row)
        return row

    def person(self, name: str, gender: str, login: str, **fields: Any) -> Person:
        """A person with an account that nobody can use until it is activated."""
        person = self.add(Person, name=name, gender=gender, **fields)
        self.add(Account, person=person, login=login).set_unusable_password()
        return person

    def write(self) -> None:
        for model in ORDER:
            rows = self._made.pop(model, [])
            for row in rows:
                if isinstance(row, Person | Student):
                    row.derive()
            model._default_manager.bulk_create(rows, batch_size=500)
