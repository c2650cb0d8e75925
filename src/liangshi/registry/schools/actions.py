"""Bureaus, schools, years, terms and calendar: made, closed, reopened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ValidationError

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.registry.schools.audit import (
    BUREAU_MADE,
    EVENT_CHANGED,
    EVENT_SET,
    EVENT_WITHDRAWN,
    SCHOOL_MADE,
    TERM_SET,
    YEAR_CLOSED,
    YEAR_IN_FORCE,
    YEAR_MADE,
    YEAR_REOPENED,
)
from liangshi.registry.schools.choices import OF_ONE_GRADE, YEAR, BureauKind, EventKind, YearState
from liangshi.registry.schools.grades import GRADES, current_year_start, year_start_of
from liangshi.registry.schools.models import FIRST_YEAR, Bureau, CalendarEvent, School, SchoolYear, Term

LONGEST_TERM = dt.timedelta(days=200)


def make_bureau(*, official_name: str, short_name: str, region_code: str, actor: Doer) -> Bureau:
    """A county's bureau under the city's, by its own official name. Raises `bureau_taken`."""
    city = Bureau.objects.get(kind=BureauKind.CITY)
    if Bureau.objects.filter(official_name=official_name).exists():
        raise DomainError("bureau_taken", f"「{official_name}」已经建过了，不用再建。", field="official_name")
    with Deed(BUREAU_MADE, actor, name=official_name) as deed:
        row = Bureau.objects.create(
            kind=BureauKind.COUNTY,
            official_name=official_name,
            short_name=short_name,
            region_code=region_code,
            parent=city,
        )
        deed.about = row
    return row


def make_school(
    *, code: str, name: str, short_name: str, ownership: str, direct: bool, county: Bureau | None, actor: Doer
) -> School:
    """A school that is 市直属 (`direct`) or under one county bureau.

    Raises `org_single_parent` (both), `org_needs_parent` (neither), `school_code_taken`, `school_name_taken`
    or `school_code_format`.
    """
    if direct and county:
        raise DomainError(
            "org_single_parent",
            f"一所学校只归一家管：选了「市直属」，就不能再选「{county}」。请留一个。",
            field="county",
        )
    if not direct and county is None:
        raise DomainError("org_needs_parent", "请选「市直属」，或者选一家县区教育局。", field="county")
    if School.objects.filter(code=code).exists():
        raise DomainError(
            "school_code_taken", f"学校标识码 {code} 已经有学校在用，请核对这 10 位数字。", field="code"
        )
    if School.objects.filter(name=name).exists():
        raise DomainError("school_name_taken", f"「{name}」已经建过了，不用再建。", field="name")
    bureau = county or Bureau.objects.get(kind=BureauKind.CITY)
    row = School(code=code, name=name, short_name=short_name, ownership=ownership, bureau=bureau)
    try:
        row.clean_fields()
    except ValidationError as problem:
        field, sentences = next(iter(problem.message_dict.items()))
        raise DomainError(f"school_{field}_format", sentences[0], field=field) from problem
    with Deed(SCHOOL_MADE, actor, about=row, name=name, bureau=bureau.pk):
        row.save()
    return row


def make_year(school: School, start_year: int, *, actor: Doer) -> SchoolYear:
    """The school's year that begins in `start_year`, 2022 at the earliest, next year's at the latest."""
    if not FIRST_YEAR <= start_year <= current_year_start() + 1:
        raise DomainError(
            "year_out_of_range",
            f"学年从 {FIRST_YEAR}-{FIRST_YEAR + 1} 开始，最多提前建下一学年。请改起始年。",
            field="start_year",
        )
    if SchoolYear.objects.filter(school=school, start_year=start_year).exists():
        raise DomainError("year_taken", f"{start_year}-{start_year + 1} 学年已经建过了。", field="start_year")
    state = YearState.PREPARING if start_year > current_year_start() else YearState.RUNNING
    with Deed(YEAR_MADE, actor, school=school.pk) as deed:
        row = SchoolYear.objects.create(school=school, start_year=start_year, state=state)
        deed.about = row
        deed.note(year=row.code)
    return row


def close_year(year: SchoolYear, *, actor: Doer) -> None:
    """Nothing dated in a closed year is written any more. The running year stays open until it is over."""
    if year.start_year >= current_year_start():
        raise DomainError(
            "year_not_over", f"{year} 学年还没有结束，{year.ends_on:%Y 年 9 月 1 日}起才能关闭。"
        )
    with Deed(YEAR_CLOSED, actor, school=year.school_id, about=year, year=year.code):
        YEAR.move(year, "close")


def put_in_force(year: SchoolYear, *, actor: Doer) -> None:
    """全员导师制 is in force in this year, from today. Twice changes nothing more. Raises `year_closed`."""
    require_open([(year.school_id, year.starts_on)])
    with Deed(YEAR_IN_FORCE, actor, school=year.school_id, about=year, year=year.code) as deed:
        if not SchoolYear.objects.filter(pk=year.pk, in_force_on__isnull=True).update(in_force_on=today()):
            deed.nothing()


def reopen_year(year: SchoolYear, *, actor: Doer) -> None:
    """The leader lets a closed year be added to; what is added is marked 补录."""
    with Deed(YEAR_REOPENED, actor, school=year.school_id, about=year, year=year.code):
        YEAR.move(year, "reopen")


def require_open(facts: Iterable[tuple[UUID, dt.date]]) -> None:
    """Raise DomainError `year_closed` when a (school, day) falls into a year that this school has closed."""
    wanted = {(school, year_start_of(day)) for school, day in facts}
    closed = SchoolYear.objects.filter(
        school_id__in={school for school, _ in wanted},
        start_year__in={start for _, start in wanted},
        state=YearState.CLOSED,
    )
    for year in closed:
        if (year.school_id, year.start_year) in wanted:
            raise DomainError(
                "year_closed",
                f"{year} 学年已经关闭，不能再写入这一学年的事。确实要补，请校领导在「学年与校历」里先重新开启，"
                "补进去的会标明「补录」。",
            )


def is_late(day: dt.date) -> bool:
    """Whether a fact of that day, written today, is 补录: its academic year is over."""
    return year_start_of(day) < current_year_start()


def set_term(year: SchoolYear, seq: str, *, opens_on: dt.date, closes_on: dt.date, actor: Doer) -> Term:
    """Set the days of a term (made or changed). Both lie in the year, first before second."""
    require_open([(year.school_id, year.starts_on)])
    if opens_on >= closes_on:
        raise DomainError("term_order", "放假日要在开学日之后。", field="closes_on")
    if closes_on - opens_on > LONGEST_TERM:
        raise DomainError(
            "term_too_long", "一个学期不会超过 200 天，请核对两个日期的年份。", field="closes_on"
        )
    # Schools open up to two weeks before 1 September.
    if opens_on < year.starts_on - dt.timedelta(days=14) or closes_on > year.ends_on:
        raise DomainError("term_outside", f"这两天不在 {year} 学年里，请核对年份。", field="opens_on")
    other = year.terms.exclude(seq=seq).first()
    if other and opens_on < other.closes_on and other.opens_on < closes_on:
        raise DomainError("terms_overlap", "两个学期的日期重叠了，请核对。", field="opens_on")
    with Deed(TERM_SET, actor, school=year.school_id, opens_on=opens_on, closes_on=closes_on) as deed:
        before = Term.objects.select_for_update().filter(year=year, seq=seq).first()
        row, _ = Term.objects.update_or_create(
            year=year, seq=seq, defaults={"opens_on": opens_on, "closes_on": closes_on}
        )
        deed.about = str(row)
        if before and before.opens_on != opens_on:
            _move_openings(year, before.opens_on, opens_on, actor)
    return row


def _move_openings(year: SchoolYear, old: dt.date, new: dt.date, actor: Doer) -> None:
    """Entries 「开学」 on the term's first day say the same as the term does, and move with it. A grade that begins on
    another day keeps the day that the school has written."""
    for event in year.events.filter(kind=EventKind.OPENING, starts_on=old):
        change_event(
            event,
            kind=event.kind,
            title=event.title,
            starts_on=new,
            last_on=event.last_on + (new - old),
            entry_years=event.entry_years,
            actor=actor,
        )


def _check_days(year: SchoolYear, starts_on: dt.date, last_on: dt.date) -> None:
    """What an entry of the calendar must satisfy: an open year, and days in order that lie in it."""
    require_open([(year.school_id, year.starts_on)])
    if last_on < starts_on:
        raise DomainError("event_order", "结束日要在开始日当天或之后。", field="last_on")
    if starts_on < year.starts_on - dt.timedelta(days=14) or last_on >= year.ends_on:
        raise DomainError("event_outside", f"这几天不在 {year} 学年里，请核对年份。", field="starts_on")


def _grades_of(year: SchoolYear, kind: str, entry_years: Iterable[int]) -> list[int]:
    """The 级 that an entry is for, newest first: those named, else the one whose matter it is (`OF_ONE_GRADE`), else all,
    which is none named. All three named are all, too, and stay named where none would be one."""
    named = sorted(set(entry_years), reverse=True)
    if kind in OF_ONE_GRADE:
        return named or [year.start_year - OF_ONE_GRADE[kind]]
    return [] if len(named) == len(GRADES) else named


def add_event(
    year: SchoolYear,
    *,
    kind: str,
    title: str,
    starts_on: dt.date,
    last_on: dt.date,
    entry_years: Iterable[int],
    actor: Doer,
) -> CalendarEvent:
    """An entry of the calendar, for some grades (`entry_years`) or all; 选科 and 高考 without one are 高一's and 高三's.

    Raises DomainError `event_order`, `event_outside` or `year_closed`.
    """
    _check_days(year, starts_on, last_on)
    grades = _grades_of(year, kind, entry_years)
    with Deed(EVENT_SET, actor, school=year.school_id, title=title) as deed:
        row = CalendarEvent.objects.create(
            year=year, kind=kind, title=title, starts_on=starts_on, last_on=last_on, entry_years=grades
        )
        deed.about = row
    return row


def change_event(
    row: CalendarEvent,
    *,
    kind: str,
    title: str,
    starts_on: dt.date,
    last_on: dt.date,
    entry_years: Iterable[int],
    actor: Doer,
) -> None:
    """Change an entry; what does not change is not written. The windows that it makes change with it.

    Raises what `add_event` raises, and `event_withdrawn`.
    """
    year = row.year
    _check_days(year, starts_on, last_on)
    new = {
        "kind": kind, "title": title, "starts_on": starts_on, "last_on": last_on,
        "entry_years": _grades_of(year, kind, entry_years),
    }  # fmt: skip
    with Deed(EVENT_CHANGED, actor, school=year.school_id, about=row) as deed:
        held = CalendarEvent.objects.select_for_update().filter(pk=row.pk)
        old = held.values(*new).first()
        if old is None:
            raise DomainError("event_withdrawn", "校历里已经没有这一项，可能刚被撤下。还要的话，请再添一项。")
        changed = [name for name in new if new[name] != old[name]]
        if not changed:
            return deed.nothing()
        held.update(**{name: new[name] for name in changed})
        deed.note(
            title=old["title"],
            old={name: old[name] for name in changed},
            new={name: new[name] for name in changed},
        )
    return None


def withdraw_event(row: CalendarEvent, *, actor: Doer) -> None:
    """Take an entry out of the calendar, and with it the windows that it made. Twice changes nothing more.

    The row goes: it is a plan of the school and no fact about a person, nothing refers to it, and every reader wants
    the entries that stand. What it said stays in the audit entry.
    """
    year = row.year
    require_open([(year.school_id, year.starts_on)])
    with Deed(EVENT_WITHDRAWN, actor, school=year.school_id, about=row) as deed:
        held = CalendarEvent.objects.select_for_update().filter(pk=row.pk).first()
        if held is None:
            return deed.nothing()
        held.delete()
        deed.note(
            kind=held.kind,
            title=held.title,
            starts_on=held.starts_on,
            last_on=held.last_on,
            entry_years=held.entry_years,
        )
    return None
