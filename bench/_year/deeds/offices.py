"""Who is in office, and the school's calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bench._year.deeds.kinds import deed
from bench._year.world import World
from liangshi.foundation.base.clock import today
from liangshi.foundation.records.decisions import Decision
from liangshi.registry.access.actions import grants, proposals
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import GrantProposal, RoleGrant, in_force
from liangshi.registry.access.offices import Place as Where
from liangshi.registry.people.choices import StaffState
from liangshi.registry.schools.actions import add_event, change_event, set_term
from liangshi.registry.schools.choices import EventKind
from liangshi.registry.schools.models import CalendarEvent, SchoolYear, Term


@deed("role.proposed", 2)
def _role(w: World) -> str:
    """An empty chair first; else one more, or another holder."""
    leader = w.officer(Role.LEADER, Role.CLERK)
    year = today() + dt.timedelta(300)
    role, cohort = _empty_chair(w) or (w.pick((Role.CLERK, Role.LEADER)), None)
    staff = w.pick([one for one in w.staff() if one.state == StaffState.ON_DUTY])
    who = {"name": staff.person.name, "staff_no": staff.staff_no}
    held = RoleGrant.objects.filter(in_force(today()), school=w.school).select_related(
        "person", "school", "cohort"
    )
    if not _empty_chair(w) and w.chance(0.5):
        former = w.pick(held.order_by("pk"))
        proposals.replace(former, **who, ends_on=year, reason="轮换", actor=leader)
        return f"{staff} for {former}"
    term = Where(school=w.school)
    proposals.propose(
        grants.Term(place=term, role=role, cohort=cohort, ends_on=year, reason="任命"), **who, actor=leader
    )
    return f"{staff} {role} {cohort or ''}"


def _empty_chair(w: World) -> tuple[Role, Any] | None:
    held = list(RoleGrant.objects.filter(in_force(today()), school=w.school).values_list("role", "cohort"))
    roles = [role for role, _ in held]
    for role in (Role.LEADER, Role.CLERK):
        if roles.count(role) < 2:
            return role, None
    for cohort in w.made.cohorts:
        if (Role.GRADE_HEAD, cohort.pk) not in held:
            return Role.GRADE_HEAD, cohort
    return None


@deed("role.decided", 2.5)
def _role_decided(w: World) -> str:
    row = w.pick(
        GrantProposal.objects.filter(state=Decision.ASKED, voided_at__isnull=True, school=w.school)
        .select_related("school", "bureau", "cohort", "person").order_by("pk")
    )  # fmt: skip
    actor = w.officer()
    if w.chance(0.85):
        proposals.agree(row, actor=actor)
        return f"{row} agreed"
    proposals.refuse(row, actor=actor)
    return f"{row} refused"


@deed("role.ended", 0.4)
def _role_ended(w: World) -> str:
    held = RoleGrant.objects.filter(in_force(today()), school=w.school).select_related(
        "person", "school", "cohort"
    )
    row = w.pick(held.order_by("pk"))
    grants.end(row, reason="另有任用", actor=w.leader())
    return f"{row}"


@deed("calendar.event", 0.6)
def _calendar_event(w: World) -> str:
    year = SchoolYear.objects.get(school=w.school, start_year=w.made.year.start_year)
    first = w.ahead(-3, 30)
    add_event(
        year, kind=w.pick((EventKind.MIDTERM, EventKind.MOCK, EventKind.HOLIDAY, EventKind.WORKDAY, EventKind.OTHER)),
        title="临时安排", starts_on=first, last_on=first + dt.timedelta(w.pick((0, 1, 2))),
        entry_years=w.pick(([], [], *([cohort.entry_year] for cohort in w.made.cohorts))), actor=w.clerk(),
    )  # fmt: skip
    return f"{first}"


@deed("calendar.moved", 0.4)
def _calendar_moved(w: World) -> str:
    row = w.pick(CalendarEvent.objects.filter(year__school=w.school, starts_on__gte=today()).order_by("pk"))
    first = row.starts_on + dt.timedelta(w.pick((-3, -1, 1, 4)))
    change_event(
        row, kind=row.kind, title=row.title, starts_on=first, last_on=first + (row.last_on - row.starts_on),
        entry_years=row.entry_years, actor=w.clerk(),
    )  # fmt: skip
    return f"{row.title} {first}"


@deed("calendar.term", 0.1)
def _term(w: World) -> str:
    row = w.pick(
        Term.objects.filter(year__school=w.school, opens_on__gte=today())
        .select_related("year")
        .order_by("pk")
    )
    opens = row.opens_on + dt.timedelta(w.pick((-2, 2)))
    set_term(row.year, row.seq, opens_on=opens, closes_on=row.closes_on, actor=w.clerk())
    return f"{row} {opens}"
