"""What rosters plant: an import whose file names somebody, and exports with and without numbers."""

from __future__ import annotations

from liangshi.practice.rosters.actions.jobs import upload
from tests.walk.world import Side

PUBLIC = {
    "rosters.ImportJob.sha256": "a digest",
    "rosters.ImportJob.answers": "headings and keys of fields",
    "rosters.ImportJob.left_out": "sheets and line numbers",
}


def plant(side: Side) -> None:
    name = side.mark("rosters.StagedFile.sealed", "clerks")
    file_name = side.mark("rosters.ImportJob.file_name", "clerks")
    known = side.student
    text = (
        f"姓名,性别,学号,班级\n{name},女,000901,高一(1)班\n"
        f"{known.person.name},男,{known.school_no},高一(1)班\n"  # whom the difference names
    )
    clerk = side.actor("clerk")
    job = upload(
        side.troupe.school, text.encode(), f"{file_name}.csv", kind="students",
        year_start=side.troupe.year.start_year, by=clerk.person_id, actor=clerk,
    )  # fmt: skip
    side.keys("import", (job, "clerks"))
    links = {link.person_id: link for link in side.student.guardian_links.all()}
    for route in ("guardian_end", "guardian_restrict"):
        side.keys(f"rosters:{route}", *((link, "clerks") for link in links.values()))
    for what in ("students", "staff"):
        side.send("rosters:export_full", what=what, reason="年度核对用")
