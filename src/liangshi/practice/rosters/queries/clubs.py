"""The plan of a club roster: clubs of one academic year, with adviser and members."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from liangshi.practice.rosters.parsing.model import ClubRow, Roster
from liangshi.practice.rosters.queries.pairs import People
from liangshi.practice.rosters.queries.plans import Change, Line, Plan
from liangshi.registry.people.choices import ClubKind
from liangshi.registry.people.models import Club, ClubMember, Staff
from liangshi.registry.schools.models import School, SchoolYear

KIND_OF = {str(label): value for value, label in ClubKind.choices}


@dataclass
class ClubStep:
    """One club. `club` None: it is new. `adviser` None: it stays as it is."""

    name: str
    kind: str
    club: Club | None
    adviser: Staff | None
    joins: list[UUID] = field(default_factory=list)


def plan_clubs(school: School, roster: Roster, *, year_start: int, today: dt.date) -> Plan:
    """Works out which clubs and members are new. Members whom the file does not name stay. Writes nothing."""
    rows = [row for row in roster.rows if isinstance(row, ClubRow)]
    plan = Plan("clubs", problems=list(roster.problems))
    people = People(plan, school, year_start=year_start, today=today)
    year = SchoolYear.objects.filter(school=school, start_year=year_start).first()
    if year is None and rows:
        people.problem(
            rows[0], "club", "社团名称", rows[0].club, "no_year",
            f"还没有建立 {year_start}-{year_start + 1} 学年。请先在校历里建立，再导入社团。",
        )  # fmt: skip
        return plan
    clubs = {club.name: club for club in Club.objects.filter(year=year).select_related("adviser__person")}
    members: dict[UUID, dict[UUID, UUID]] = defaultdict(dict)
    for member in ClubMember.objects.filter(club__year=year, ends_on__isnull=True):
        members[member.club_id][member.student_id] = member.pk
    steps: dict[str, ClubStep] = {}
    for row in rows:
        step = steps.get(row.club)
        if step is None:
            step = _club(people, row, clubs.get(row.club))
            if step is None:
                continue
            steps[row.club] = step
            plan.steps.append(step)
            plan.lines.append(_club_line(row, step))
        if row.student or row.national_no:
            _member(people, plan, row, step, members[step.club.pk] if step.club else {})
    return plan


def _club(people: People, row: ClubRow, club: Club | None) -> ClubStep | None:
    if row.kind and row.kind not in KIND_OF:
        people.problem(
            row, "kind", "类别", row.kind, "bad_club_kind", f"看不懂这个类别。请从这些里选：{'、'.join(KIND_OF)}。"
        )  # fmt: skip
        return None
    if not row.adviser and club is None:
        people.problem(
            row, "adviser", "指导教师", "", "missing_value", "新社团缺少指导教师。请补上后再上传。"
        )
        return None
    adviser = people.teacher(row, "adviser", "指导教师", row.adviser) if row.adviser else None
    if row.adviser and adviser is None:
        return None
    return ClubStep(row.club, KIND_OF.get(row.kind, ""), club, adviser)


def _club_line(row: ClubRow, step: ClubStep) -> Line:
    changes = []
    if step.club and step.adviser and step.club.adviser_id != step.adviser.pk:
        changes.append(Change("指导教师", step.club.adviser.person.name, step.adviser.person.name))
    if step.club and step.kind and step.club.kind != step.kind:
        changes.append(Change("类别", step.club.get_kind_display(), str(ClubKind(step.kind).label)))
    told = f"{step.kind} {step.adviser and step.adviser.pk}"
    return Line(row.place, step.name, "社团", step.club.pk if step.club else None, tuple(changes), told=told)


def _member(people: People, plan: Plan, row: ClubRow, step: ClubStep, held: dict[UUID, UUID]) -> None:
    pupil = people.student(row)
    if pupil is None or pupil.pk in step.joins:
        return
    if pupil.pk not in held:
        step.joins.append(pupil.pk)
    group = pupil.class_name.display(year_start=people.year_start)
    plan.lines.append(
        Line(row.place, f"{step.name} · {pupil.name}", group, held.get(pupil.pk), told=str(pupil.pk))
    )
