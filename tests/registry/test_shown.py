"""What the page 「谁看过」 of a student tells the office, held against what other screens promise of it.

Every entry type stands here once: where a screen promises silence, with the sentence that promises it; where its line
would only be noise; or with those of which the office may know all. A new type that stands nowhere fails.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client

from liangshi.foundation.audit.actions import Machine
from liangshi.foundation.audit.models import Entry
from liangshi.foundation.audit.types import TYPES, Shown
from liangshi.foundation.base.clock import today
from liangshi.foundation.deeds import noted
from liangshi.registry.access.audit import LIST_TAKEN
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import PERMISSIONS, READS
from liangshi.registry.mentorships.models import Mentorship
from tests.architecture.tree import CODE
from tests.asking import SignIn, html_of
from tests.cast import Cast
from tests.practice.relations.bonds import Bonds

SINCE = dt.datetime(2026, 10, 14, 4, 30, tzinfo=dt.UTC)  # 12:30 here

pytestmark = [pytest.mark.django_db, pytest.mark.both]

# Sentence of a screen or of a note in the table of rights → what it is promised of.
PROMISED: dict[str, dict[Shown, str]] = {
    "不用向任何人解释，导师也不会知道是你提的": {
        Shown.NOT: "change.asked change.moved change.read change.form change.offers relations.opened"
        " concern.raised concern.moved concern.read concern.form",
        Shown.MONTH_ALONE: "mentorship.replaced",  # its doer may be the student himself
    },
    "换好以后，大家只看到「导师调整」": {
        Shown.MONTH_ALONE: "mentorship.replaced",
        Shown.NOT: "change.swapped",
    },
    "没有按老师的数字；学生没同意的，导师本人在办公室也看不到": {
        Shown.NOT: "unmet.said unmet.contacted unmet.read"
    },
    "学生和家长都看不到；学校办公室只看人数": {
        Shown.NOT: "answer.saved answer.read wish.objected wish.objection_withdrawn"
    },
    "只有自己看得到，不计数，不导出；结对结束当天起自己也看不到": {
        Shown.NOT: "note.read note.changed note.ended"
    },
    "知道有过谈话（只有月份，没有内容）": {
        Shown.MONTH: "talk.read",  # whoever reads what another has written
        Shown.MONTH_ALONE: "talk.own_read talk.listed talk.saved talk.corrected talk.voided talk.follow_up talk.follow_ups_read",
    },
    "学校办公室和年级组长只知道月份，家长不看": {
        Shown.MONTH_ALONE: "activity.read activity.made activity.held activity.voided"
    },
    "谁上报了重大变故": {Shown.NOT: "life_event.reported", Shown.MONTH: "life_event.moved life_event.listed"},
}
NOISE = "home.opened agenda.opened student.offered"  # whom one meets every day: decision 12
OPEN = """
absence.ended absence.longer absence.proposal_read absence.read absence.registered absence.succeeded
access.granted access.hat access.revoked account.activated account.in_person account.joined account.password
account.proved account.recovery account.reset account.signed_in account.slips agenda.feed_ended
agenda.feed_made burden.cap burden.released burden.required audit.erased access.code access.founded
access.proposed access.refused access.withdrawn account.devices_ended account.pin_ended account.pin_set
career.activity career.activity_removed career.written change.counted city.first_code city.founded demo.loaded
goal.closed goal.opened goal.set guardian.added guardian.ended guardian.freed guardian.restricted
hand_over.asked hand_over.closed hand_over.listed hand_over.read hand_over.written life_event.led life_event.read
list.taken meeting.noted meeting.read mentor.back mentor.exempted mentor.exemption_ended mentor.left_out
mentor.profile mentor.quota mentor.waiting mentorship.begun mentorship.co_begun mentorship.covered mentorship.ended
mentorship.exception mentorship.exception_asked mentorship.exception_refused mentorship.exception_voided mentorship.uncovered
need.approved need.ended need.form need.granted need.proposed need.read need.refused need.renewed need.reopened
need.suggested org.bureau org.school person.corrected policy.changed portrait.cleared portrait.read portrait.written
programme.aborted programme.closed programme.published programme.settled
rollover.rehearsed rollover.reversed rollover.run roster.applied roster.difference roster.discarded roster.exported
roster.exported_full roster.left_out roster.own_post_asked roster.own_post_decided roster.student roster.uploaded roster.written
round.aim_chosen round.changed round.checked round.closed round.compared round.confirmed round.created round.failed
round.fairness_seen round.mentors_asked round.move_undone round.moved round.moves_undone round.opened
round.proof_taken round.proposal_read round.proposed round.published round.quota round.refreshed round.result_read
round.run round.student_left round.students round.voided shine.listed shine.voided shine.written
slips.asked slips.decided slips.listed slips.printed slips.read slips.stopped
staff.listed staff.state student.class student.contact student.found student.listed student.log student.opened
student.state subjects.chosen subjects.window talk.blind_spots wish.club_chosen wish.corrected wish.read wish.saved
year.closed year.event year.event_changed year.event_withdrawn year.in_force year.made year.reopened year.term
"""
WANTED = (
    dict.fromkeys(OPEN.split(), Shown.ALL)
    | dict.fromkeys(NOISE.split(), Shown.NOT)
    | {code: way for ways in PROMISED.values() for way, codes in ways.items() for code in codes.split()}
)


def test_every_type_is_shown_as_far_as_the_screens_promise() -> None:
    assert {code: each.shown for code, each in TYPES.items() if not code.startswith("test.")} == WANTED


def test_the_promises_stand_on_the_screens() -> None:
    said = "\n".join(path.read_text(encoding="utf-8") for path in CODE.glob("*/*/templates/**/*.html"))
    said += "\n".join(f"{rule.label}\n{rule.note}" for rule in PERMISSIONS.values())
    assert [words for words in PROMISED if words not in said] == []


def test_a_file_of_a_list_tells_no_more_than_the_list() -> None:
    """`LIST_TAKEN` is shown with day and name, and says which list it was."""
    files = {route: [each.shown for each in held] for route, held in READS.items() if LIST_TAKEN in held}
    assert files
    assert {route for route, ways in files.items() if set(ways) != {Shown.ALL}} == set()


def log(client: Client, cast: Cast, query: str = "") -> tuple[str, list[list[Any]]]:
    """The page, and the rows of its Excel twin below the heading."""
    url = f"/students/{cast.own.student.pk}/log"
    page = client.get(f"{url}?{query}")
    assert page.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{url}?{query}&format=xlsx").content))
    rows = [[cell.value for cell in row] for row in book.active.rows]  # type: ignore[union-attr]
    return html_of(page), rows[1:]


def test_page_and_file_keep_what_was_promised_whoever_did_it(sign_in: SignIn, cast: Cast) -> None:
    """Each type is written by somebody of its own; neither a filter nor the order finds those who are not named."""
    school, subjects = str(cast.own.school.pk), [cast.own.student.pk]
    quiet = [each for each in TYPES.values() if each.shown != Shown.ALL]
    with time_machine.travel(SINCE, tick=False):
        for number, entry in enumerate(quiet):
            noted(entry, Machine(f"行为人{number}甲", school, f"身份{number}甲"), subjects=subjects)
    with time_machine.travel(SINCE + dt.timedelta(40)):
        page, rows = log(sign_in("leader"), cast)
        for number, entry in enumerate(quiet):
            name, told = f"行为人{number}甲", entry.shown
            lines = [row for row in rows if row[3] == entry.label]
            assert (name in page) is (name in str(rows)) is (told == Shown.MONTH), entry.code
            assert [row[0] for row in lines] == ([] if told == Shown.NOT else ["2026 年 10 月"]), entry.code
            assert (f"身份{number}甲" in str(lines)) is (told == Shown.MONTH), entry.code


def test_a_filter_finds_nobody_whom_the_log_does_not_name(sign_in: SignIn, cast: Cast) -> None:
    mentor = cast.actor("mentor")
    for code in ("talk.saved", "talk.read", "mentorship.replaced", "student.opened"):
        noted(TYPES[code], mentor, subjects=[cast.own.student.pk])
    page, rows = log(sign_in("clerk"), cast, f"who={mentor.account_id}")
    assert {row[3] for row in rows} == {"打开谈心谈话", "打开学生页面"}
    assert "导师调整</td>" not in page
    secret = cast.actor("second", Role.MENTOR)
    noted(TYPES["talk.saved"], secret, subjects=[cast.own.student.pk])
    assert str(secret.account_id) not in log(sign_in("clerk"), cast)[0]


def test_the_log_does_not_say_that_a_student_has_changed_his_mentor_himself(
    sign_in: SignIn, bonds: Bonds
) -> None:
    bonds.since(today())  # his trial
    bonds.ask(wished=bonds.post("second"))
    assert Mentorship.objects.filter(student=bonds.own.student).count() == 2  # granted at once
    assert Entry.objects.get(type="mentorship.replaced").actor == bonds.student.name
    for reader in ("clerk", "leader"):
        page, rows = log(sign_in(reader), bonds.cast)
        assert "换导师" not in page + str(rows)
        assert [row[1:3] for row in rows if row[3] == "导师调整"] == [["不列出", "不列出"]]
        assert not any(bonds.student.name in row[1] for row in rows)


def test_the_order_of_lines_does_not_tell_who_wrote(sign_in: SignIn, cast: Cast) -> None:
    """The author opens what he has just corrected: his name beside the correction would name him."""
    own = ("talk.saved", "talk.corrected", "talk.own_read", "talk.voided")
    others = ("leader", "adviser")
    actors = {name: cast.actor(name) for name in ("mentor", *others)}
    orders = ((*own, *others), (*others, *own), (own[0], others[0], *own[1:], others[1]))
    days = [SINCE - dt.timedelta(days=31 * number) for number in range(len(orders))]
    for day, order in zip(days, orders, strict=True):
        with time_machine.travel(day, tick=False):
            for step in order:
                kind, name = (step, "mentor") if "." in step else ("talk.read", step)
                noted(TYPES[kind], actors[name], subjects=[cast.own.student.pk])
    _, rows = log(sign_in("clerk"), cast)
    first, *rest = [[row[1:] for row in rows if row[0] == f"{day:%Y} 年 {day.month} 月"] for day in days]
    assert len(first) == len(own) + len(others)
    assert rest == [first, first]
    assert not any(actors["mentor"].name in str(row) for row in first)
