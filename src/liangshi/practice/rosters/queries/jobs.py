"""Imports, and what the one at hand would do now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.guard import as_system
from liangshi.foundation.documents.sheets import DocumentError
from liangshi.practice.rosters.choices import GIVES, MAY_LEAVE_OUT, OWN
from liangshi.practice.rosters.models import ImportJob, StagedFile
from liangshi.practice.rosters.parsing.model import Mapping, Problem, Roster
from liangshi.practice.rosters.parsing.reading import read_roster
from liangshi.practice.rosters.policy import ROSTER_IMPORT
from liangshi.practice.rosters.queries.clubs import plan_clubs
from liangshi.practice.rosters.queries.pairs import plan_pairs
from liangshi.practice.rosters.queries.plans import CHANGED, NEW, UNCHANGED, Plan, line_key, problem_key
from liangshi.practice.rosters.queries.staff import plan_staff
from liangshi.practice.rosters.queries.students import plan_students
from liangshi.practice.rosters.report import Report, report_of
from liangshi.registry.access.actor import Actor
from liangshi.registry.schools.models import School

PLANNERS: dict[str, Callable[..., Plan]] = {
    "students": plan_students,
    "staff": plan_staff,
    "pairs": plan_pairs,
    "clubs": plan_clubs,
}
OF_THE_WHOLE_FILE = frozenset({"missing_column", "column_twice", "more_problems", "no_year"})


def imports(actor: Actor) -> QuerySet[ImportJob]:
    """The imports of his school, newest first."""
    return ImportJob.objects.seen_by(actor, ROSTER_IMPORT).select_related("uploaded_by")


def import_for(actor: Actor, pk: UUID) -> ImportJob | None:
    return imports(actor).select_related("school").filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Preview:
    """A read file against the registry of this moment."""

    roster: Roster
    plan: Plan

    @property
    def problems(self) -> list[Problem]:
        return self.plan.problems

    @property
    def applicable(self) -> bool:
        return not self.plan.problems and bool(self.plan.lines)

    @property
    def report(self) -> Report:
        counts = self.plan.counts
        found = report_of(self.roster, new=counts[NEW], changed=counts[CHANGED], unchanged=counts[UNCHANGED])
        return replace(found, problems=tuple(self.plan.problems))


def preview(
    school: School, roster: Roster, *, year_start: int, by: UUID | None, left_out: list[str] | None = None
) -> Preview:
    """What the roster would do, without the lines that were left out by choice. `by`: who brings it and gives himself
    no hat by it; None: the operator."""
    chosen = set(left_out or ())
    kept = replace(
        roster,
        rows=tuple(row for row in roster.rows if line_key(row.place.sheet, row.place.row) not in chosen),
        problems=tuple(problem for problem in roster.problems if problem_key(problem) not in chosen),
    )
    day: dt.date = today()
    whose = {"by": by} if roster.kind in GIVES else {}
    with as_system("a roster is compared with all that the school holds"):
        return Preview(kept, PLANNERS[roster.kind](school, kept, year_start=year_start, today=day, **whose))


def roster_of_job(job: ImportJob, answers: MappingABC[str, str | None] | None = None) -> Roster:
    """The staged file, read with these answers (default: the clerk's own).

    Raises DomainError: the document's refusal, or `file_erased` once the import is over.
    """
    try:
        return read_roster(
            job.staged.data,
            job.file_name,
            kind=job.kind,
            year_start=job.year_start,
            mapping=Mapping.of(job.answers if answers is None else answers),
        )
    except StagedFile.DoesNotExist as gone:
        raise DomainError("file_erased", "这次导入已经结束，文件已从服务器删除。请重新上传。") from gone
    except DocumentError as problem:
        raise DomainError(problem.code, problem.message) from problem


def preview_of_job(job: ImportJob, roster: Roster | None = None, *, by: UUID | None = None) -> Preview:
    read = roster or roster_of_job(job)
    return preview(job.school, read, year_start=job.year_start, by=by, left_out=job.left_out)


def may_be_left_out(kind: str, problem: Problem) -> bool:
    """Whether the clerk may choose to leave this problem's line out."""
    return problem.code in OWN or (kind in MAY_LEAVE_OUT and problem.code not in OF_THE_WHOLE_FILE)
