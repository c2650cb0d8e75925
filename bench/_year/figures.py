"""Each week: coverage, posts and the reach of key moments, counted again from plain rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Q

from bench._year.books import HERE, LEFT, MENTORING, Books, Key, holds
from liangshi.oversight.coverage.moments import reaches
from liangshi.oversight.coverage.queries import mentoring, shares
from liangshi.practice.talks.models import TalkStudent
from liangshi.registry.people.models import Enrolment, StudentSpan
from liangshi.registry.schools.models import ClassGroup, School
from liangshi.registry.schools.queries import calendar


class Place(NamedTuple):
    student: Key
    group: Key
    starts: dt.date
    ends: dt.date | None


def figures(school: School, books: Books) -> Iterator[str]:
    """Coverage of today and of a month ago, posts, and the reach of each key moment."""
    spans = list(
        StudentSpan.objects.filter(student__school=school).values_list(
            "student", "state", "starts_on", "ends_on"
        )
    )
    placed = [
        Place(*row)
        for row in Enrolment.objects.filter(student__school=school).values_list(
            "student", "class_group", "starts_on", "ends_on"
        )
    ]
    cohort_of = dict(ClassGroup.objects.values_list("pk", "cohort"))
    entry_of = dict(ClassGroup.objects.values_list("pk", "cohort__entry_year"))

    def active(day: dt.date) -> set[Key]:
        return {student for student, state, first, end in spans if state in HERE and holds(first, end, day)}

    def matched(day: dt.date) -> set[Key]:
        return {
            b.student for b in books.bonds.values() if b.kind == "primary" and holds(b.starts, b.ends, day)
        }

    def group(day: dt.date) -> dict[Key, Key]:
        held = sorted(
            (each for each in placed if holds(each.starts, each.ends, day)), key=lambda each: each.starts
        )
        return {each.student: each.group for each in held}

    for day in (books.day, books.day - dt.timedelta(30)):
        here, have, groups = active(day), matched(day), group(day)
        for by, key in (
            ("school", dict.fromkeys(here, school.pk)),
            ("class", groups),
            ("cohort", {student: cohort_of[where] for student, where in groups.items()}),
        ):
            mine = Counter(key.get(student) for student in here)
            mine_with = Counter(key.get(student) for student in here & have)
            said = shares(day, by=by)  # type: ignore[arg-type]
            counted = {each: (mine[each], mine_with[each]) for each in mine}
            told = {each: (share.active, share.matched) for each, share in said.items()}
            if counted != told:
                yield f"coverage by {by} on {day}: {told}, counted {counted}"
    teachers = [key for key, post in books.staff.items() if post.post in MENTORING and post.state not in LEFT]
    mentors = [key for key in teachers if not books.unfit(key, mentor=True)]
    row = mentoring(Q(pk=school.pk), books.day)[school.pk]
    if (row.teachers, row.mentors, sum(n for *_, n in row.reasons)) != (
        len(teachers),
        len(mentors),
        len(teachers) - len(mentors),
    ):
        yield f"teachers and mentors: {row}, counted {len(teachers)} and {len(mentors)}"
    talked: dict[Key, list[dt.date]] = defaultdict(list)
    for student, on in TalkStudent.objects.filter(talk__voided_at__isnull=True).values_list(
        "student", "talk__day"
    ):
        talked[student].append(on)
    first = dt.date(books.day.year - (books.day.month < 9), 8, 1)
    opened = [span for span in calendar(school.pk, first, books.day) if span.window.opens_on <= books.day]
    for reach in reaches(opened, books.day):
        window, on = reach.span.window, min(books.day, reach.span.window.last_on)
        scope = {s for s, where in group(on).items() if entry_of[where] == reach.span.entry_year} & active(on)
        reached = {s for s in scope if any(window.opens_on <= day <= on for day in talked[s])}
        wanted = (scope - reached) & matched(on)
        counted = (len(scope), len(reached), len(wanted))
        if (reach.share.active, reach.share.matched, reach.wanted) != counted:
            yield f"{window.title} of {reach.span.entry_year}: {reach}, counted {counted}"
