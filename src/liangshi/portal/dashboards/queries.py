"""Bureaus, schools, grants and years as an actor may see them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, Model, OuterRef, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import GuardedQuerySet, as_system
from liangshi.foundation.records.decisions import Decision
from liangshi.foundation.records.models import STANDING
from liangshi.oversight.coverage.queries import SchoolFigures, school_figures
from liangshi.portal.dashboards.policy import CALENDAR_READ, ORG_WRITE
from liangshi.registry.access.actions.grants import no_code
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.links import address
from liangshi.registry.access.models import GrantProposal, RoleGrant, in_force
from liangshi.registry.access.offices import Office, Place, office_at, place_of
from liangshi.registry.access.permissions import GRANT_CONFIRM, GRANT_WRITE
from liangshi.registry.access.policy import OFFICE, Permission, allows
from liangshi.registry.accounts.models import Account
from liangshi.registry.schools.grades import GRADES, grade_name, year_start_of
from liangshi.registry.schools.models import Bureau, CalendarEvent, Cohort, School, SchoolYear, Term
from liangshi.registry.schools.moments import Window
from liangshi.registry.schools.queries import windows_by_grade

M = TypeVar("M", bound=Model)
PAST = 30  # lines of what is over
ENDS_SOON = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Branch:
    """A bureau and the schools it governs; `staffed` when somebody holds a role there today."""

    bureau: Bureau
    schools: tuple[tuple[School, bool], ...]
    staffed: bool


def org_tree() -> list[Branch]:
    """The city first, then the counties, each with its schools. Three questions."""
    grants = RoleGrant.objects.as_system("whether anybody holds a role there")
    live = grants.filter(in_force(today())).values_list("school_id", "bureau_id")
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


def _at(model: type[M], place: Place) -> GuardedQuerySet[M]:
    manager: Any = model.objects  # type: ignore[attr-defined]
    held: GuardedQuerySet[M] = (
        manager.of(school=place.school) if place.school else manager.of(bureau=place.bureau)
    )
    return held


NAMES = ("person", "proposed_by", "decided_by", "ended_by", "cohort", "school", "bureau")


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds what, and what the reader may do with it: `own` is his own, `code` that he hands out the way in."""

    grant: RoleGrant
    own: bool
    heads: bool  # a role in which one gives roles here
    code: bool
    slip_url: str  # where two give him a slip


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a decision: whether the reader takes it (`mine`), has proposed it (`own`), else who decides."""

    proposal: GrantProposal
    mine: bool
    own: bool
    by: str


@dataclass(frozen=True, slots=True)
class Roles:
    """The page of a place: who is in office, what waits, what is past."""

    held: list[Held]
    waiting: list[Waiting]
    past: list[RoleGrant]
    turned_down: list[GrantProposal]
    empty: bool  # nobody, ever: the next one is the first


def roles_at(actor: Actor, place: Place) -> Roles:
    """As many questions however many there are."""
    with as_system("who decides about roles at a place in hand"):
        office = office_at(place)
    grants = list(
        _at(RoleGrant, place).filter(in_force(today())).select_related(*NAMES).order_by("role", "starts_on")
    )
    asleep = _not_activated(grants)
    writes = allows(actor.role, GRANT_WRITE)
    held = [
        Held(
            grant,
            own=grant.person_id == actor.person_id,
            heads=office.may_propose(grant.person_id, grant.role),
            code=writes
            and (grant.person_id in asleep or place.bureau is not None)
            and not no_code(grant, office, actor),
            slip_url=address(actor, "slips:officer", grant.pk) if grant.role in OFFICE else "",
        )
        for grant in grants
    ]
    proposals = _at(GrantProposal, place).select_related("person", "asked_by", "former__person", "cohort")
    turned_down = proposals.exclude(STANDING, state__in=[Decision.ASKED, Decision.AGREED])
    return Roles(
        held,
        [_waiting(row, office, actor) for row in proposals.filter(STANDING, state=Decision.ASKED)],
        _past(place),
        list(turned_down.order_by("-created_at")[:PAST]),
        office.empty,
    )


def _waiting(row: GrantProposal, office: Office, actor: Actor) -> Waiting:
    mine = not office.refusal(row, actor.person_id, actor.role)
    return Waiting(row, mine, row.asked_by_id == actor.person_id, office.decided_by(row))


def _past(place: Place) -> list[RoleGrant]:
    over = _at(RoleGrant, place).exclude(in_force(today())).filter(starts_on__lte=today())
    return list(over.select_related(*NAMES).order_by("-ends_on", "-starts_on")[:PAST])


def _not_activated(grants: list[RoleGrant]) -> set[UUID]:
    accounts = Account.objects.filter(
        person__in=[grant.person_id for grant in grants], password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    return set(accounts.values_list("person_id", flat=True))


def _reached(model: type[M], actor: Actor, permission: Permission[School]) -> GuardedQuerySet[M]:
    """Those at schools for which the actor has the permission; for the city, at bureaus too."""
    manager: Any = model.objects  # type: ignore[attr-defined]
    held: GuardedQuerySet[M] = manager.of(school=School.objects.seen_by(actor, permission))
    return held | manager.of(bureau=_bureaus()) if allows(actor.role, ORG_WRITE) else held


def grant_for(actor: Actor, pk: UUID) -> RoleGrant | None:
    """A grant of today at a place whose grants the actor proposes."""
    held = _reached(RoleGrant, actor, GRANT_WRITE).filter(in_force(today()), pk=pk)
    return held.select_related(*NAMES).first()


def proposals(actor: Actor, permission: Permission[School] = GRANT_CONFIRM) -> GuardedQuerySet[GrantProposal]:
    held = _reached(GrantProposal, actor, permission)
    return held.select_related("person", "former__person", "school", "bureau", "cohort")


def mine_to_decide(actor: Actor) -> list[tuple[Place, int]]:
    """The places at which proposals wait for the actor, with how many."""
    waiting: dict[tuple[UUID | None, UUID | None], list[GrantProposal]] = defaultdict(list)
    for row in proposals(actor).filter(STANDING, state=Decision.ASKED).exclude(asked_by=actor.person_id):
        waiting[row.school_id, row.bureau_id].append(row)
    found = []
    for rows in waiting.values():
        place = place_of(rows[0])
        with as_system("who decides about roles at a place in hand"):
            office = office_at(place)
        number = sum(not office.refusal(row, actor.person_id, actor.role) for row in rows)
        found.append((place, number))
    return [(place, number) for place, number in found if number]


def ending_soon(actor: Actor) -> list[RoleGrant]:
    """What ends within thirty days and nobody has proposed to extend or replace: at the actor's school; for the city, of
    bureaus and of the schools' leaders."""
    held = _reached(RoleGrant, actor, GRANT_WRITE).filter(in_force(today()), ends_on__lte=today() + ENDS_SOON)
    if actor.role == Role.CITY:
        held = held.exclude(role__in=[Role.CLERK, Role.GRADE_HEAD])
    proposed = GrantProposal.objects.filter(STANDING, state=Decision.ASKED, former=OuterRef("pk"))
    return list(held.filter(~Exists(proposed)).select_related(*NAMES).order_by("ends_on"))


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
    """The calendar's entries with the grades they are for, 「高一、高二」 ("" for all)."""
    return [
        (row, "、".join(grade_name(entry, year.start_year) for entry in row.entry_years))
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
