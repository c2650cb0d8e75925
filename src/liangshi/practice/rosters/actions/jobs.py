"""The import journey: upload, confirm the columns, look at the difference, apply it whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping as MappingABC
from uuid import UUID

from liangshi.foundation.audit.actions import Doer, record
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, together
from liangshi.foundation.documents.sheets import DocumentError
from liangshi.practice.rosters.actions.own import ask
from liangshi.practice.rosters.actions.writing import StaffWriter, StudentWriter
from liangshi.practice.rosters.audit import APPLIED, DISCARDED, LEFT_OUT, UPLOADED, WRITTEN
from liangshi.practice.rosters.choices import JOB, MAY_LEAVE_OUT, OPEN_STATES, JobState
from liangshi.practice.rosters.models import ImportJob, StagedFile
from liangshi.practice.rosters.parsing.model import Roster
from liangshi.practice.rosters.parsing.reading import read_roster
from liangshi.practice.rosters.queries.clubs import ClubStep
from liangshi.practice.rosters.queries.jobs import (
    Preview,
    may_be_left_out,
    preview,
    preview_of_job,
    roster_of_job,
)
from liangshi.practice.rosters.queries.own import bringer
from liangshi.practice.rosters.queries.plans import CHANGED, NEW, UNCHANGED, Plan, problem_key
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.actions import begin
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.people.leaving import away, leave
from liangshi.registry.people.models import Club, ClubMember
from liangshi.registry.schools.models import School, SchoolYear

KEPT_FOR = dt.timedelta(days=7)
SHOWN_CHANGES = 2_000  # old → new of one import, as far as the log keeps them


def upload(
    school: School,
    data: bytes,
    file_name: str,
    *,
    kind: str | None,
    year_start: int,
    by: UUID | None,
    actor: Doer,
) -> ImportJob:
    """Examine and read a file, keep it sealed, and open an import. The same open file again, by the same person, is the same
    import: what a colleague has left out stays his choice.

    Raises DomainError with the document's code and sentence when the file cannot be used.
    """
    try:
        roster = read_roster(data, file_name, kind=kind, year_start=year_start)
    except DocumentError as problem:
        raise DomainError(problem.code, problem.message, field="file") from problem
    sha256 = hashlib.sha256(data).hexdigest()
    with Deed(UPLOADED, actor, school=school.pk, rows=roster.row_count) as deed:
        School.objects.select_for_update().get(pk=school.pk)
        held = ImportJob.objects.filter(
            school=school,
            sha256=sha256,
            kind=roster.kind,
            year_start=year_start,
            state__in=OPEN_STATES,
            uploaded_by=by,
        ).first()
        if held:
            deed.nothing()
            return held
        job = ImportJob.objects.create(
            school=school,
            kind=roster.kind,
            file_name=file_name[-120:],
            sha256=sha256,
            year_start=year_start,
            uploaded_by_id=by,
        )
        StagedFile.of(job, data).save()
        deed.about = job
        deed.note(kind=job.kind)
    return job


def confirm_columns(job: ImportJob, answers: MappingABC[str, str | None], *, actor: Doer) -> Preview:
    """Keep what each column means, and look whether the file can be applied that way.

    Raises DomainError: what `roster_of_job` raises, or `invalid_transition` once the import is over.
    """
    _require_open(job)
    roster = roster_of_job(job, answers)
    with together("a file is looked at with other columns"):
        JOB.move(job, "map", answers=dict(answers), left_out=[])
        return _check(job, roster, actor=actor)


def leave_out(job: ImportJob, lines: set[str], *, actor: Doer) -> Preview:
    """Leave lines with a problem out, by choice; further choices add up. Only lines that have a problem count.

    Raises DomainError `whole_or_nothing` for rosters of people, but for a line by which whoever brings it would give
    himself something.
    """
    _require_open(job)
    roster = roster_of_job(job)
    with Deed(LEFT_OUT, actor, school=job.school_id, about=job) as deed:
        found = preview_of_job(job, roster, by=bringer(actor))
        known = {problem_key(problem) for problem in found.problems if may_be_left_out(job.kind, problem)}
        if job.kind not in MAY_LEAVE_OUT and not lines & known:
            raise DomainError(
                "whole_or_nothing",
                f"{job.get_kind_display()}名册要么整份导入，要么不导入。请在文件里改好这些行，再重新上传。",
            )
        chosen = sorted({*job.left_out, *(lines & known)})
        JOB.move(job, "map", left_out=chosen)
        deed.note(lines=chosen)
        return _check(job, roster, actor=actor)


def _check(job: ImportJob, roster: Roster, *, actor: Doer) -> Preview:
    found = preview_of_job(job, roster, by=bringer(actor))
    ImportJob.objects.filter(pk=job.pk).update(problems=len(found.problems), **found.plan.counts)
    if found.applicable:
        JOB.move(job, "check")
    return found


def apply(job: ImportJob, *, seen: str, actor: Doer) -> Plan:
    """Write the file into the registry: all of it, in one transaction, exactly as it was looked at.

    `seen` is the fingerprint of the difference that the clerk saw. Raises DomainError `registry_changed` when
    the difference is another one by now, `invalid_transition` when the import is over, and what `begin` raises.
    """
    _require_open(job)
    roster = roster_of_job(job)
    with together("a roster is written"):
        School.objects.select_for_update().get(pk=job.school_id)
        found = preview_of_job(job, roster, by=bringer(actor))
        if not found.applicable or found.plan.fingerprint != seen:
            raise DomainError(
                "registry_changed",
                "您看过差异之后，学校的名册又有变动，所以这次没有写入任何内容。请看一遍最新的差异，再导入。",
            )
        _carry_out(job, found, actor=actor)
        StagedFile.objects.filter(job=job).delete()
    return found.plan


def apply_file(
    school: School, data: bytes, file_name: str, *, kind: str | None, year_start: int, actor: Doer, dry: bool
) -> Preview:
    """The whole journey at once, for the command line: a file with any problem writes nothing.

    Raises DocumentError when it cannot be read, DomainError when it cannot be written.
    """
    roster = read_roster(data, file_name, kind=kind, year_start=year_start)
    with together("a roster is written"):
        School.objects.select_for_update().get(pk=school.pk)
        found = preview(school, roster, year_start=year_start, by=bringer(actor))
        if found.applicable and not dry:
            job = ImportJob.objects.create(
                school=school,
                kind=roster.kind,
                file_name=file_name[-120:],
                sha256=hashlib.sha256(data).hexdigest(),
                year_start=year_start,
                state=JobState.MAPPED,
            )
            _carry_out(job, found, actor=actor)
    return found


def _carry_out(job: ImportJob, found: Preview, *, actor: Doer) -> None:
    counts = found.plan.counts
    JOB.move(job, "check")
    JOB.move(
        job,
        "apply",
        ended_at=now(),
        problems=0,
        new=counts[NEW],
        changed=counts[CHANGED],
        unchanged=counts[UNCHANGED],
    )
    _write(job.school, found.plan, year_start=job.year_start, obj=str(job.pk), actor=actor)


def _write(school: School, plan: Plan, *, year_start: int, obj: str, actor: Doer) -> None:
    chain, touched = str(school.pk), []
    if plan.kind == "pairs":
        if plan.steps:
            begin(plan.steps, origin=Origin.IMPORTED, actor=actor, chain=chain)
    elif plan.kind == "clubs":
        _write_clubs(school, plan, year_start)
    else:
        writer = (StudentWriter if plan.kind == "students" else StaffWriter)(
            school, plan, year_start=year_start, today=today()
        )
        writer.write()
        touched = writer.touched
        if isinstance(writer, StaffWriter):
            leave(writer.left, actor=actor)
            away(writer.away, actor=actor)
            _ask_another(writer, actor=actor)
    if touched:
        record(WRITTEN, actor, chain=chain, obj=obj, subjects=touched)
    changes = [
        [str(line.target), change.label, change.shown_old, change.shown_new]
        for line in plan.lines
        if line.standing not in (NEW, UNCHANGED)
        for change in line.changes
    ]
    record(
        APPLIED,
        actor,
        chain=chain,
        obj=obj,
        kind=plan.kind,
        counts=plan.counts,
        changes=changes[:SHOWN_CHANGES],
    )


def _ask_another(writer: StaffWriter, *, actor: Doer) -> None:
    """What he would have given himself. The operator at the keyboard is nobody's own."""
    if isinstance(actor, Actor):
        for staff, group in writer.asked:
            ask(staff, group, actor=actor)


def _write_clubs(school: School, plan: Plan, year_start: int) -> None:
    year = SchoolYear.objects.get(school=school, start_year=year_start)
    members = []
    steps: list[ClubStep] = plan.steps
    for step in steps:
        club = step.club or Club(year=year, name=step.name)
        club.adviser = step.adviser or club.adviser
        club.kind = step.kind or club.kind
        club.save()
        members += [ClubMember(club=club, student_id=pk, starts_on=today()) for pk in step.joins]
    ClubMember.objects.bulk_create(members, batch_size=500)


def discard(job: ImportJob, *, actor: Doer) -> None:
    """Give an import up. Its file is erased; nothing was written."""
    with Deed(DISCARDED, actor, school=job.school_id, about=job):
        JOB.move(job, "discard", ended_at=now())
        StagedFile.objects.filter(job=job).delete()


def _require_open(job: ImportJob) -> None:
    job.refresh_from_db(fields=["state"])
    if job.state not in OPEN_STATES:
        raise DomainError(
            "invalid_transition",
            f"这份名册{JobState(job.state).label}，不能再改。需要的话请重新上传。",
        )


def erase_stale() -> int:
    """Give up imports that nobody touched for seven days, and erase their files; returns how many."""
    old = ImportJob.objects.filter(state__in=OPEN_STATES, created_at__lt=now() - KEPT_FOR)
    keys = list(old.values_list("pk", flat=True))
    with together("old imports are given up"):
        old.filter(pk__in=keys).update(state=JobState.DISCARDED, ended_at=now())
        StagedFile.objects.filter(job__in=keys).delete()
    return len(keys)
