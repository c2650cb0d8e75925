"""Bureaus, schools, grants and years as an actor may see them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.base.models import span_at
from liangshi.oversight.coverage.queries import SchoolFigures, school_figures
from liangshi.portal.dashboards.policy import CALENDAR_READ, GRANT_WRITE, ORG_WRITE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.policy import Permission, allows
from liangshi.registry.schools.grades import GRADES, grade_name, year_start_of
from liangshi.registry.schools.models import Bureau, CalendarEvent, Cohort, School, SchoolYear, Term
from liangshi.registry.schools.moments import Window
from liangshi.registry.schools.queries import windows_by_grade


@dataclass(frozen=True, slots=True)
class Branch:
    """A bureau and the schools it governs; `staffed` when somebody holds a role there today."""

    bureau: Bureau
    schools: tuple[tuple[School, bool], ...]
    staffed: bool


def org_tree() -> list[Branch]:
    """The city first, then the counties, each with its schools. Three questions."""
    grants = RoleGrant.objects.as_system("whether anybody holds a role there")
    live = grants.filter(span_at(today())).values_list("school_id", "bureau_id")
    staffed = {key for pair in live for key in pair if key}
    by_bureau: dict[UUID, list[tuple[School, bool]]] = defaultdict(list)
    for school in School.objects.order_by("code"):
        by_bureau[school.bureau_id].append((school, school.pk in staffed))
    bureaus = Bureau.objects.order_by("parent_id", "region_code", "official_name")
    return [
        Branch(bureau, tuple(by_bureau[bureau.pk]), bureau.pk in staffed)
        for bureau in sorted(bureaus, key=lambda row: row.parent_id is not None)
    ]


def counties() -> QuerySet[Bureau]:
    return Bureau.objects.filter(parent__isnull=False)


def bureau_for(pk: UUID) -> Bureau | None:
    return _bureaus().filter(pk=pk).first()


def _bureaus() -> GuardedQuerySet[Bureau]:
    return Bureau.objects.as_system("who may give their roles sees all of them")


def school_for(actor: Actor, pk: UUID, permission: Permission[School]) -> School | None:
    return School.objects.seen_by(actor, permission).filter(pk=pk).select_related("bureau").first()


def figures_of(actor: Actor, pk: UUID) -> SchoolFigures | None:
    """One school's figures, of those the actor may see."""
    return next((row for row in school_figures(actor) if row.school.pk == pk), None)


def grants_at(*, school: School | None = None, bureau: Bureau | None = None) -> QuerySet[RoleGrant]:
    """Who holds which role at a place today."""
    held = RoleGrant.objects.of(school=school) if school else RoleGrant.objects.of(bureau=bureau or [])
    return (
        held.filter(span_at(today()))
        .select_related("person", "decided_by", "cohort")
        .order_by("role", "starts_on")
    )


def grant_for(actor: Actor, pk: UUID) -> RoleGrant | None:
    """A grant at a school whose grants the actor gives; for the city, at a bureau too."""
    held = RoleGrant.objects.of(school=School.objects.seen_by(actor, GRANT_WRITE))
    if allows(actor.role, ORG_WRITE):
        held |= RoleGrant.objects.of(bureau=_bureaus())
    return held.filter(span_at(today()), pk=pk).select_related("person").first()


def cohorts_of(school: School) -> QuerySet[Cohort]:
    return Cohort.objects.filter(school=school)


def years_of(actor: Actor) -> list[SchoolYear]:
    """The years of the actor's school, newest first."""
    return list(SchoolYear.objects.filter(school__in=School.objects.seen_by(actor, CALENDAR_READ)))


def year_for(actor: Actor, pk: UUID, permission: Permission[School] = CALENDAR_READ) -> SchoolYear | None:
    return (
        SchoolYear.objects.filter(school__in=School.objects.seen_by(actor, permission), pk=pk)
        .select_related("school")
        .first()
    )


def events_of(year: SchoolYear) -> list[tuple[CalendarEvent, str]]:
    """The calendar's entries with the grade they are for ("" for all)."""
    return [
        (row, grade_name(row.entry_year, year.start_year) if row.entry_year else "")
        for row in CalendarEvent.objects.filter(year=year)
    ]


def event_of(year: SchoolYear, pk: UUID) -> CalendarEvent | None:
    return CalendarEvent.objects.filter(year=year, pk=pk).select_related("year").first()


GradesWindow = tuple[Window, str]  # a window and the grades that have it


def windows_of(year: SchoolYear, *, without: Collection[UUID] = ()) -> list[GradesWindow]:
    """The key-moment windows of the year, each with the grades that have it; `without` some entries, if asked."""
    grades: dict[Window, list[str]] = defaultdict(list)
    for start, entry_year, window in windows_by_grade(year.school_id, [year.start_year], without=without):
        grades[window].append(grade_name(entry_year, start))
    return [
        (window, "全校" if len(names) == len(GRADES) else "、".join(names))
        for window, names in sorted(grades.items(), key=lambda pair: pair[0].opens_on)
    ]


def windows_lost(event: CalendarEvent) -> tuple[list[GradesWindow], list[GradesWindow]]:
    """The windows that go when this entry is withdrawn, and those that come in their place."""
    now, then = windows_of(event.year), windows_of(event.year, without=[event.pk])
    return [each for each in now if each not in then], [each for each in then if each not in now]


def running_term(actor: Actor, day: dt.date) -> dt.date:
    """The first day of the term that runs (or ran last) at the actor's school; 1 September where none is entered."""
    opened = Term.objects.filter(year__school=actor.own_school, opens_on__lte=day).order_by("-opens_on")
    found = opened.values_list("opens_on", flat=True).first()
    return found or dt.date(year_start_of(day), 9, 1)
