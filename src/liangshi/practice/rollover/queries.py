"""学年结转, rehearsed: what would happen, in numbers and names. Nothing is written here."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liangshi.foundation.audit.hashing import canonical
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.practice.rollover.choices import REVERSIBLE_FOR, RolloverState
from liangshi.practice.rollover.models import Rollover
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import ACTIVE, StudentState
from liangshi.registry.people.models import OPEN, Enrolment, StudentSpan
from liangshi.registry.schools.choices import EventKind, TermSeq, YearState
from liangshi.registry.schools.models import SchoolYear
from liangshi.registry.schools.rollover import PARTS

FIRST_MONTH = 6  # a year is not rolled over before June, only rehearsed


def year_of_rollover(actor: Actor, pk: UUID, permission: Permission[SchoolYear]) -> SchoolYear | None:
    return SchoolYear.objects.seen_by(actor, permission).filter(pk=pk).select_related("school").first()


def rollover_for(actor: Actor, pk: UUID, permission: Permission[Rollover]) -> Rollover | None:
    rows = Rollover.objects.seen_by(actor, permission).filter(pk=pk)
    return rows.select_related("year__school", "run_by").first()


def rollovers_of(year: SchoolYear) -> list[Rollover]:
    """What was done and undone about a year, newest first."""
    return list(Rollover.objects.of(year=year).select_related("run_by", "reversed_by", "year"))


def standing_rollover(year: SchoolYear) -> Rollover | None:
    return Rollover.objects.of(year=year).filter(state=RolloverState.DONE).select_related("run_by").first()


REMIND_FROM = (7, 1)  # month and day of the summer in which a year ends


def not_rolled_over(day: dt.date) -> list[SchoolYear]:
    """The years of all schools that end in this summer, once it is July, and that nobody has rolled over or closed."""
    if (day.month, day.day) < REMIND_FROM:
        return []
    done = Rollover.objects.as_system("which years were rolled over").filter(state=RolloverState.DONE)
    years = SchoolYear.objects.as_system("which years were not rolled over").filter(start_year=day.year - 1)
    return list(years.exclude(pk__in=done.values("year")).exclude(state=YearState.CLOSED))


def reversible(row: Rollover) -> bool:
    return row.state == RolloverState.DONE and now() <= row.run_at + REVERSIBLE_FOR


def earliest(year: SchoolYear) -> dt.date:
    return dt.date(year.start_year + 1, FIRST_MONTH, 1)


def default_graduation(year: SchoolYear) -> dt.date:
    """The day the second term closes, between 7 July and 31 August; once a rollover is possible, not after today."""
    second = year.terms.filter(seq=TermSeq.SECOND).first()
    first, last = dt.date(year.start_year + 1, 7, 7), dt.date(year.start_year + 1, 8, 31)
    found = max(min(second.closes_on if second else first, last), first)
    return min(found, today()) if today() >= earliest(year) else found


def year_later(day: dt.date) -> dt.date:
    """The same day of the next year; 29 February becomes the 28th."""
    if (day.month, day.day) == (2, 29):
        return dt.date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)


@dataclass(frozen=True, slots=True)
class Options:
    graduated_on: dt.date
    kinds: tuple[str, ...] = ()
    close: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rollover would do. `digest` changes when anything in it does."""

    year: SchoolYear
    options: Options
    graduates: tuple[UUID, ...]
    classes: tuple[tuple[str, tuple[str, ...]], ...]  # class, names
    staying: tuple[tuple[str, str, str], ...]  # name, class, standing
    stayers: tuple[UUID, ...]  # their keys
    bonds: int
    ends: tuple[tuple[str, int], ...]  # what else ends, as the rooms name it, and how many
    mentors: tuple[tuple[str, int], ...]  # mentor, places that become free
    next_code: str
    next_is_new: bool
    terms: tuple[tuple[str, dt.date, dt.date], ...]  # seq, opens, closes
    events: tuple[tuple[str, int], ...]  # kind, number

    @property
    def next_start(self) -> int:
        return self.year.start_year + 1

    @property
    def copied(self) -> int:
        return sum(number for _, number in self.events)

    @property
    def term_words(self) -> list[tuple[str, str]]:
        return [
            (str(TermSeq(seq).label), f"{opens:%Y-%m-%d} 至 {closes:%Y-%m-%d}")
            for seq, opens, closes in self.terms
        ]

    @property
    def staying_words(self) -> str:
        return "、".join(f"{who}（{group}，{state}）" for who, group, state in self.staying)

    @property
    def event_words(self) -> str:
        return "；".join(f"{EventKind(kind).label} {number} 项" for kind, number in self.events)

    @property
    def numbers(self) -> dict[str, Any]:
        return {
            "graduates": len(self.graduates),
            "bonds": self.bonds,
            "ends": dict(self.ends),
            "mentors": len(self.mentors),
            "staying": len(self.staying),
            "next": self.next_code,
            "events": self.copied,
            "closed": self.options.close,
        }

    @property
    def digest(self) -> str:
        what = [
            self.year.pk, self.options.graduated_on, self.options.kinds, self.options.close, sorted(self.graduates),
            self.staying, self.bonds, self.ends, self.mentors,
            self.next_is_new, self.terms, self.events,
        ]  # fmt: skip
        return hashlib.sha256(canonical(what)).hexdigest()


def check_options(year: SchoolYear, options: Options) -> None:
    """Raise DomainError `rolled_over`, `year_closed`, `graduation_day`: what cannot be, on whatever day."""
    if standing_rollover(year):
        raise DomainError("rolled_over", f"{year} 学年已经结转过了。要重来，请先撤回。")
    if year.state == YearState.CLOSED:
        raise DomainError("year_closed", f"{year} 学年已经关闭，请校领导先重新开启，再结转。")
    first, last = earliest(year), year.ends_on - dt.timedelta(days=1)
    if not first <= options.graduated_on <= last:
        raise DomainError(
            "graduation_day",
            f"毕业日期要在 {first:%Y-%m-%d} 到 {last:%Y-%m-%d} 之间。",
            field="graduated_on",
        )


def runs_from(year: SchoolYear, options: Options) -> dt.date:
    """The first day on which a rollover with these options may be carried out; it may be rehearsed before."""
    return max(earliest(year), options.graduated_on, *([year.ends_on] if options.close else []))


def check_day(year: SchoolYear, options: Options) -> None:
    """Raise DomainError `rollover_early` before the first day on which it may be carried out."""
    first = runs_from(year, options)
    if today() < first:
        why = f"：{year} 学年到那天才能关闭" if options.close and first == year.ends_on else ""
        raise DomainError(
            "rollover_early",
            f"{first:%Y-%m-%d} 起才能这样结转{why}，还没有结转。预演不受限制，到时再来确认。",
        )


def rehearse(year: SchoolYear, options: Options) -> Plan:
    """The plan as things stand now. Raises what `check_options` raises. Nine questions, however many students."""
    check_options(year, options)
    places = list(
        Enrolment.objects.of(class_group__cohort__school__years=year)
        .filter(OPEN, class_group__cohort__entry_year=year.start_year - 2)
        .select_related("student__person", "class_group__cohort")
        .order_by("class_group__track", "class_group__number", "seat_no", "student__person__search")
    )
    standing = dict(
        StudentSpan.objects.of(student=[row.student for row in places])
        .filter(OPEN)
        .values_list("student_id", "state")
    )
    leaving = [row for row in places if standing.get(row.student_id) in ACTIVE]
    graduates = tuple(row.student_id for row in leaving)
    classes: dict[str, list[str]] = defaultdict(list)
    for row in leaving:
        classes[row.class_group.name(year.start_year)].append(str(row.student))
    leaves = set(graduates)
    stays = [row for row in places if row.student_id not in leaves]
    staying = tuple(
        (
            str(row.student),
            row.class_group.name(year.start_year),
            str(StudentState(standing[row.student_id]).label) if row.student_id in standing else "没有登记",
        )
        for row in stays
    )
    bonds = list(
        Mentorship.objects.of(student=[row.student for row in leaving])
        .filter(OPEN, kind=Kind.PRIMARY)
        .select_related("mentor__person")
        .order_by("mentor__staff_no")
    )
    freed = Counter(bond.mentor_id for bond in bonds)
    names = {bond.mentor_id: str(bond.mentor) for bond in bonds}
    following = SchoolYear.objects.filter(school=year.school_id, start_year=year.start_year + 1).first()
    fresh_terms = following is None or not following.terms.exists()
    terms = (
        [(t.seq, year_later(t.opens_on), year_later(t.closes_on)) for t in year.terms.all()]
        if fresh_terms
        else []
    )
    kinds = Counter(year.events.filter(kind__in=options.kinds).values_list("kind", flat=True))
    return Plan(
        year,
        options,
        graduates,
        tuple((name, tuple(who)) for name, who in classes.items()),
        staying,
        tuple(row.student_id for row in stays),
        bonds=len(bonds),
        ends=_ends(graduates),
        mentors=tuple((names[key], number) for key, number in freed.items()),
        next_code=f"{year.start_year + 1}-{year.start_year + 2}",
        next_is_new=following is None,
        terms=tuple(terms),
        events=tuple(sorted(kinds.items())),
    )


def _ends(graduates: Collection[UUID]) -> tuple[tuple[str, int], ...]:
    return tuple(line for part in PARTS.values() if part.ends for line in part.ends(graduates).items())


def copyable_kinds(year: SchoolYear) -> list[tuple[str, str]]:
    """The kinds of entries that the year's calendar has."""
    held: Collection[str] = set(year.events.values_list("kind", flat=True))
    return [(kind.value, str(kind.label)) for kind in EventKind if kind.value in held]
