"""The bureau's pages: schools, the tree, who holds which role; and the school's years and calendar."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.portal.dashboards.queries import windows_of
from liangshi.registry.mentorships.actions import Pair, begin, end
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.schools.actions import change_event, make_year, withdraw_event
from liangshi.registry.schools.choices import Ownership, YearState
from liangshi.registry.schools.models import Bureau, CalendarEvent, School, SchoolYear, Term
from tests.asking import SignIn, text
from tests.cast import Cast, installer, troupe

pytestmark = pytest.mark.both


def sheet(client: Client, url: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(client.get(url).content))
    return [[cell.value for cell in row] for row in book.active.rows]  # type: ignore[union-attr]


def school_fields(cast: Cast, **changed: Any) -> dict[str, Any]:
    fields = {
        "name": "示范新建中学", "short_name": "新建", "code": "3134000077", "ownership": "1",
        "county": str(cast.county.pk),
    }  # fmt: skip
    return {key: value for key, value in (fields | changed).items() if value != ""}


# Schools


@pytest.mark.row("R28")
def test_private_schools_are_listed_and_look_the_same(sign_in: SignIn, cast: Cast) -> None:
    city = sign_in("city")
    private = sheet(city, "/schools?ownership=2&format=xlsx")
    assert [row[0] for row in private[1:]] == ["示范乙中学"]
    assert private[0] == [
        "学校", "性质", "导师", "学生", "有导师", "覆盖", "教师", "导师数", "配比", "超额许可",
    ]  # fmt: skip
    assert private[1][1:] == ["民办 · 乙县", "还缺不到 10 人", 6, "不到 10", "至少 16.6%", 6, 5, "1 : 1.2", 0]
    assert "共 <b>1</b> 所学校" in text(city, "/schools?ownership=2")
    # The same pages for both kinds of school, each for its own office.
    for name in ("clerk", "other_clerk"):
        for url in ("/", "/students", "/staff", "/classes", "/years", "/not-mentoring"):
            assert sign_in(name).get(url).status_code == 200
    # And nothing of the private school for anybody of another one, or of another county.
    for name in ("leader", "clerk", "adviser", "mentor", "county"):
        assert "示范乙" not in text(sign_in(name), "/")


@pytest.mark.row("R31")
def test_a_school_with_an_empty_grade_is_red_in_the_list(sign_in: SignIn, cast: Cast) -> None:
    bond = Mentorship.objects.get(student=cast.own.student)
    city = sign_in("city")
    assert [row[0] for row in sheet(city, "/schools?red=1&format=xlsx")[1:]] == []
    assert "高一未开始" not in text(city, "/")
    end(bond, on=today(), reason=EndReason.AGREED, actor=installer(), chain="city")
    assert [row[0] for row in sheet(city, "/schools?red=1&format=xlsx")[1:]] == ["示范甲中学"]
    for url in ("/", "/schools", f"/schools/{cast.own.school.pk}"):
        assert re.search(r'tone-bad">.*?高一未开始', text(city, url), re.DOTALL), url
    assert "还没有一人有导师" in text(city, f"/schools/{cast.own.school.pk}")


def test_a_school_shows_each_grade_and_no_names(sign_in: SignIn, cast: Cast) -> None:
    page = text(sign_in("county"), f"/schools/{cast.own.school.pk}")
    assert "高一" in page
    assert "16.6%" in page
    assert "教师 <b>6</b>，导师 <b>5</b>，未任 <b>1</b>（产假 1）" in page
    assert sign_in("other_county").get(f"/schools/{cast.own.school.pk}").status_code == 404


# The tree


@pytest.mark.row("R1")
def test_the_city_builds_a_tree_with_official_names(sign_in: SignIn, cast: Cast) -> None:
    city = sign_in("city")
    fields = {"official_name": "丙区教育文体局", "short_name": "丙区", "region_code": "340299"}
    answer = city.post("/org/bureaus/new", fields)
    made = Bureau.objects.get(official_name="丙区教育文体局")
    assert (made.parent, answer["Location"]) == (cast.city, f"/org/bureaus/{made.pk}/grants")
    assert "已经建过了" in city.post("/org/bureaus/new", fields).content.decode()
    assert city.post("/org/schools/new", school_fields(cast, county=str(made.pk))).status_code == 302
    direct = school_fields(
        cast,
        county="",
        direct="on",
        name="示范附属中学",
        code="3134000078",
        ownership=Ownership.AFFILIATED.value,
    )
    assert city.post("/org/schools/new", direct).status_code == 302
    standing = {row.name: row.standing for row in School.objects.all()}
    assert standing["示范新建中学"] == "公办 · 丙区"
    assert standing["示范附属中学"] == "高校附属 · 市直属"
    page = text(city, "/org")
    for words in ("示范市教育局", "乙县社会事业局", "丙区教育文体局", "示范新建中学", "还没有办公室"):
        assert words in page
    assert Entry.objects.filter(chain="city", type__in=["org.bureau", "org.school"]).count() == 3
    for name in ("county", "leader", "clerk", "mentor"):
        assert sign_in(name).post("/org/schools/new", direct).status_code == 403


@pytest.mark.row("R1")
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"direct": "on"}, "一所学校只归一家管"),
        ({"county": ""}, "请选「市直属」，或者选一家县区教育局"),
        ({"code": "313400007"}, "学校标识码是 10 位数字"),
        ({"code": "3134000001"}, "已经有学校在用"),
        ({"name": "示范甲中学"}, "已经建过了"),
        ({"ownership": "3"}, "不在可以选的里面"),
    ],
)
def test_a_school_that_does_not_fit_the_tree_is_refused(
    sign_in: SignIn, cast: Cast, changed: dict[str, Any], says: str
) -> None:
    page = sign_in("city").post("/org/schools/new", school_fields(cast, **changed)).content.decode()
    assert says in page
    assert School.objects.count() == 2


@pytest.mark.row("R1")
def test_the_refusal_of_two_parents_has_its_code(cast: Cast) -> None:
    from liangshi.registry.schools.actions import make_school

    with pytest.raises(DomainError) as refused:
        make_school(
            code="3134000079", name="x", short_name="x", ownership="1", direct=True, county=cast.county,
            actor=installer(),
        )  # fmt: skip
    assert refused.value.code == "org_single_parent"


# Years and calendar


@pytest.mark.row("R27")
def test_years_begin_with_2022(sign_in: SignIn, cast: Cast) -> None:
    clerk = sign_in("clerk")
    assert clerk.post("/years/new", {"start_year": 2022}).status_code == 302
    made = SchoolYear.objects.get(school=cast.own.school, start_year=2022)
    assert "2022-2023" in text(clerk, f"/years/{made.pk}")
    for wrong, says in ((2021, "学年从 2022-2023 开始"), (2022, "已经建过了"), (2099, "最多提前建下一学年")):
        assert says in clerk.post("/years/new", {"start_year": wrong}).content.decode()
    assert sign_in("leader").post("/years/new", {"start_year": 2023}).status_code == 403


@pytest.mark.row("R27")
def test_a_closed_year_takes_nothing_until_the_leader_reopens_it(sign_in: SignIn, cast: Cast) -> None:
    own, clerk, leader = cast.own, sign_in("clerk"), sign_in("leader")
    past = make_year(own.school, own.year.start_year - 1, actor=installer())
    day = past.starts_on
    who, mentor = own.students[1], own.posts["second"]

    def enter() -> None:
        begin(
            [Pair(who.pk, mentor.pk, day)],
            origin=Origin.IMPORTED,
            actor=installer(),
            chain=str(own.school.pk),
        )

    assert "随时可以看" in text(clerk, f"/years/{past.pk}/close")
    assert clerk.post(f"/years/{past.pk}/close").status_code == 302
    with pytest.raises(DomainError) as refused:
        enter()
    assert refused.value.code == "year_closed"
    assert "请校领导" in refused.value.message
    assert not Mentorship.objects.filter(student=who).exists()
    term = {"opens_on": day.isoformat(), "closes_on": (day + dt.timedelta(90)).isoformat()}
    assert "已经关闭" in clerk.post(f"/years/{past.pk}/terms/1", term).content.decode()
    for name in ("clerk", "mentor", "county"):
        assert sign_in(name).post(f"/years/{past.pk}/reopen").status_code == 403
    assert sign_in("other_leader").post(f"/years/{past.pk}/reopen").status_code == 404
    assert leader.post(f"/years/{past.pk}/reopen").status_code == 302
    past.refresh_from_db()
    assert past.state == YearState.RUNNING
    enter()
    late = Mentorship.objects.get(student=who)
    assert late.late
    assert late.starts_on == day
    assert not Mentorship.objects.get(student=own.student).late
    assert Entry.objects.filter(type="year.reopened", actor="书记甲", chain=str(own.school.pk)).count() == 1
    assert "都会标明「补录」" in text(leader, f"/years/{past.pk}")
    # Ending it on a day of a year that is closed again is refused too.
    clerk.post(f"/years/{past.pk}/close")
    with pytest.raises(DomainError) as refused:
        end(
            late,
            on=day + dt.timedelta(30),
            reason=EndReason.AGREED,
            actor=installer(),
            chain=str(own.school.pk),
        )
    assert refused.value.code == "year_closed"
    # Closing is the school's own affair: the other school's year of the same number is open.
    begin(
        [Pair(cast.other.students[1].pk, cast.other.posts["second"].pk, day)],
        origin=Origin.IMPORTED, actor=installer(), chain=str(cast.other.school.pk),
    )  # fmt: skip


def test_the_running_year_is_not_closed(sign_in: SignIn, cast: Cast) -> None:
    clerk = sign_in("clerk")
    clerk.post(f"/years/{cast.own.year.pk}/close")
    assert "还没有结束" in text(clerk, f"/years/{cast.own.year.pk}")
    assert SchoolYear.objects.get(pk=cast.own.year.pk).state == YearState.RUNNING


def test_terms_are_set_and_checked(sign_in: SignIn, cast: Cast) -> None:
    clerk, year = sign_in("clerk"), cast.own.year
    start = year.start_year
    url = f"/years/{year.pk}/terms/1"
    good = {"opens_on": f"{start}-08-28", "closes_on": f"{start + 1}-01-20"}
    assert clerk.post(url, good).status_code == 302
    assert Term.objects.get(year=year, seq="1").opens_on == dt.date(start, 8, 28)
    for changed, says in (
        ({"closes_on": f"{start}-08-01"}, "放假日要在开学日之后"),
        ({"closes_on": f"{start + 1}-08-20"}, "不会超过 200 天"),
        ({"opens_on": f"{start}-06-28", "closes_on": f"{start}-12-01"}, "不在"),
        ({"closes_on": f"{start + 1}-02-25"}, "重叠"),
    ):
        assert says in clerk.post(url, good | changed).content.decode()
    assert clerk.get(f"/years/{year.pk}/terms/3").status_code == 404


def test_the_calendar_makes_key_moments(sign_in: SignIn, cast: Cast) -> None:
    clerk, year = sign_in("clerk"), cast.own.year
    url, start = f"/years/{year.pk}/events/new", year.start_year
    event = {
        "kind": "midterm", "title": "期中考试", "starts_on": f"{start}-11-10", "last_on": f"{start}-11-12",
    }  # fmt: skip
    assert clerk.post(url, event).status_code == 302
    gaokao = {
        "kind": "gaokao",
        "title": "高考",
        "starts_on": f"{start + 1}-06-07",
        "last_on": f"{start + 1}-06-09",
    }
    assert clerk.post(url, gaokao | {"entry_years": [str(start - 2)]}).status_code == 302
    for name in ("clerk", "mentor", "student"):
        page = text(sign_in(name), "/years")
        assert "11 月 3 日 至 11 月 22 日" in page
        assert "5 月 8 日 至 6 月 9 日" in page
    for changed, says in (
        ({"last_on": f"{start}-11-09"}, "结束日要在开始日当天或之后"),
        ({"starts_on": f"{start - 1}-11-10", "last_on": f"{start - 1}-11-12"}, "不在"),
    ):
        assert says in clerk.post(url, event | changed).content.decode()
    assert CalendarEvent.objects.count() == 2
    assert sign_in("mentor").post(url, event).status_code == 403


def test_all_grades_ticked_are_all_also_where_none_would_be_one(sign_in: SignIn, cast: Cast) -> None:
    start = cast.own.year.start_year
    every = [start, start - 1, start - 2]
    for kind, kept in (("subjects", every), ("midterm", [])):
        sent = {"kind": kind, "title": kind, "starts_on": f"{start}-11-10", "last_on": f"{start}-11-12"}
        url = f"/years/{cast.own.year.pk}/events/new"
        assert sign_in("clerk").post(url, sent | {"entry_years": every}).status_code == 302
        assert CalendarEvent.objects.get(kind=kind).entry_years == kept


def midterm(year: SchoolYear, day: int = 10, **fields: Any) -> CalendarEvent:
    first = dt.date(year.start_year, 11, day)
    row: CalendarEvent = year.events.create(
        **{
            "kind": "midterm", "title": "期中考试", "starts_on": first, "last_on": first + dt.timedelta(2),
            **fields,
        }
    )  # fmt: skip
    return row


NAMES = ("kind", "title", "starts_on", "last_on", "entry_years")


def as_sent(row: CalendarEvent, **changed: Any) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in NAMES} | changed
    grades = [str(entry) for entry in fields.pop("entry_years")]
    return {name: str(value) for name, value in fields.items()} | {"entry_years": grades}


@pytest.mark.row("R60")
def test_an_exam_is_moved_and_its_window_with_it(sign_in: SignIn, cast: Cast) -> None:
    clerk, year = sign_in("clerk"), cast.own.year
    row, start = midterm(year), year.start_year
    url = f"/years/{year.pk}/events/{row.pk}"
    assert f'href="{url}"' in text(clerk, f"/years/{year.pk}")
    assert f'value="{start}-11-10"' in text(clerk, url)
    moved = as_sent(
        row,
        title="期中（台风改期）",
        starts_on=f"{start}-11-17",
        last_on=f"{start}-11-19",
        entry_years=[start, start - 1],
    )
    for changed, says in (
        ({"last_on": f"{start}-11-16"}, "结束日要在开始日当天或之后"),
        ({"title": ""}, "还没有填"),
        ({"starts_on": f"{start - 1}-11-17", "last_on": f"{start - 1}-11-19"}, "不在"),
    ):
        assert says in clerk.post(url, moved | changed).content.decode()
    row.refresh_from_db()
    assert row.title == "期中考试"
    assert not Entry.objects.filter(type="year.event_changed").exists()
    for _ in range(2):  # saved twice: changed once
        assert clerk.post(url, moved).status_code == 302
    row.refresh_from_db()
    assert as_sent(row) == moved
    for name in ("clerk", "mentor", "student"):
        page = text(sign_in(name), "/years")
        assert "11 月 10 日 至 11 月 29 日" in page
        assert "11 月 3 日 至" not in page
        assert (f'href="{url}"' in page) == (name == "clerk")
        assert page.count("高一、高二") == 2  # one entry, and its window
    entry = Entry.objects.get(type="year.event_changed")
    assert (entry.actor, entry.chain) == ("干事甲", str(cast.own.school.pk))
    assert entry.detail == {
        "title": "期中考试",
        "old": {
            "title": "期中考试", "starts_on": f"{start}-11-10", "last_on": f"{start}-11-12", "entry_years": [],
        },
        "new": {
            "title": "期中（台风改期）", "starts_on": f"{start}-11-17", "last_on": f"{start}-11-19",
            "entry_years": [start, start - 1],
        },
    }  # fmt: skip


@pytest.mark.row("R60")
def test_an_entry_is_withdrawn_and_its_window_with_it(sign_in: SignIn, cast: Cast) -> None:
    clerk, year = sign_in("clerk"), cast.own.year
    row, other = (
        midterm(year),
        midterm(year, 24, title="联考", kind="joint", entry_years=[year.start_year - 2]),
    )
    url = f"/years/{year.pk}/events/{row.pk}/withdraw"
    assert f'href="{url}"' in text(clerk, f"/years/{year.pk}/events/{row.pk}")
    asked = text(clerk, url)
    assert CalendarEvent.objects.count() == 2  # it only asks
    assert re.findall("<li><b>(.*?)</b> (.*?)</li>", asked) == [
        ("取消", "「期中考试」11 月 3 日至 11 月 22 日，高一、高二"),
        ("取消", "「期中考试、联考」11 月 3 日至 12 月 6 日，高三"),
        ("改开", "「联考」11 月 17 日至 12 月 6 日，高三"),
    ]
    done = clerk.post(url, follow=True)
    assert "「期中考试」已从校历撤下。" in done.content.decode()
    assert list(CalendarEvent.objects.all()) == [other]
    page = text(sign_in("mentor"), "/years")
    assert "期中考试" not in page
    assert "11 月 17 日 至 12 月 6 日" in page
    entry = Entry.objects.get(type="year.event_withdrawn")
    assert (entry.actor, entry.chain) == ("干事甲", str(cast.own.school.pk))
    assert entry.detail == {
        "kind": "midterm", "title": "期中考试", "starts_on": f"{year.start_year}-11-10",
        "last_on": f"{year.start_year}-11-12", "entry_years": [],
    }  # fmt: skip
    # A second tap, and a form that was still open.
    for late in (url, f"/years/{year.pk}/events/{row.pk}"):
        again = clerk.post(late, as_sent(row), follow=True)
        assert again.status_code == 200
        assert "校历里已经没有这一项了" in again.content.decode()
    assert Entry.objects.filter(type__startswith="year.event").count() == 1
    withdraw_event(row, actor=installer())
    with pytest.raises(DomainError) as refused:
        change_event(row, **{**vars_of(row), "title": "期中"}, actor=installer())
    assert refused.value.code == "event_withdrawn"
    assert Entry.objects.filter(type__startswith="year.event").count() == 1


@pytest.mark.row("R60")
@pytest.mark.parametrize(("kind", "step", "grade"), [("subjects", 0, "高一"), ("gaokao", 2, "高三")])
def test_what_concerns_one_grade_is_that_grade_s_alone(
    sign_in: SignIn, cast: Cast, kind: str, step: int, grade: str
) -> None:
    """Entered, or changed from something else, for the whole school: it opens a window for nobody but that grade."""
    clerk, year = sign_in("clerk"), cast.own.year
    url, entry = f"/years/{year.pk}/events", year.start_year - step
    assert "算高一的，「选考、高考」不勾算高三的" in text(clerk, f"{url}/new")
    row = midterm(year)
    sent = as_sent(row, kind=kind, title="这一件")
    assert clerk.post(f"{url}/new", sent).status_code == 302
    added = CalendarEvent.objects.get(title="这一件")
    assert added.entry_years == [entry]
    assert clerk.post(f"{url}/{row.pk}", sent).status_code == 302
    row.refresh_from_db()
    assert row.entry_years == [entry]
    assert {grades for window, grades in windows_of(year) if "这一件" in window.titles} == {grade}
    other = as_sent(row, entry_years=[year.start_year - 1])  # a grade that is named stands
    assert clerk.post(f"{url}/{row.pk}", other).status_code == 302
    row.refresh_from_db()
    assert row.entry_years == [year.start_year - 1]


@pytest.mark.row("R60")
def test_one_entry_for_two_grades_opens_the_window_of_both(sign_in: SignIn, cast: Cast) -> None:
    clerk, year = sign_in("clerk"), cast.own.year
    both = [str(year.start_year), str(year.start_year - 1)]
    sent = as_sent(midterm(year)) | {"title": "高一高二期末"}
    url = f"/years/{year.pk}/events/new"
    assert clerk.post(url, sent | {"entry_years": both}).status_code == 302
    row = CalendarEvent.objects.get(title="高一高二期末")
    assert {grades for window, grades in windows_of(year) if row.title in window.titles} == {"高一、高二"}
    assert text(clerk, f"/years/{year.pk}/events/{row.pk}").count("checked") == 2
    every = [*both, str(year.start_year - 2)]
    assert clerk.post(url, sent | {"title": "三个年级", "entry_years": every}).status_code == 302
    assert CalendarEvent.objects.get(title="三个年级").entry_years == []  # the whole school
    assert clerk.post(url, sent | {"title": "别的", "entry_years": ["1999"]}).status_code == 200


@pytest.mark.parametrize("kind", ["subjects", "gaokao"])
def test_the_database_holds_that_it_names_its_grade(cast: Cast, kind: str) -> None:
    with pytest.raises(IntegrityError, match="event_of_one_grade_names_it"), transaction.atomic():
        midterm(cast.own.year, kind=kind)


def vars_of(row: CalendarEvent) -> dict[str, Any]:
    return {name: getattr(row, name) for name in NAMES}


def test_what_makes_no_window_says_that_none_goes(sign_in: SignIn, cast: Cast) -> None:
    row = midterm(cast.own.year, kind="parents", title="家长会")
    url = f"/years/{cast.own.year.pk}/events/{row.pk}/withdraw"
    assert "关键时间节点不变" in text(sign_in("clerk"), url)


def test_who_may_not_keep_the_calendar_changes_nothing_in_it(sign_in: SignIn, cast: Cast) -> None:
    row = midterm(cast.own.year)
    own, foreign = cast.own.year.pk, cast.other.year.pk
    for name, year, status in (
        ("leader", own, 403), ("mentor", own, 403), ("student", own, 403), ("county", own, 403),
        ("other_clerk", own, 404), ("other_clerk", foreign, 302), ("clerk", foreign, 404),
    ):  # fmt: skip
        client = sign_in(name)
        for tail in ("", "/withdraw"):
            url = f"/years/{year}/events/{row.pk}{tail}"
            assert client.get(url).status_code == status, (name, url)
            assert client.post(url, as_sent(row, title="改了")).status_code == status, (name, url)
    row.refresh_from_db()
    assert row.title == "期中考试"


def test_the_calendar_of_a_closed_year_stays_as_it_is(sign_in: SignIn, cast: Cast) -> None:
    clerk = sign_in("clerk")
    past = make_year(cast.own.school, cast.own.year.start_year - 1, actor=installer())
    row = midterm(past)
    url = f"/years/{past.pk}/events/{row.pk}"
    clerk.post(f"/years/{past.pk}/close")
    assert url not in text(clerk, f"/years/{past.pk}")
    assert "学年已经关闭" in clerk.post(url, as_sent(row, title="改了")).content.decode()
    assert "学年已经关闭" in clerk.post(f"{url}/withdraw", follow=True).content.decode()
    row.refresh_from_db()
    assert row.title == "期中考试"
    sign_in("leader").post(f"/years/{past.pk}/reopen")
    assert clerk.post(url, as_sent(row, title="改了")).status_code == 302
    assert clerk.post(f"{url}/withdraw").status_code == 302
    assert not CalendarEvent.objects.exists()


@pytest.mark.parametrize("entries", [1, 3])
def test_the_year_s_page_asks_as_often_for_one_entry_as_for_three(
    sign_in: SignIn, cast: Cast, entries: int
) -> None:
    for number in range(entries):
        midterm(cast.own.year, 5 + number, title=f"考试{number}")
    client = sign_in("clerk")
    client.get("/years")
    with CaptureQueriesContext(connection) as asked:
        page = text(client, f"/years/{cast.own.year.pk}")
    assert page.count(f"/years/{cast.own.year.pk}/events/") == entries + 1
    assert len(asked) == 16


def test_a_school_without_a_year_is_told_to_make_one(sign_in: SignIn, cast: Cast) -> None:
    SchoolYear.objects.filter(school=cast.own.school).delete()
    assert "先建立这一学年" in text(sign_in("clerk"), "/years")
    assert "建立学年</a>" not in text(sign_in("mentor"), "/years")


def test_schools_of_a_third_kind_and_place_are_filtered(sign_in: SignIn, cast: Cast) -> None:
    troupe(cast.city, code="3134000009", tag="附", ownership=Ownership.AFFILIATED)
    city = sign_in("city")
    assert [row[0] for row in sheet(city, "/schools?place=city&format=xlsx")[1:]] == ["示范附中学"]
    assert [row[0] for row in sheet(city, f"/schools?place={cast.county.pk}&format=xlsx")[1:]] == [
        "示范甲中学"
    ]
    assert len(sheet(city, "/schools?ownership=nonsense&format=xlsx")) == 4
