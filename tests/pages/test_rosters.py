"""The clerk's import journey on screen, exports; what others and other schools get instead."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from liangshi.foundation.audit.models import Entry
from liangshi.practice.rosters.choices import JobState
from liangshi.practice.rosters.models import ImportJob, StagedFile
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import GuardianLink, Person, Staff, Student
from tests.asking import SignIn
from tests.cast import Cast
from tests.rosters import content

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def in_november_2026() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def clerk(sign_in: SignIn) -> Client:
    return sign_in("clerk")


def send(client: Client, name: str, data: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("rosters:upload"), {"file": file, "year_start": "2026", **more}, follow=True)


def walk(client: Client, name: str, data: bytes, **more: Any) -> tuple[ImportJob, Any]:
    """Upload, confirm the proposed columns; gives the import and the difference page."""
    page = send(client, name, data, **more)
    assert page.status_code == 200
    job = ImportJob.objects.order_by("-created_at").first()
    assert job, page.content.decode()
    form = page.context["form"]
    answers = {name: field.initial for name, field in form.fields.items()}
    return job, client.post(reverse("rosters:columns", args=[job.pk]), answers, follow=True)


def press_import(client: Client, job: ImportJob, page: Any) -> Any:
    return client.post(
        reverse("rosters:apply", args=[job.pk]), {"seen": page.context["fingerprint"]}, follow=True
    )


def told(page: Any) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page.content.decode()))


GOOD = "学籍号,姓名,班级,监护人1姓名,监护人1关系,监护人1电话,爱好\n"
ONE = GOOD + "L340200201009150001,赵一,高一(1)班,赵父,父亲,13800000001,足球\n"


@pytest.mark.row("G27", "G29")
@pytest.mark.parametrize(
    ("name", "students", "links"),
    [
        ("class_adviser_sheets.xlsx", 48, 96),
        ("students_gbk.csv", 45, 90),
        ("old_students.xls", 40, 40),
    ],
)
def test_a_file_through_the_browser(clerk, cast: Cast, name, students, links):
    before = Student.objects.count(), GuardianLink.objects.count()
    data = content(name)
    job, page = walk(clerk, name, data)
    assert page.context["counts"] == {"new": students, "changed": 0, "unchanged": 0}
    assert f"学生{students}人" in told(page)
    assert "已忽略" in told(page)
    done = press_import(clerk, job, page)
    assert "名册已导入" in told(done)
    assert Student.objects.count() - before[0] == students
    assert GuardianLink.objects.count() - before[1] == links
    job, page = walk(clerk, name, data)
    assert "改动0行" in told(page)
    assert page.context["counts"] == {"new": 0, "changed": 0, "unchanged": students}
    assert "没有改动任何内容" in told(press_import(clerk, job, page))
    assert Student.objects.count() - before[0] == students


@pytest.mark.row("G27", "G29")
def test_the_paper_list_after_students_and_teachers(clerk, cast: Cast):
    """A whole school: the national template of 640 students, 58 staff, and the list on paper."""
    before = Student.objects.count(), GuardianLink.objects.count()
    for name in ("national_students.xlsx", "teachers.xlsx"):
        job, page = walk(clerk, name, content(name))
        page = press_import(clerk, job, page)
    assert (Student.objects.count() - before[0], GuardianLink.objects.count() - before[1]) == (640, 1280)
    assert "职务是“党委书记”" in told(page)
    assert Staff.objects.filter(school=cast.own.school, staff_no="T058").exists() or (
        Staff.objects.filter(school=cast.own.school).count() > 58
    )
    before = Mentorship.objects.count()
    job, page = walk(clerk, "existing_pairs.xlsx", content("existing_pairs.xlsx"))
    assert "还不能导入" in told(page)
    for cell in ("A42", "B43", "C44"):
        assert f"Sheet{cell}" in told(page)
    assert page.context["fingerprint"] == ""
    nothing = clerk.post(reverse("rosters:leave_out", args=[job.pk]), follow=True)
    assert "还没有勾选" in told(nothing)
    chosen = re.findall(r'name="line" value="([^"]+)"', page.content.decode())
    assert chosen == ["Sheet!42", "Sheet!43", "Sheet!44"]
    page = clerk.post(reverse("rosters:leave_out", args=[job.pk]), {"line": chosen}, follow=True)
    assert "按您的选择略去3行" in told(page)
    press_import(clerk, job, page)
    assert Mentorship.objects.count() - before == 40


@pytest.mark.row("G28")
def test_scientific_notation_is_refused_with_the_address(clerk):
    before = Student.objects.count()
    _, page = walk(clerk, "scientific.xlsx", content("broken/scientific.xlsx"))
    assert "SheetA2" in told(page)
    assert "SheetA3" in told(page)
    assert "科学计数" in told(page)
    assert page.context["fingerprint"] == ""
    assert Student.objects.count() == before


@pytest.mark.parametrize(
    ("name", "words"),
    [("empty", "0字节"), ("really_csv", "其实是文本"), ("corrupt", "已损坏")],
)
def test_a_file_that_cannot_be_read_says_so_at_the_field(clerk, name, words):
    page = send(clerk, f"{name}.xlsx", content(f"broken/{name}.xlsx"))
    assert page.status_code == 200
    assert words in told(page)
    assert not ImportJob.objects.exists()


def test_upload_without_or_with_a_foreign_file(clerk):
    page = clerk.post(reverse("rosters:upload"), {"year_start": "2026"})
    assert "还没有选文件" in told(page)
    assert "只能读.xlsx" in told(send(clerk, "名册.pdf", b"%PDF-1.4"))
    assert "没有找到表头" in told(send(clerk, "a.csv", "你好\n".encode()))
    bad = send(clerk, "a.csv", ONE.encode(), kind="cats")
    assert bad.status_code == 200
    assert not ImportJob.objects.exists()


def test_columns_two_of_one_kind_and_unknown_values(clerk):
    send(clerk, "a.csv", ONE.encode())
    job = ImportJob.objects.get()
    url = reverse("rosters:columns", args=[job.pk])
    page = clerk.get(url)
    assert "已忽略1列" in told(page)
    assert "爱好" in told(page)
    names = {heading: field for field, heading in page.context["form"].headings.items()}
    none = dict.fromkeys(names.values(), "-")
    twice = {**none, names["姓名"]: "name", names["爱好"]: "name"}
    assert "请只留一列" in told(clerk.post(url, twice))
    assert clerk.post(url, {**none, names["姓名"]: "cats"}).status_code == 200
    assert "或选“不读取”" in told(clerk.post(url, {}))
    job.refresh_from_db()
    assert job.state == JobState.UPLOADED
    assert "没有找到学生名册的表头" in told(clerk.post(url, {**none, names["姓名"]: "name"}, follow=True))
    page = clerk.post(url, {**none, names["姓名"]: "name", names["学籍号"]: "national_no"}, follow=True)
    assert "没有找到“班级”列" in told(page)


def test_the_list_takes_as_many_queries_for_one_as_for_three(clerk, cast: Cast):
    counts = []
    for number in range(1, 4):
        send(
            clerk,
            "a.csv",
            (ONE + f"L34020020100915000{number + 1},钱{'一二三'[number - 1]},高一(1)班,,,,\n").encode(),
        )
        if number in (1, 3):
            with CaptureQueriesContext(connection) as queries:
                assert clerk.get(reverse("rosters:list")).status_code == 200
            counts.append(len(queries))
    assert counts == [14, 14]


def test_the_same_upload_twice_is_one_import_and_two_clicks_one_effect(clerk):
    send(clerk, "a.csv", ONE.encode())
    job, page = walk(clerk, "a.csv", ONE.encode())
    assert ImportJob.objects.count() == 1
    before = Student.objects.count()
    press_import(clerk, job, page)
    again = press_import(clerk, job, page)
    assert "已导入" in told(again)
    assert again.status_code == 200
    assert Student.objects.count() == before + 1
    assert Entry.objects.filter(type="roster.applied").count() == 1


@pytest.mark.row("G29")
def test_changed_since_the_look_shows_the_difference_again(clerk, cast: Cast):
    first, page = walk(clerk, "a.csv", ONE.encode())
    second, other = walk(clerk, "b.csv", ONE.replace("赵一", "赵壹").encode())
    press_import(clerk, second, other)
    answer = press_import(clerk, first, page)
    assert "学校的名册又有变动" in told(answer)
    assert "赵壹→赵一" in told(answer)
    assert Person.objects.filter(name="赵壹").exists()


def test_whom_a_problem_of_the_file_names_stands_in_the_log(clerk, cast: Cast):
    """He is in no class of the file, and on no line of the page but the sentence that says whose number it is."""
    held = cast.own.students[4]
    clash = f"学号,姓名,班级\n{held.school_no},赵一,高一(1)班\n"
    _, page = walk(clerk, "a.csv", clash.encode())
    assert f"这个学号在库里是{held.person.name}" in told(page)
    read = Entry.objects.filter(type="roster.difference", subject=str(held.pk))
    assert read.count() == 1


def test_discard(clerk):
    send(clerk, "a.csv", ONE.encode())
    job = ImportJob.objects.get()
    url = reverse("rosters:discard", args=[job.pk])
    assert "放弃导入" in told(clerk.get(url))
    assert "没有任何变动" in told(clerk.post(url, follow=True))
    job.refresh_from_db()
    assert job.state == JobState.DISCARDED
    assert not StagedFile.objects.exists()
    assert "不能放弃" in told(clerk.post(url, follow=True))
    for step in ("columns", "difference"):
        assert clerk.get(reverse(f"rosters:{step}", args=[job.pk])).status_code == 302


def test_a_form_from_elsewhere_is_refused(cast: Cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.person("clerk").account, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("rosters:upload"), {"year_start": "2026"})
    assert answer.status_code == 403
    assert not ImportJob.objects.exists()


def test_mutated_files_never_break_the_page(clerk):
    """Bytes flipped, cut and doubled, names that lie: a page with a sentence, never a 500."""
    dice = random.Random(20260901)
    sources = (
        "class_adviser_sheets.xlsx",
        "students_gbk.csv",
        "old_students.xls",
        "existing_pairs.xlsx",
    )
    for number in range(24):
        source = sources[number % len(sources)]
        data = bytearray(content(source))
        for _ in range(dice.choice((1, 8, 200))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        if number % 3 == 0:
            data = data[: dice.randrange(len(data))]
        name = dice.choice([source, "名册.csv", "名册.xls", "名册.xlsx"])
        answer = send(clerk, name, bytes(data))
        assert answer.status_code == 200, (number, name)
        job = ImportJob.objects.filter(state=JobState.UPLOADED).first()
        if job:
            answers = {key: field.initial for key, field in answer.context["form"].fields.items()}
            page = clerk.post(reverse("rosters:columns", args=[job.pk]), answers, follow=True)
            assert page.status_code == 200
            clerk.post(reverse("rosters:discard", args=[job.pk]))


def test_a_bomb_is_refused(clerk):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 80_000_000)
    assert "异常庞大" in told(send(clerk, "a.xlsx", buffer.getvalue()))


# Exports


def sheet_of(answer: Any) -> list[tuple[Any, ...]]:
    assert answer["Content-Type"] == XLSX
    return list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))


@pytest.mark.row("G28", "G29")
@pytest.mark.parametrize("name", ["students_gbk.csv", "class_adviser_sheets.xlsx"])
def test_ids_survive_import_export_import(clerk, cast: Cast, name):
    for number, student in enumerate(cast.own.students):  # the cast's own numbers are no real ones
        student.national_no = f"L34020020100915{number:04d}"
        student.save()
        student.person.birth_date = dt.date(2010, 9, 15)
        student.person.save()
    job, page = walk(clerk, name, content(name))
    press_import(clerk, job, page)
    held = set(Student.objects.filter(school=cast.own.school).values_list("pk", flat=True))
    ids = {row.national_no for row in Student.objects.filter(pk__in=held)}
    answer = clerk.post(reverse("rosters:export_full"), {"reason": "学籍核对", "what": "students"})
    rows = sheet_of(answer)
    assert {row[0] for row in rows[1:]} == ids
    assert len(rows) == len(held) + 1
    job, page = walk(clerk, "again.xlsx", answer.content)
    assert page.context["problems"] == []
    assert page.context["counts"] == {"new": 0, "changed": 0, "unchanged": len(held)}


def test_the_staff_export_comes_back_unchanged(clerk, cast: Cast):
    job, page = walk(clerk, "teachers.xlsx", content("teachers.xlsx"))
    press_import(clerk, job, page)
    answer = clerk.post(reverse("rosters:export_full"), {"reason": "核对", "what": "staff"})
    job, page = walk(clerk, "again.xlsx", answer.content)
    assert page.context["problems"] == []
    assert (page.context["counts"]["new"], page.context["counts"]["changed"]) == (0, 0)


@pytest.mark.row("G35")
def test_full_numbers_need_a_reason_and_are_logged_for_every_student(clerk, cast: Cast):
    url = reverse("rosters:export_full")
    refused = clerk.post(url, {"reason": " ", "what": "students"})
    assert "请写明为什么" in told(refused)
    assert not Entry.objects.filter(type="roster.exported_full").exists()
    clerk.post(url, {"reason": "学籍核对", "what": "students"})
    entries = Entry.objects.filter(type="roster.exported_full")
    assert set(entries.values_list("subject", flat=True)) == {str(row.pk) for row in cast.own.students}
    assert {entry.detail["reason"] for entry in entries} == {"学籍核对"}
    assert clerk.get(url).status_code == 405


def test_the_daily_export_hides_numbers_and_names_no_other_school(clerk, cast: Cast):
    answer = clerk.get(reverse("rosters:export_students"))
    rows = sheet_of(answer)
    assert {row[3] for row in rows[1:]} == {row.person.name for row in cast.own.students}
    text = " ".join(str(cell) for row in rows for cell in row)
    assert cast.own.student.national_no not in text
    assert "L************" in text
    assert "T01" in {row[0] for row in sheet_of(clerk.get(reverse("rosters:export_staff")))[1:]}
    assert Entry.objects.filter(type="roster.exported", subject=str(cast.own.student.pk)).exists()


def test_an_export_never_carries_a_formula(clerk, cast: Cast):
    Person.objects.filter(pk=cast.own.student.person_id).update(name="=HYPERLINK(1)")
    answer = clerk.get(reverse("rosters:export_students"))
    cells = [cell for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows() for cell in row]
    cell = next(cell for cell in cells if cell.value == "=HYPERLINK(1)")
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


# Everybody else


PAGES = ["list", "upload", "export", "export_students", "export_staff"]
ABOUT: dict[str, Callable[[Any], Any]] = {
    "student": lambda troupe: troupe.student.pk,
    "guardian_new": lambda troupe: troupe.student.pk,
    "guardian_end": lambda troupe: troupe.student.guardian_links.get().pk,
    "mentor": lambda troupe: troupe.posts["mentor"].pk,
    "staff": lambda troupe: troupe.posts["mentor"].pk,
    "exception_new": lambda troupe: troupe.posts["mentor"].pk,
}


@pytest.mark.row("G24")
def test_another_schools_import_is_not_there(sign_in: SignIn, cast: Cast):
    send(sign_in("clerk"), "a.csv", ONE.encode())
    job = ImportJob.objects.get()
    stranger = sign_in("other_clerk")
    for page in ("job", "columns", "difference", "discard"):
        assert stranger.get(reverse(f"rosters:{page}", args=[job.pk])).status_code == 404
    for page in ("columns", "leave_out", "apply", "discard"):
        assert stranger.post(reverse(f"rosters:{page}", args=[job.pk])).status_code == 404
    assert "a.csv" not in told(stranger.get(reverse("rosters:list")))
    job.refresh_from_db()
    assert job.state == JobState.UPLOADED


def test_nobody_signed_in_gets_the_sign_in_page(cast: Cast):
    for page in PAGES:
        answer = Client().get(reverse(f"rosters:{page}"))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("home:sign_in"))


def test_the_place_in_the_navigation_is_the_clerks(sign_in: SignIn):
    assert reverse("rosters:list") in sign_in("clerk").get("/").content.decode()
    for name in ("leader", "mentor", "guardian"):
        assert reverse("rosters:list") not in sign_in(name).get("/").content.decode()
