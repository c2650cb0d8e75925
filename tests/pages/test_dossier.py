"""Search, students, staff, classes, the mentor's own introduction."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.audit.queries import verify
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.deeds import noted
from liangshi.portal.dossier.audit import STUDENT_OPENED
from liangshi.practice.matching.audit import OBJECTED, OBJECTION_BACK
from liangshi.practice.talks.actions.talks import void_talk
from liangshi.practice.talks.audit import TALK_READ
from liangshi.registry.access.reads import SITTING
from liangshi.registry.mentorships.actions import Pair, begin, end, leave_out
from liangshi.registry.mentorships.choices import EndReason, NotMentoring, Origin
from liangshi.registry.mentorships.models import MentorProfile, Mentorship
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import Student, StudentSpan
from tests.asking import SignIn, text
from tests.cast import Cast, exceed, guardian, installer, person, student
from tests.practice.talks.desk import Desk

SINCE = dt.date(2026, 9, 1)


def sheet(client: Client, url: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(client.get(url).content))
    return [[cell.value for cell in row] for row in book.active.rows]  # type: ignore[union-attr]


def give_mentor(cast: Cast, who: Student, post: str = "second") -> Mentorship:
    begin(
        [Pair(who.pk, cast.own.posts[post].pk, SINCE)],
        origin=Origin.ASSIGNED,
        actor=installer(),
        chain=str(cast.own.school.pk),
    )
    return Mentorship.objects.get(student=who, ends_on__isnull=True)


# Search


@pytest.mark.row("G38")
@pytest.mark.parametrize(
    "wanted", ["lxm", "LXM", "lixiaoming", "li xiao ming", "李晓明", "晓明", "李　晓 明"]
)
def test_a_name_is_found_by_initials_pinyin_and_characters(sign_in: SignIn, cast: Cast, wanted: str) -> None:
    student(cast.own.school, cast.own.class_1, "李晓明", 50, since=SINCE)
    page = sign_in("clerk").get("/search", {"q": wanted}).content.decode()
    assert "李晓明" in page
    assert "高一(1)班" in page


@pytest.mark.row("G38")
def test_homonyms_are_told_apart_by_class_never_by_number(sign_in: SignIn, cast: Cast) -> None:
    student(cast.own.school, cast.own.class_2, "王芳甲", 51, since=SINCE)
    page = text(sign_in("clerk"), "/search?q=wf")
    assert page.count('<span class="row-title">王芳甲</span> <span class="row-sub">高一(1)班</span>') == 2
    assert page.count('<span class="row-title">王芳甲</span> <span class="row-sub">高一(2)班</span>') == 1
    for row in cast.own.students:
        assert row.national_no not in page
        assert row.school_no not in page


def test_search_ends_where_the_hat_ends(sign_in: SignIn, cast: Cast) -> None:
    assert "没有找到" in text(sign_in("mentor"), "/search?q=yigl")  # 阿依古丽 is not his mentee
    assert "没有找到" not in text(sign_in("mentor"), "/search?q=欧阳")
    assert "没有找到" in text(sign_in("clerk"), "/search?q=李晓明乙")
    assert "没有找到" in text(sign_in("clerk"), "/search?q=L3402002011")
    assert "没有找到" in text(sign_in("clerk"), "/search?q=" + "％%25_")
    assert sign_in("student").get("/search?q=wf").status_code == 403


# Students


def test_list_filters_and_excel_have_the_same_rows(sign_in: SignIn, cast: Cast) -> None:
    clerk = sign_in("clerk")
    give_mentor(cast, cast.own.students[4])
    for query, names in {
        "": ["欧阳雨桐甲", "王芳甲", "王芳甲", "王明甲", "王明明甲", "阿依古丽·买买提甲"],
        "mentor=yes": ["欧阳雨桐甲", "王明明甲"],
        "mentor=no": ["王芳甲", "王芳甲", "王明甲", "阿依古丽·买买提甲"],
        f"group={cast.own.class_2.pk}": ["王明甲", "王明明甲", "阿依古丽·买买提甲"],
        f"grade={cast.own.cohort.entry_year}&mentor=yes": ["欧阳雨桐甲", "王明明甲"],
        "q=wmm": ["王明明甲"],
        "state=away": [],
    }.items():
        page = text(clerk, f"/students?{query}")
        assert f"共 <b>{len(names)}</b> 名学生" in page, query
        assert [row[0] for row in sheet(clerk, f"/students?{query}&format=xlsx")[1:]] == names, query


def test_excel_keeps_numbers_as_text_and_notes_who_took_it(sign_in: SignIn, cast: Cast) -> None:
    rows = sheet(sign_in("clerk"), "/students?format=xlsx")
    assert rows[0] == ["姓名", "班级", "导师", "状态", "班内学号", "学号"]
    assert rows[1] == ["欧阳雨桐甲", "高一(1)班", "李晓明甲老师", "在读", "01", "000001"]
    assert rows[2][2] == "还没有导师"
    taken = Entry.objects.filter(type="list.taken")
    assert {entry.subject for entry in taken} == {str(row.pk) for row in cast.own.students}


def test_who_has_left_is_listed_only_when_asked_for(sign_in: SignIn, cast: Cast) -> None:
    StudentSpan.objects.filter(student=cast.own.students[3]).update(state=StudentState.SUSPENDED)
    clerk = sign_in("clerk")
    assert "王明甲" not in text(clerk, "/students")
    away = text(clerk, "/students?state=away")
    assert "王明甲" in away
    assert "休学" in away


@pytest.mark.parametrize(
    ("name", "url", "count"),
    [
        ("clerk", "/students", 21),
        ("clerk", "/staff", 20),
        ("clerk", "/classes", 15),
        ("mentor", "/", 38),
        ("guardian", "/", 13),
        ("city", "/schools", 15),
    ],
)
def test_lists_ask_the_same_number_of_questions_whatever_they_hold(
    sign_in: SignIn, cast: Cast, name: str, url: str, count: int
) -> None:
    """The entry of who has read included, which is written again when the sitting is over."""
    own = cast.own
    client = sign_in(name)

    def asked(when: dt.datetime) -> int:
        for minutes in (20, 0):  # so that the phone was never left alone
            with time_machine.travel(when - dt.timedelta(minutes=minutes), tick=False):
                client.get(reverse("home:me"))
        with time_machine.travel(when, tick=False), CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    first = asked(now())
    for number in (60, 61):
        child = student(own.school, own.class_1, f"新生{number}", number, since=SINCE)
        give_mentor(cast, child, "mentor")
        guardian(child, own.people["guardian"])
    assert (first, asked(now() + SITTING + dt.timedelta(minutes=10))) == (count, count)


# One student


@pytest.mark.row("G35")
def test_opening_a_page_is_noted_with_who_when_and_hat(sign_in: SignIn, cast: Cast) -> None:
    who = cast.own.student
    for name in ("mentor", "adviser", "clerk", "guardian", "student"):
        text(sign_in(name), f"/students/{who.pk}")
    assert sign_in("other_clerk").get(f"/students/{who.pk}").status_code == 404
    opened = Entry.objects.filter(type="student.opened", subject=str(who.pk)).order_by("seq")
    assert [(entry.actor, entry.hat) for entry in opened] == [
        ("李晓明甲", "导师 · 示范甲中"),
        ("班任甲", "班主任 · 示范甲中"),
        ("干事甲", "学校办公室 · 示范甲中"),
    ]  # a guardian and the student himself read about their own: docs/decisions/0012-reads.md
    assert {entry.chain for entry in opened} == {str(cast.own.school.pk)}
    page = text(sign_in("leader"), f"/students/{who.pk}/log")
    for words in ("李晓明甲", "导师 · 示范甲中", "打开学生页面", "建立导师关系"):
        assert words in page
    rows = sheet(sign_in("clerk"), f"/students/{who.pk}/log?format=xlsx")
    assert rows[0] == ["时间", "谁", "身份", "做了什么", "次数"]
    assert verify(str(cast.own.school.pk))[1] is None
    for name in ("mentor", "adviser", "guardian", "student", "city"):
        assert sign_in(name).get(f"/students/{who.pk}/log").status_code == 403


def test_the_log_tells_the_office_no_more_of_talks_than_their_month(desk: Desk, sign_in: SignIn) -> None:
    """Who reported a life event is not listed; a talk by its month, without its author, in no telling place."""
    who = desk.student(0)
    url = f"/students/{who.pk}/log"
    with time_machine.travel(dt.datetime(2026, 10, 14, 4, tzinfo=dt.UTC)):
        row = desk.talk(0)
        desk.correct(row)
        text(sign_in("mentor"), f"/talks/{row.pk}")
        text(sign_in("adviser"), f"/students/{who.pk}")
    with time_machine.travel(dt.datetime(2026, 10, 20, 4, tzinfo=dt.UTC)):
        void_talk(row, reason="记错了", actor=desk.mentor)
        desk.report(0, by=desk.actor("second"))
    opened = ["2026 年 10 月", "不列出", "不列出", "打开自己记的谈心谈话", 1]
    told = [["2026 年 10 月", "不列出", "不列出", f"{verb}谈心谈话", 1] for verb in ("作废", "更正", "记")]
    with time_machine.travel(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)):
        for reader in ("clerk", "leader"):
            page = text(sign_in(reader), url)
            assert "上报重大变故</td>" not in page
            assert "周敏甲" not in page
            assert "李晓明甲" not in page.split("<tbody")[-1]
            assert "2026 年 10 月 20 日" not in page
            for order in ("", "&sort=at", "&sort=-at"):
                rows = sheet(sign_in(reader), f"{url}?format=xlsx{order}")[1:]
                talks = [each for each in rows if "谈心谈话" in each[3]]
                assert sorted(talks) == sorted([*told, opened])
                assert not any("上报" in each[3] or "周敏甲" in each for each in rows)
                if order == "":
                    assert rows.index(opened) > [each[3] for each in rows].index("打开学生页面")
        assert sign_in("mentor").get(url).status_code == 403


def test_the_log_of_a_student_does_not_say_that_he_objected_to_his_mentor(
    sign_in: SignIn, cast: Cast
) -> None:
    who, student = cast.own.student, cast.actor("student")
    for entry in (OBJECTED, OBJECTION_BACK):
        noted(entry, student, subjects=[who.pk])
    for name in ("leader", "clerk"):
        client = sign_in(name)
        assert "对续任" not in text(client, f"/students/{who.pk}/log")
        assert "对续任" not in str(sheet(client, f"/students/{who.pk}/log?format=xlsx"))


@pytest.mark.both
def test_what_one_person_does_again_on_a_day_is_one_line_of_the_log(sign_in: SignIn, cast: Cast) -> None:
    url = f"/students/{cast.own.student.pk}/log"
    for day, hour in ((12, 1), (12, 2), (12, 9), (13, 1)):  # 9, 10, 17 o'clock here
        with time_machine.travel(dt.datetime(2026, 10, day, hour, tzinfo=dt.UTC)):
            for name in ("mentor", "adviser") if day == 13 else ("mentor",):
                text(sign_in(name), f"/students/{cast.own.student.pk}")
    with time_machine.travel(dt.datetime(2026, 11, 2, 1, tzinfo=dt.UTC)):
        rows = sheet(sign_in("clerk"), url + "?format=xlsx")
        opened = [row for row in rows if row[3] == "打开学生页面"]
        assert [(row[0], row[1], row[4]) for row in opened] == [
            ("2026 年 10 月 13 日 09:00", "班任甲", 1),
            ("2026 年 10 月 13 日 09:00", "李晓明甲", 1),
            ("2026 年 10 月 12 日 17:00", "李晓明甲", 3),
        ]
        page = text(sign_in("clerk"), url)
        assert page.count("打开学生页面") == 3
        assert "打开学生页面（3 次）" in page


@pytest.mark.both
def test_the_log_is_filtered_by_reading_or_change_and_by_person(sign_in: SignIn, cast: Cast) -> None:
    url, clerk = f"/students/{cast.own.student.pk}/log", sign_in("clerk")
    for name in ("mentor", "adviser"):
        text(sign_in(name), f"/students/{cast.own.student.pk}")
    clerk.get("/students?format=xlsx")

    def done(query: str) -> set[tuple[str, str]]:
        rows = sheet(clerk, f"{url}?{query}&format=xlsx")[1:]
        return {(row[1], row[3]) for row in rows if row[3] not in {"查看谁看过这位学生", "下载「谁看过」"}}

    read = {("李晓明甲", "打开学生页面"), ("班任甲", "打开学生页面"), ("干事甲", "下载「学生名单」")}
    assert done("kind=read") == read
    assert done("kind=change") == done("") - read
    assert "建立导师关系" in {what for _, what in done("kind=change")}
    mentor = cast.actor("mentor").account_id
    assert done(f"who={mentor}") == {("李晓明甲", "打开学生页面")}
    assert "没有符合这些条件的" in text(clerk, f"{url}?who={mentor}&kind=change")
    assert f'<option value="{mentor}">李晓明甲</option>' in text(clerk, url)


@pytest.mark.both
def test_a_month_of_the_log_stands_below_its_first_day(sign_in: SignIn, cast: Cast) -> None:
    """By the days of the school, not those of UTC."""
    who, mentor = cast.own.student, cast.actor("mentor")
    early = [(9, 30, 15, 30), (9, 30, 16, 30), (10, 1, 2, 0), (10, 31, 15, 30), (10, 31, 16, 30)]
    for moment in early:
        with time_machine.travel(dt.datetime(2026, *moment, tzinfo=dt.UTC)):
            noted(STUDENT_OPENED, mentor, subjects=[who.pk])
            noted(TALK_READ, mentor, subjects=[who.pk])
    with time_machine.travel(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)):
        client, url = sign_in("clerk"), f"/students/{who.pk}/log?who={mentor.account_id}&format=xlsx"
        told = [row[0].removeprefix("2026 年 ") for row in sheet(client, url)[1:]]
        october = ["10 月 31 日 23:30", "10 月 1 日 10:00", "10 月"]
        assert told == ["11 月 1 日 00:30", "11 月", *october, "9 月 30 日 23:30", "9 月"]
        assert [row[0].removeprefix("2026 年 ") for row in sheet(client, url + "&sort=at")[1:]] == told[::-1]


def test_the_log_asks_the_same_number_of_questions_whatever_it_holds(sign_in: SignIn, cast: Cast) -> None:
    url, leader = f"/students/{cast.own.student.pk}/log", sign_in("leader")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(leader, url)
        return len(queries)

    counts = [asked()]
    for name in ("mentor", "adviser", "clerk"):
        text(sign_in(name), f"/students/{cast.own.student.pk}")
    assert [*counts, asked()] == [19, 19]


@pytest.mark.row("G35")
def test_the_excel_twin_of_the_log_is_noted_as_its_page_is(sign_in: SignIn, cast: Cast) -> None:
    who = cast.own.student
    clerk, url = sign_in("clerk"), f"/students/{who.pk}/log?format=xlsx"
    sheet(clerk, url)
    assert Entry.objects.filter(type="list.taken", subject=str(who.pk)).count() == 1
    assert sheet(clerk, url)[1][1:] == ["干事甲", "学校办公室 · 示范甲中", "下载「谁看过」", 1]


@pytest.mark.row("G35")
def test_a_phone_is_masked_until_asked_for_and_asking_is_noted(sign_in: SignIn, cast: Cast) -> None:
    who, link = cast.own.student, cast.own.student.guardian_links.get()
    number = cast.own.people["guardian"].mobile
    url = f"/students/{who.pk}/contacts/{link.pk}"
    for name in ("clerk", "adviser", "mentor"):
        client = sign_in(name)
        page = text(client, f"/students/{who.pk}")
        assert number not in page
        assert "138****0001" in page
        shown = client.post(url)
        assert shown.status_code == 200
        assert number in shown.content.decode()
        assert number not in text(client, f"/students/{who.pk}")
    noted = Entry.objects.filter(type="student.contact", subject=str(who.pk)).order_by("seq")
    assert [entry.actor for entry in noted] == ["干事甲", "班任甲", "李晓明甲"]
    for name in ("leader", "grade_head", "student", "guardian", "city", "worker"):
        assert sign_in(name).post(url).status_code == 403
    assert sign_in("other_clerk").post(url).status_code == 404
    assert "监护人" not in text(sign_in("leader"), f"/students/{who.pk}")


def test_a_restricted_guardians_phone_is_not_shown(sign_in: SignIn, cast: Cast) -> None:
    who = cast.own.student
    link = guardian(who, person("受限甲", mobile="13811112222"), restricted=True)
    clerk = sign_in("clerk")
    assert "依法限制" in text(clerk, f"/students/{who.pk}")
    assert clerk.post(f"/students/{who.pk}/contacts/{link.pk}").status_code == 404
    assert not Entry.objects.filter(type="student.contact").exists()


def test_a_former_mentor_reads_nothing(sign_in: SignIn, cast: Cast) -> None:
    who, mentor = cast.own.student, sign_in("mentor")
    link = who.guardian_links.get()
    assert mentor.get(f"/students/{who.pk}").status_code == 200
    bond = Mentorship.objects.get(student=who)
    end(bond, on=today(), reason=EndReason.AGREED, actor=installer(), chain=str(who.school_id))
    assert mentor.get(f"/students/{who.pk}").status_code == 404
    assert mentor.post(f"/students/{who.pk}/contacts/{link.pk}").status_code == 404
    for url in ("/students", "/search?q=欧阳", "/"):
        assert "欧阳雨桐甲" not in text(mentor, url)
    page = text(sign_in("clerk"), f"/students/{who.pk}?part=timeline")
    assert "李晓明甲老师不再是导师" in page
    assert "双方调整" in page


@pytest.mark.row("G12")
def test_history_shows_what_was_entered_later(sign_in: SignIn, cast: Cast) -> None:
    who = cast.own.students[1]
    begin(
        [Pair(who.pk, cast.own.posts["second"].pk, dt.date(2025, 9, 1))],
        origin=Origin.IMPORTED, actor=installer(), chain=str(who.school_id),
    )  # fmt: skip
    days = (today() - dt.date(2025, 9, 1)).days
    page = text(sign_in("clerk"), f"/students/{who.pk}?part=timeline")
    assert f"原有名单，补录（+{days} 天）" in page


# Staff


def test_the_office_sees_loads_and_reasons_and_colleagues_do_not(sign_in: SignIn, cast: Cast) -> None:
    leave_out(
        cast.own.posts["second"], reason=NotMentoring.PERSONAL, review_on=today() + dt.timedelta(9),
        decided_by=cast.own.people["leader"], actor=installer(),
    )  # fmt: skip
    office, colleague = sign_in("clerk"), sign_in("worker")
    page = text(office, "/staff")
    assert "健康或家庭原因" in page
    assert "学生" in page
    for url in ("/staff", f"/staff/{cast.own.posts['second'].pk}", f"/staff/{cast.own.posts['away'].pk}"):
        seen = text(colleague, url).replace(" ", "")
        for secret in ("健康或家庭原因", "产假</", "名额"):
            assert secret not in seen
    assert sheet(colleague, "/staff?format=xlsx")[0] == ["姓名", "学科", "岗位", "导师"]
    assert all("健康或家庭原因" not in str(row) for row in sheet(colleague, "/staff?format=xlsx"))
    assert "产假甲" not in text(sign_in("other_clerk"), "/staff")


def test_mentees_are_named_only_to_those_who_may_see_them(sign_in: SignIn, cast: Cast) -> None:
    url = f"/staff/{cast.own.posts['mentor'].pk}"
    for name, sees in {"leader": True, "adviser": True, "mentor": True, "worker": False}.items():
        assert ("欧阳雨桐甲" in text(sign_in(name), url)) is sees, name


@pytest.mark.row("R38")
def test_who_is_left_out_stands_under_a_reason_and_only_numbers_leave_the_school(
    sign_in: SignIn, cast: Cast
) -> None:
    leave_out(
        cast.own.posts["second"], reason=NotMentoring.SECONDED, review_on=dt.date(2027, 3, 1),
        decided_by=cast.own.people["leader"], actor=installer(),
    )  # fmt: skip
    exceed(cast.own.posts["mentor"], 2, dt.date(2027, 3, 1), "一人兼三个年级")
    page = text(sign_in("leader"), "/not-mentoring")
    for words in ("支教、外派", "周敏甲老师", "2027 年 3 月 1 日复核", "产假甲老师", "一人兼三个年级"):
        assert words in page
    assert "工勤甲" not in page
    bureau = text(sign_in("county"), f"/schools/{cast.own.school.pk}")
    assert "教师 <b>6</b>，导师 <b>4</b>，未任 <b>2</b>（产假 1，支教、外派 1）" in bureau
    for name in ("王芳甲", "产假甲", "李晓明甲"):
        assert name not in bureau
    assert sign_in("county").get("/not-mentoring").status_code == 403
    assert sign_in("mentor").get("/not-mentoring").status_code == 403


# Classes


def test_a_class_page_lists_its_students_and_who_has_no_mentor(sign_in: SignIn, cast: Cast) -> None:
    page = text(sign_in("adviser"), f"/classes/{cast.own.class_1.pk}")
    assert "班主任 班任甲老师" in page
    assert "2 名学生还没有导师" in page
    assert sign_in("adviser").get(f"/classes/{cast.own.class_2.pk}").status_code == 404
    rows = sheet(sign_in("grade_head"), f"/classes/{cast.own.class_1.pk}?format=xlsx")
    assert [row[0] for row in rows[1:]] == ["欧阳雨桐甲", "王芳甲", "王芳甲"]
    listed = sheet(sign_in("clerk"), "/classes?format=xlsx")
    assert listed[1] == ["高一(1)班", "班任甲老师", 3, 1, 2, "33.3%"]


# The mentor's own introduction


def test_a_mentor_introduces_himself(sign_in: SignIn, cast: Cast) -> None:
    mentor = sign_in("mentor")
    assert "写几句话，让学生认识您" in text(mentor, "/")
    fields = {
        "intro": "教物理，喜欢微信读书和长跑。带过 2019 届、2022 届。",
        "interests": "长跑",
        "good_at": ["XY"],
    }
    assert mentor.post("/profile", fields)["Location"] == "/"
    assert "写几句话，让学生认识您" not in text(mentor, "/")
    home = text(sign_in("student"), "/")
    assert "喜欢微信读书和长跑" in home
    assert "学业辅导" in home
    assert "喜欢微信读书和长跑" in text(sign_in("guardian"), "/")
    assert sign_in("clerk").get("/profile").status_code == 403


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("有事打 13912345678", "电话号码"),
        ("电话 139-1234-5678", "电话号码"),
        ("１３９ １２３４ ５６７８", "电话号码"),
        ("微信：lxm_1990", "微信、QQ 等账号"),
        ("加我微信吧", "微信、QQ 等账号"),
        ("vx lixiaoming88", "微信、QQ 等账号"),
        ("QQ12345", "微信、QQ 等账号"),
        ("lxm@example.com", "邮箱"),
        ("看 www.example.com", "网址"),
    ],
)
@pytest.mark.parametrize("field", ["intro", "interests"])
def test_no_way_to_reach_him_outside_school_is_accepted(
    sign_in: SignIn, cast: Cast, field: str, words: str, kind: str
) -> None:
    page = (
        sign_in("mentor").post("/profile", {"intro": "你好", "interests": "", field: words}).content.decode()
    )
    assert f"这里像是写了{kind}" in page
    assert words in page  # nothing typed is lost
    assert not MentorProfile.objects.exists()


def test_an_introduction_has_a_length(sign_in: SignIn) -> None:
    page = sign_in("mentor").post("/profile", {"intro": "字" * 301}).content.decode()
    assert "300" in page
    assert not MentorProfile.objects.exists()
