"""Rosters into the registry: counts, history, one human one person, twice the same file, all or nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.audit.queries import verify
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.documents.writing import Table, csv_bytes
from liangshi.practice.rosters.actions import jobs
from liangshi.practice.rosters.choices import JobState
from liangshi.practice.rosters.management.commands.import_roster import console
from liangshi.practice.rosters.models import ImportJob, StagedFile
from liangshi.practice.rosters.queries.jobs import preview_of_job
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.accounts.models import Account
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship
from liangshi.registry.mentorships.queries import IN_POOL, staff_of, with_standing
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import (
    ClassPost,
    Club,
    ClubMember,
    Enrolment,
    GuardianLink,
    Person,
    Staff,
    Student,
    StudentSpan,
)
from liangshi.registry.schools.choices import BureauKind, Ownership
from liangshi.registry.schools.models import Bureau, ClassGroup, School, SchoolYear
from tests.cast import guardian

pytestmark = pytest.mark.both

YEAR = 2026
HEADINGS = "学籍号,学号,姓名,班级,监护人1姓名,监护人1关系,监护人1电话"
ZHAO = "L340200201009150001,001,赵一,高一(1)班,赵父,父亲,13800000001"
QIAN = "L340200201009150002,002,钱二,高一(1)班,钱母,母亲,13800000002"


@pytest.fixture(autouse=True)
def in_november_2026():
    with time_machine.travel(dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def school(db: None) -> School:
    city = Bureau.objects.create(kind=BureauKind.CITY, official_name="示范市教育局", short_name="市教育局")
    return School.objects.create(
        code="3134009999", name="示范丙中学", short_name="丙中", ownership=Ownership.PUBLIC, bureau=city
    )


def bring(school: School, source: Path | str, *, kind: str | None = None) -> Any:
    """Import a file, or lines of a CSV."""
    name, data = (
        ("名册.csv", source.encode()) if isinstance(source, str) else (source.name, source.read_bytes())
    )
    return jobs.apply_file(school, data, name, kind=kind, year_start=YEAR, actor=console(school), dry=False)


def lines(*rows: str, headings: str = HEADINGS) -> str:
    return "\n".join((headings, *rows)) + "\n"


def staged(school: School, text: str, kind: str | None = None) -> ImportJob:
    job = jobs.upload(
        school, text.encode(), "名册.csv", kind=kind, year_start=YEAR, by=None, actor=console(school)
    )
    jobs.confirm_columns(job, {}, actor=console(school))
    job.refresh_from_db()
    return job


@pytest.fixture
def full(school: School, roster_file: Callable[[str], Path]) -> School:
    """The school with its 640 students and 58 staff."""
    bring(school, roster_file("national_students.xlsx"))
    bring(school, roster_file("teachers.xlsx"))
    return school


# The files of schools, through the command line


def run(*arguments: str) -> tuple[int, Any]:
    out = StringIO()
    try:
        call_command("import_roster", *arguments, "--json", stdout=out)
        status = 0
    except SystemExit as stopped:
        status = int(str(stopped.code))
    return status, json.loads(out.getvalue())


@pytest.mark.row("G27", "G29")
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("national_students.xlsx", {"students": 640, "classes": 13, "guardians": 1280, "new": 640}),
        ("class_adviser_sheets.xlsx", {"students": 48, "classes": 4, "guardians": 96, "new": 48}),
        ("students_gbk.csv", {"students": 45, "classes": 1, "guardians": 90, "new": 45}),
        ("old_students.xls", {"students": 40, "guardians": 40, "new": 40}),
        ("broken/tall_but_empty.xlsx", {"students": 1, "guardians": 0, "new": 1}),
    ],
)
def test_student_files_come_in_whole_and_the_second_time_changes_nothing(school, roster_file, name, counts):
    path = str(roster_file(name))
    status, report = run(path, "--school", school.code)
    assert status == 0
    assert {key: report[key] for key in counts} == counts
    assert report["problems"] == []
    assert Student.objects.count() == StudentSpan.objects.count() == counts["students"]
    assert GuardianLink.objects.count() == counts["guardians"]
    assert ClassGroup.objects.count() == report["classes"]
    persons, accounts = Person.objects.count(), Account.objects.count()
    assert accounts == persons
    status, again = run(path, "--school", school.code)
    assert status == 0
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, counts["students"])
    assert (Person.objects.count(), Account.objects.count()) == (persons, accounts)
    assert Enrolment.objects.count() == counts["students"]


@pytest.mark.row("R38")
def test_staff_file_fills_the_pool(school, roster_file):
    path = str(roster_file("teachers.xlsx"))
    status, report = run(path, "--school", school.code)
    assert (status, report["staff"], report["new"]) == (0, 58, 58)
    standings = Counter(staff.standing for staff in with_standing(staff_of(school.pk), today()))
    assert standings[IN_POOL] == 54
    assert standings == {IN_POOL: 54, "maternity": 2, "other_post": 2}
    assert len(report["mentor_exceptions"]) == 4
    assert ClassPost.objects.filter(is_adviser=True).count() == 13
    assert MentorPlaces.objects.count() == 58
    assert RoleGrant.objects.count() == 0  # 书记 and 校长 are suggested, not made leaders
    assert Account.objects.filter(login="9999t001").exists()
    _, again = run(path, "--school", school.code)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 58)


@pytest.mark.row("G29")
def test_pairs_are_applied_when_the_three_lines_are_left_out(full, roster_file):
    path = roster_file("existing_pairs.xlsx")
    status, report = run(str(path), "--school", full.code)
    assert status == 1
    assert [(problem["cell"], problem["code"]) for problem in report["problems"]] == [
        ("A42", "unknown_teacher"),
        ("B43", "unknown_student"),
        ("C44", "unknown_class"),
    ]
    assert Mentorship.objects.count() == 0
    actor = console(full)
    job = jobs.upload(full, path.read_bytes(), path.name, kind=None, year_start=YEAR, by=None, actor=actor)
    jobs.confirm_columns(job, {}, actor=actor)
    found = jobs.leave_out(job, {"Sheet!42", "Sheet!43", "Sheet!44", "Sheet!2"}, actor=actor)
    assert found.problems == []
    job.refresh_from_db()
    assert job.left_out == ["Sheet!42", "Sheet!43", "Sheet!44"]  # a sound line cannot be left out
    jobs.apply(job, seen=found.plan.fingerprint, actor=actor)
    assert Mentorship.objects.count() == 40
    assert set(Mentorship.objects.values_list("starts_on", flat=True)) == {dt.date(2026, 9, 20)}
    assert sum(MentorPlaces.objects.values_list("taken", flat=True)) == 40
    # The mended list again: the same 40 pairs, nothing to do.
    again = jobs.upload(full, path.read_bytes(), path.name, kind=None, year_start=YEAR, by=None, actor=actor)
    jobs.confirm_columns(again, {}, actor=actor)
    found = jobs.leave_out(again, {"Sheet!42", "Sheet!43", "Sheet!44"}, actor=actor)
    assert found.plan.counts == {"new": 0, "changed": 0, "unchanged": 40}
    jobs.apply(again, seen=found.plan.fingerprint, actor=actor)
    assert Mentorship.objects.count() == 40


@pytest.mark.row("G27", "G28")
@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("scientific", ["A2", "A3"]),
        ("duplicate_no", ["A3"]),
        ("bad_check_digit", ["A2"]),
        ("unknown_class", ["D2"]),
        ("missing_name", ["A1"]),
        ("empty", [""]),
        ("really_csv", [""]),
        ("corrupt", [""]),
        ("formula", ["B2", "B3"]),
    ],
)
def test_broken_files_write_nothing(school, roster_file, name, cells):
    status, report = run(str(roster_file(f"broken/{name}.xlsx")), "--school", school.code)
    assert status == 1
    assert [problem["cell"] for problem in report["problems"]] == cells
    assert not Student.objects.exists()
    assert not ImportJob.objects.exists()
    assert not ClassGroup.objects.exists()


def test_a_dry_run_compares_and_writes_nothing(school, roster_file):
    path = str(roster_file("students_gbk.csv"))
    status, report = run(path, "--school", school.code, "--dry-run")
    assert (status, report["new"]) == (0, 45)
    assert not Student.objects.exists()
    bring(school, Path(path))
    _, report = run(path, "--school", school.code, "--dry-run")
    assert (report["new"], report["unchanged"]) == (0, 45)


def test_the_command_names_what_is_missing(school, roster_file):
    path = str(roster_file("students_gbk.csv"))
    with pytest.raises(CommandError, match="--school"):
        call_command("import_roster", path)
    with pytest.raises(CommandError, match="没有学校标识码为 0000000000 的学校"):
        call_command("import_roster", path, "--school", "0000000000")


def test_leading_zeros_stay(school, roster_file):
    bring(school, roster_file("students_gbk.csv"))
    assert Student.objects.filter(school_no="001").exists()


def test_a_large_import_takes_a_constant_number_of_queries(school):
    rows = [
        f"L34020020100915{n:04d},{n:04d},学生{_han(n)},高一(1)班,家长{_han(n)},父亲,1380000{n:04d}"
        for n in range(1, 401)
    ]
    counts = []
    for size in (40, 400):
        with CaptureQueriesContext(connection) as few:
            bring(school, lines(*rows[:size]))
        counts.append(len(few))
    assert Student.objects.count() == 400
    # 360 more people need more batches of the same statements, never one statement a person.
    assert counts[1] - counts[0] < 30


def _han(number: int) -> str:
    return "".join("零一二三四五六七八九"[int(digit)] for digit in str(number))


# Who is who


@pytest.mark.row("G27")
def test_one_human_is_one_person(school):
    """A teacher who is a parent, and a mother of twins, are one person each, with one account."""
    bring(school, "工号,姓名,任教学科,手机号码\nT01,李老师,数学,13900000001\n")
    bring(
        school,
        lines(
            "L340200201009150001,001,赵一,高一(1)班,李老师,母亲,13900000001",
            "L340200201009150002,002,赵二,高一(1)班,李老师,母亲,13900000001",
        ),
    )
    teacher = Person.objects.get(name="李老师")
    assert teacher.wards.count() == 2
    assert teacher.posts.count() == 1
    assert teacher.account.login == "9999t01"


@pytest.mark.row("G29")
def test_a_change_ends_one_row_and_begins_another(school):
    bring(school, lines(ZHAO, QIAN))
    job = staged(
        school,
        lines(
            ZHAO.replace("(1)班", "(2)班").replace("13800000001", "13800000009"),
            QIAN,
        ),
    )
    found = preview_of_job(job)
    assert found.plan.counts == {"new": 0, "changed": 1, "unchanged": 1}
    shown = {
        change.label: (change.shown_old, change.shown_new) for change in found.plan.of("changed")[0].changes
    }
    assert shown == {
        "班级": ("高一(1)班", "高一(2)班"),
        "监护人赵父的电话": ("138****0001", "138****0009"),
    }
    jobs.apply(job, seen=found.plan.fingerprint, actor=console(school))
    zhao = Student.objects.get(school_no="001")
    old, new = zhao.enrolments.order_by("created_at")
    assert (old.ends_on, new.starts_on, new.ends_on) == (today(), today(), None)
    assert Person.objects.get(name="赵父").mobile == "13800000009"
    entry = Entry.objects.get(type="roster.applied", object=str(job.pk))
    assert ["138****0001", "138****0009"] in [change[2:] for change in entry.detail["changes"]]
    assert "13800000009" not in json.dumps(entry.detail)
    assert Entry.objects.filter(type="roster.written", subject=str(zhao.pk), object=str(job.pk)).exists()
    assert verify(str(school.pk))[1] is None


def test_somebody_missing_from_the_file_is_listed_and_left_alone(school):
    bring(school, lines(ZHAO, QIAN))
    job = staged(school, lines(ZHAO))
    found = preview_of_job(job)
    assert found.plan.missing == ["钱二（高一(1)班）"]
    jobs.apply(job, seen=found.plan.fingerprint, actor=console(school))
    assert StudentSpan.objects.filter(ends_on__isnull=True).count() == 2


def test_matched_by_number_then_by_name_when_nothing_contradicts(school):
    bring(school, lines("001,赵一,高一(1)班", headings="学号,姓名,班级"))
    # The same boy in the national file: no 学号 there, a 学籍号 here.
    bring(school, lines("L340200201009150001,赵一,高一(1)班", headings="学籍号,姓名,班级"))
    boy = Student.objects.get()
    assert (boy.school_no, boy.national_no) == ("001", "L340200201009150001")
    # Another 学籍号 under the same name and class is another boy.
    bring(school, lines("L340200201009150009,赵一,高一(1)班", headings="学籍号,姓名,班级"))
    assert Student.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("L340200201009150009,001,周五,高一(1)班,,,", "name_mismatch"),
        ("L340200201009150002,001,钱二,高一(1)班,,,", "school_no_taken"),
    ],
)
def test_a_number_of_somebody_else_is_a_problem(school, row, code):
    bring(school, lines(ZHAO, QIAN))
    found = bring(school, lines(row))
    assert [problem.code for problem in found.problems] == [code]
    assert Student.objects.count() == 2


def test_a_guardian_of_two_cannot_have_two_new_phones(school):
    twin = ZHAO.replace("0001,001,赵一", "0003,003,赵三")
    bring(school, lines(ZHAO, twin))
    found = bring(school, lines(ZHAO.replace("13800000001", "13800000007"), twin))
    assert [problem.code for problem in found.problems] == ["phone_conflict"]
    assert Person.objects.get(name="赵父").mobile == "13800000001"


def test_staff_leave_only_when_the_file_says_so(school):
    heads = "工号,姓名,任教学科,状态,所带班级\n"
    bring(school, heads + "T01,李甲,数学,在岗,高一(1)班\nT02,王乙,语文,在岗,\n")
    found = bring(school, heads + "T02,王乙,语文,离职,高一(1)班\n")
    assert found.plan.missing == ["李甲（T01）"]
    states = dict(Staff.objects.values_list("staff_no", "state"))
    assert states == {"T01": StaffState.ON_DUTY, "T02": StaffState.GONE}
    # The class has one adviser at a time; the old place is ended, not overwritten.
    assert ClassPost.objects.get(is_adviser=True, ends_on__isnull=True).staff.staff_no == "T02"
    assert ClassPost.objects.get(is_adviser=True, ends_on__isnull=False).staff.staff_no == "T01"
    renamed = bring(school, heads + "T01,赵丙,数学,在岗,\n")
    assert [problem.code for problem in renamed.problems] == ["name_mismatch"]


PAIRS = "导师,工号,学生,班级,起始时间\n"


@pytest.fixture
def small(school: School) -> School:
    bring(
        school,
        lines(*(f"L34020020100915{n:04d},{n:03d},{name},高一({group})班,,,"
                for n, (name, group) in enumerate([("王明", 1), ("王明", 2), *((f"学生{_han(k)}", 1) for k in range(16))], 1))),
    )  # fmt: skip
    bring(
        school,
        "工号,姓名,任教学科,状态\nT01,李甲,数学,在岗\nT02,李甲,语文,在岗\nT03,王乙,物理,产假\nT04,赵丙,化学,在岗\n",
    )
    return school


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ("李甲,,王明,高一(1)班,2026-09-20", "ambiguous_teacher", "数学 T01、语文 T02"),
        ("李甲,T01,王明,,2026-09-20", "ambiguous_student", "高一(1)班、高一(2)班"),
        ("李甲,T09,王明,高一(1)班,2026-09-20", "unknown_teacher", "没有工号 T09"),
        ("李甲,T01,王明,高一(3)班,2026-09-20", "unknown_class", "没有这个班"),
        ("李甲,T01,王二,高一(1)班,2026-09-20", "unknown_student", "没有在读学生王二"),
        ("王乙,T03,王明,高一(1)班,2026-09-20", "not_in_pool", "产假"),
        ("李甲,T01,王明,高一(1)班,2026-12-20", "bad_date", "今天之间"),
    ],
)
def test_a_pair_that_cannot_be_resolved(small, row, code, words):
    found = bring(small, PAIRS + row + "\n", kind="pairs")
    assert [problem.code for problem in found.problems] == [code]
    assert words in found.problems[0].message
    assert not Mentorship.objects.exists()


@pytest.mark.parametrize("kin", [True, False])
def test_a_pair_that_is_kept_apart_is_not_brought(small, kin):
    child = Student.objects.get(person__name="学生零")
    mentor = Staff.objects.get(staff_no="T01")
    if kin:
        guardian(child, mentor.person)
    else:
        keep_apart(child.pk, [mentor.person_id])
    found = bring(small, PAIRS + "李甲,T01,学生零,高一(1)班,2026-09-20\n", kind="pairs")
    assert [(problem.code, problem.about) for problem in found.problems] == [("not_given", child.pk)]
    assert "请另选一位老师" in found.problems[0].message
    assert not Mentorship.objects.exists()


@pytest.mark.row("R43")
def test_a_sixteenth_student_is_refused_with_the_mentor_and_his_lines(small):
    rows = "".join(f"李甲,T01,学生{_han(k)},高一(1)班,2026-09-20\n" for k in range(16))
    found = bring(small, PAIRS + rows, kind="pairs")
    assert [(problem.code, problem.cell) for problem in found.problems] == [("ratio_exceeded", "A17")]
    assert "李甲老师的名额是 15 人" in found.problems[0].message
    assert "第 2、3、4" in found.problems[0].message
    assert not Mentorship.objects.exists()
    fifteen = "".join(f"李甲,T01,学生{_han(k)},高一(1)班,2026-09-20\n" for k in range(15))
    assert bring(small, PAIRS + fifteen, kind="pairs").plan.count("new") == 15
    other = bring(small, PAIRS + "赵丙,T04,学生零,高一(1)班,2026-09-20\n", kind="pairs")
    assert [problem.code for problem in other.problems] == ["already_has_mentor"]
    assert "李甲老师" in other.problems[0].message


def test_clubs_with_adviser_and_members(small):
    heads = "社团名称,类别,指导教师,成员,班级\n"
    text = heads + "天文社,社团,赵丙,王明,高一(2)班\n天文社,社团,赵丙,学生零,高一(1)班\n"
    assert [problem.code for problem in bring(small, text, kind="clubs").problems] == ["no_year"]
    SchoolYear.objects.create(school=small, start_year=YEAR)
    bring(small, text, kind="clubs")
    assert Club.objects.get().adviser.staff_no == "T04"
    assert ClubMember.objects.count() == 2
    again = bring(small, text, kind="clubs")
    assert (again.plan.count("new"), again.plan.count("changed")) == (0, 0)
    assert ClubMember.objects.count() == 2


# The journey's own promises


@pytest.mark.row("G29")
def test_refused_when_the_registry_changed_since_the_look(school):
    job = staged(school, lines(ZHAO, QIAN))
    seen = preview_of_job(job).plan.fingerprint
    bring(school, lines(ZHAO))  # somebody else was quicker
    with pytest.raises(DomainError) as refusal:
        jobs.apply(job, seen=seen, actor=console(school))
    assert refusal.value.code == "registry_changed"
    assert Student.objects.count() == 1
    job.refresh_from_db()
    assert job.state == JobState.CHECKED
    jobs.apply(job, seen=preview_of_job(job).plan.fingerprint, actor=console(school))
    assert Student.objects.count() == 2


def test_two_clicks_have_one_effect(school):
    job = staged(school, lines(ZHAO))
    seen = preview_of_job(job).plan.fingerprint
    jobs.apply(job, seen=seen, actor=console(school))
    with pytest.raises(DomainError) as refusal:
        jobs.apply(job, seen=seen, actor=console(school))
    assert refusal.value.code == "invalid_transition"
    assert Student.objects.count() == 1
    assert Entry.objects.filter(type="roster.applied").count() == 1


def test_all_or_nothing(school, monkeypatch):
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the last step")

    monkeypatch.setattr("liangshi.practice.rosters.actions.writing.ensure_accounts", fails)
    job = staged(school, lines(ZHAO, QIAN))
    with pytest.raises(RuntimeError, match="the last step"):
        jobs.apply(job, seen=preview_of_job(job).plan.fingerprint, actor=console(school))
    assert not Student.objects.exists()
    assert not ClassGroup.objects.exists()
    job.refresh_from_db()
    assert job.state == JobState.CHECKED
    assert StagedFile.objects.filter(job=job).exists()


def test_the_file_is_sealed_and_erased(school):
    kept = staged(school, lines(ZHAO))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM rosters_stagedfile")
        assert "赵一" not in cursor.fetchone()[0]
    jobs.apply(kept, seen=preview_of_job(kept).plan.fingerprint, actor=console(school))
    dropped = staged(school, lines(QIAN))
    jobs.discard(dropped, actor=console(school))
    assert not StagedFile.objects.exists()
    forgotten = staged(school, lines(QIAN))
    assert jobs.erase_stale() == 0
    with time_machine.travel(dt.datetime(2026, 12, 1, 10, 0, tzinfo=dt.UTC)):
        assert jobs.erase_stale() == 1
    forgotten.refresh_from_db()
    assert forgotten.state == JobState.DISCARDED
    assert not StagedFile.objects.exists()


def test_a_roster_of_people_is_whole_or_nothing(school):
    job = staged(school, lines(ZHAO, "坏号码,003,周五,高一(1)班,,,"))
    assert job.state == JobState.MAPPED
    with pytest.raises(DomainError) as refusal:
        jobs.leave_out(job, {"名册!3"}, actor=console(school))
    assert refusal.value.code == "whole_or_nothing"


def test_the_clerk_decides_what_a_column_means(school):
    text = "学籍号,姓名,班级,考号\nL340200201009150001,赵一,高一(1)班,777\n"
    job = staged(school, text)
    jobs.confirm_columns(job, {"考号": "school_no"}, actor=console(school))
    jobs.apply(job, seen=preview_of_job(job).plan.fingerprint, actor=console(school))
    assert Student.objects.get().school_no == "777"


def test_csv_written_by_us_is_read_by_us(school):
    table = Table("学生", ("学籍号", "姓名", "班级"), [("L340200201009150001", "赵一", "2026级(1)班")])
    found = jobs.apply_file(
        school, csv_bytes(table), "a.csv", kind=None, year_start=YEAR, actor=console(school), dry=False
    )
    assert found.plan.count("new") == 1


def test_left_behind_is_read_in_codes_and_words_and_changed_by_a_newer_file(school: School) -> None:
    def file(*words: str) -> str:
        return lines(
            *(f"{line},{word}" for line, word in zip((ZHAO, QIAN), words, strict=True)),
            headings=f"{HEADINGS},是否留守儿童",
        )

    bring(school, file("双亲留守", "0"))
    assert [row.left_behind for row in Student.objects.order_by("school_no")] == ["2", "0"]
    job = staged(school, file("1", ""))
    found = preview_of_job(job).plan
    assert found.counts == {"new": 0, "changed": 1, "unchanged": 1}
    (change,) = found.of("changed")[0].changes
    assert (change.label, change.old, change.new) == ("是否留守", "双亲留守", "单亲留守")
    jobs.apply(job, seen=found.fingerprint, actor=console(school))
    assert [row.left_behind for row in Student.objects.order_by("school_no")] == ["1", "0"]
