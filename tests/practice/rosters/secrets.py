"""What rosters plant: an import whose file names somebody, exports with and without numbers, and posts that somebody
would have given himself: one that waits, one that was refused."""

from __future__ import annotations

from liangshi.foundation.base.clock import today
from liangshi.foundation.records.decisions import Decision
from liangshi.practice.rosters.actions.jobs import upload
from liangshi.practice.rosters.models import OwnPost
from tests.walk.world import Side

PUBLIC = {
    "rosters.ImportJob.sha256": "a digest",
    "rosters.ImportJob.answers": "headings and keys of fields",
    "rosters.ImportJob.left_out": "sheets and line numbers",
    "rosters.OwnPost.asked_as": "the code of a hat",
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
    _own_posts(side)


def _own_posts(side: Side) -> None:
    def asked(**fields: object) -> OwnPost:
        return OwnPost.objects.create(
            school=side.troupe.school, staff=side.posts["clerk"], class_group=side.troupe.class_2,
            asked_on=today(), asked_by=side.people["clerk"], asked_as="clerk", **fields,
        )  # fmt: skip

    why = side.mark("rosters.OwnPost.reason", "office")
    refused = {"state": Decision.REFUSED, "decided_by": side.people["leader"], "decided_on": today()}
    rows = (asked(), asked(reason=why, **refused))
    for step in ("agree", "refuse"):
        side.keys(f"rosters:{step}", *((row, "office") for row in rows))
    side.send("rosters:refuse", reason="没有这项任命")
