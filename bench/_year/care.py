"""After each deed: everybody has an adult, nobody has one whom he may not have, and whoever is concerned has heard of it.
What does not hold is a sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from bench._year.books import AWAY_FOR_GOOD, LEFT, Bond, Books, Key
from liangshi.registry.access.care import charge_of
from liangshi.registry.schools.models import School

STAFF_HATS = {"mentor", "staff", "adviser", "grade_head"}


def each_deed(kind: str, before: Books, after: Books) -> Iterator[str]:
    yield from _with_an_adult(after)
    back = kind == "year.undone"  # as it was before: also over the quota, and with whoever is away
    yield from _newly_given(before, after, back=back)
    yield from _places(before, after, back=back)
    yield from _without_gap(before, after)
    if not kind.startswith("year."):
        yield from _heard(kind, before, after)
        yield from _heard_of_others(before, after)
    yield from _not_heard(after)


def _with_an_adult(books: Books) -> Iterator[str]:
    """Whoever has a mentor has one at work, or somebody at work who stands in for him."""
    cared = books.cared()
    seen: Counter[Key] = Counter()
    for key, bond in books.today:
        carers = cared.get(key, [])
        if len(carers) > 1:
            yield f"{books.name(bond.student)} has {len(carers)} caretakers"
        if bond.kind != "primary":
            if books.staff[bond.mentor].state in LEFT:
                yield f"co-mentor {books.called(bond.mentor)} of {books.name(bond.student)} has left"
            continue
        seen[bond.student] += 1
        for carer in carers:
            if books.staff[carer].state != "on_duty":
                yield f"{books.name(bond.student)} is looked after by {books.called(carer)}"
            if books.staff[bond.mentor].state == "on_duty":
                yield f"{books.name(bond.student)} is looked after by {books.called(carer)}, and his mentor is at work"
        if not carers and books.staff[bond.mentor].state != "on_duty":
            yield f"{books.name(bond.student)} has only {books.called(bond.mentor)}"
        if books.standing.get(bond.student) in AWAY_FOR_GOOD:
            yield f"{books.name(bond.student)} has left and has a mentor"
    for student, number in seen.items():
        if number > 1:
            yield f"{books.name(student)} has {number} mentors"


def _newly_given(before: Books, after: Books, *, back: bool) -> Iterator[str]:
    """Nobody is given, or given back, to whom nobody may give him."""
    held = {key for key, bond in before.bonds.items() if bond.ends is None}
    for key, bond in after.bonds.items():
        if bond.ends is not None or key in held:
            continue
        if why := after.barred(bond.student, bond.mentor):
            yield f"{after.name(bond.student)} is given to {after.called(bond.mentor)}, {why}"
        if not back and (why := after.unfit(bond.mentor, mentor=True)):
            yield f"{after.name(bond.student)} is given to {after.called(bond.mentor)}, who is {why}"
    open_ = {key for key, care in before.cares.items() if care.ends is None}
    for key, care in after.cares.items():
        if care.ends is not None or key in open_:
            continue
        bond = after.bonds[care.bond]
        if why := after.barred(bond.student, care.caretaker):
            yield f"{after.name(bond.student)} is looked after by {after.called(care.caretaker)}, {why}"
        if why := after.unfit(care.caretaker, mentor=False):
            yield f"{after.name(bond.student)} is looked after by {after.called(care.caretaker)}, who is {why}"
        if care.caretaker == bond.mentor:
            yield f"{after.called(care.caretaker)} stands in for himself"
    for key, lead in after.leads.items():
        was = before.leads.get(key)
        if lead.lead is None or (was and was.lead == lead.lead):
            continue
        if why := after.barred(lead.student, lead.lead) or after.unfit(lead.lead, mentor=False):
            yield f"{after.called(lead.lead)} leads in what happened to {after.name(lead.student)}: {why}"


def _places(before: Books, after: Books, *, back: bool) -> Iterator[str]:
    seats: dict[Key, list[Bond]] = defaultdict(list)
    co: Counter[Key] = Counter()
    co_of: Counter[Key] = Counter()
    for bond in after.bonds.values():
        if bond.ends is None and bond.kind == "primary":
            seats[bond.mentor].append(bond)
        elif bond.ends is None:
            co[bond.mentor] += 1
            co_of[bond.student] += 1
    for staff, (quota, taken) in after.places.items():
        number = len(seats[staff])
        if taken != number:
            yield f"{after.called(staff)} has {number} students and {taken} places taken"
        was = before.places.get(staff, (0, 0))[1]
        if not back and taken > was and taken > quota + after.extra[staff]:
            yield f"{after.called(staff)} took {taken} of {quota}+{after.extra[staff]}"
        held = [bond.seat for bond in seats[staff]]
        if None in held or len({*held}) != len(held):
            yield f"{after.called(staff)} has the seats {held}"
        if any(bond.seat and bond.seat > 15 and not bond.exception for bond in seats[staff]):
            yield f"{after.called(staff)} has more than 15 without a permit"
    yield from (
        f"{after.called(staff)} is co-mentor of {number}" for staff, number in co.items() if number > 5
    )
    yield from (
        f"{after.name(student)} has {number} co-mentors" for student, number in co_of.items() if number > 3
    )


def _without_gap(before: Books, after: Books) -> Iterator[str]:
    """Of the students whose bonds have changed: no two mentors at once, and no day between two of one stay."""
    changed = {bond.student for key, bond in after.bonds.items() if before.bonds.get(key) != bond}
    for student in changed:
        mine = sorted(
            (bond.starts, bond.ends or dt.date.max, bond.reason)
            for bond in after.bonds.values()
            if bond.student == student and bond.kind == "primary" and bond.starts != bond.ends
        )
        for (_, end, reason), (start, _, _) in pairwise(mine):
            if start < end:
                yield f"{after.name(student)} had two mentors from {start} to {end}"
            elif start > end and reason in {"agreed", "student_asked", "mentor_left"}:
                yield f"{after.name(student)} had no mentor from {end} to {start}"


def _heard(kind: str, before: Books, after: Books) -> Iterator[str]:
    """Of every change of whoever is in charge: the student, his guardians, and both adults hear of it once."""
    was, now = before.charges(), after.charges()
    gains: set[Key] = set()
    loses: set[Key] = set()
    for student in was.keys() | now.keys():
        old, new = was.get(student), now.get(student)
        if old == new:
            continue
        if new and (old is None or old[0] != new[0]):
            gains.add(new[0])
        if new and new[1] and (old is None or old[1] != new[1]):
            gains.add(new[1])
        if old and (new is None or old[0] != new[0]):
            loses.add(old[0])
        if old and old[1] and (new is None or old[1] != new[1]):
            loses.add(old[1])
        if new is None:
            continue  # he has left
        hearers = {(after.students[student][0], "student")} | {
            (p, "guardian") for p in after.guardians[student]
        }
        for person, role in hearers:
            mine = [
                told.title for told in after.told.values()
                if told.person == person and told.role == role and told.student == student
                and re.search("导师|负责", told.title) and "交接信" not in told.title
            ]  # fmt: skip
            if len(mine) != 1:
                what = f"{_words(after, old)} → {_words(after, new)}"
                yield f"the {role} of {after.name(student)} heard {len(mine)} times of {what}: {mine}"
    for staff in sorted(gains | loses):
        post = after.staff[staff]
        mine = [
            told.title
            for told in after.told.values()
            if told.person == post.person and told.role in STAFF_HATS
        ]
        if (
            not mine
            and post.state not in LEFT
            and not (staff in loses and kind in {"absence.back", "absence.back-after-succession"})
        ):
            yield f"{after.called(staff)} heard nothing: {'gains' if staff in gains else ''} {'loses' if staff in loses else ''}"


def _heard_of_others(before: Books, after: Books) -> Iterator[str]:
    """A co-mentor comes or goes, and the mentor stays: the student, his guardians and the co-mentor hear of it."""
    now = after.charges()
    for key, bond in after.bonds.items():
        was = before.bonds.get(key)
        changed = bond.kind == "co" and (bond.ends is None) != (was is not None and was.ends is None)
        if not changed or bond.student not in now or now[bond.student][0] == bond.mentor:
            continue
        what = f"{after.called(bond.mentor)} {'begins' if bond.ends is None else 'ends'} beside the mentor"
        hearers = {(after.students[bond.student][0], "student")}
        hearers |= {(person, "guardian") for person in after.guardians[bond.student]}
        for person, role in sorted(hearers):
            mine = [
                told
                for told in after.told.values()
                if (told.person, told.role, told.student) == (person, role, bond.student)
                and "陪伴" in told.title
            ]
            if not mine:
                yield f"the {role} of {after.name(bond.student)} did not hear that {what}"
        post = after.staff[bond.mentor]
        heard = any(told.person == post.person and told.role in STAFF_HATS for told in after.told.values())
        if bond.ends is None and not heard:
            yield f"{what} of {after.name(bond.student)}, and heard nothing"


def _words(books: Books, pair: tuple[Key, Key | None] | None) -> str:
    return f"{books.called(pair[0])}/{books.called(pair[1])}" if pair else "nobody"


def _not_heard(after: Books) -> Iterator[str]:
    """Whom a student has named, and a parent who is his class adviser, hears nothing of him; of what concerns safety no
    whole office does."""
    beside: dict[Key, set[Key]] = defaultdict(set)
    cared = after.cared()
    for key, bond in after.today:
        beside[bond.student].add(after.staff[bond.mentor].person)
        beside[bond.student] |= {after.staff[carer].person for carer in cared.get(key, ())}
    for told in after.told.values():
        pair = (told.student, told.person)
        if (
            told.student
            and told.role in {"student", "guardian"}
            and after.standing.get(told.student) == "died"
        ):
            yield f"the family of {after.name(told.student)}, who has died, reads: {told.title}"
        if (
            told.student
            and told.person
            and told.role in STAFF_HATS
            and told.person not in beside[told.student]
        ):
            if pair in after.apart:
                yield f"whom {after.name(told.student)} has named hears: {told.title}"
            if pair in after.kin and told.role == "adviser":
                yield f"the class adviser hears of his own child: {told.title}"
        if "安全" in told.title and "concern" in told.url:
            keys = [key for key in after.concerns if str(key) in told.url]
            for key in keys:
                if told.person is None:
                    yield f"the whole office hears: {told.title}"
                elif (after.concerns[key], told.person) in after.apart:
                    yield f"whom a student has named hears: {told.title}"


def each_day(school: School) -> Iterator[str]:
    books = Books.now(school)
    said = charge_of(books.students)
    for student, (mentor, carer) in books.charges().items():
        mine = said.pop(student, None)
        if mine is None or mine.pk != (carer or mentor):
            yield f"in charge of {books.name(student)} is said to be {mine}, and is {books.called(carer or mentor)}"
    yield from (
        f"in charge of {books.name(student)} is said to be {staff}" for student, staff in said.items()
    )
