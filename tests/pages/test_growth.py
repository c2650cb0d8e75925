"""Growth on the screen: who sees which of a student's own words, goals, subjects and shining moments."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.faces import Happened
from liangshi.foundation.base.models import new_key
from liangshi.foundation.notices.models import Notice
from liangshi.portal.dossier.queries import page as page_queries
from liangshi.practice.growth import face
from liangshi.practice.growth.actions import shining as shining_actions
from liangshi.practice.growth.actions.goals import set_goal
from liangshi.practice.growth.actions.portraits import add_activity, write_portrait
from liangshi.practice.growth.actions.subjects import choose
from liangshi.practice.growth.models import Portrait, Shine, SubjectChoice
from liangshi.practice.growth.queries.portraits import portrait_for
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import FAMILY, TIMELINES
from liangshi.registry.mentorships.actions import Pair, begin, begin_co, cover, end
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import ClassPost, Student
from liangshi.registry.schools.choices import Strategy
from liangshi.registry.schools.models import Term
from tests.asking import SignIn, text
from tests.cast import Cast, installer

FIELDS = ("interests", "strengths", "talk_style", "to_tell", "worries", "unspoken")
PRIVATE = ("worries", "unspoken")


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """The thirteenth week of the first term."""
    with time_machine.travel(dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)):
        yield


def page(who: Student, part: str) -> str:
    return f"/students/{who.pk}?part={part}"


def marked(name: str) -> str:
    return f"标记{name}甲乙"


def plant(cast: Cast) -> Student:
    """A student who filled every field of his portrait with a word that stands nowhere else."""
    who = cast.own.student
    words = {name: ("", marked(name)) for name in FIELDS}
    write_portrait(who, {**words, "wanted": ([], ["XL"])}, actor=cast.actor("student"))
    return who


def shown(content: str) -> set[str]:
    return {name for name in FIELDS if marked(name) in content}


def drop(cast: Cast, who: Student, words: str, *, by: str = "worker", shared: bool = False) -> Shine:
    return shining_actions.drop(
        who, text=words, virtue="moral", on=today(), shared=shared, key=new_key(), actor=cast.actor(by)
    )


def give_mentor(cast: Cast, who: Student, post: str = "second") -> Mentorship:
    begin(
        [Pair(who.pk, cast.own.posts[post].pk, today())],
        origin=Origin.ASSIGNED,
        actor=installer(),
        chain=str(who.school_id),
    )
    return Mentorship.objects.get(student=who, ends_on__isnull=True)


# The portrait


@pytest.mark.row("R19")
def test_own_mentors_read_it_and_a_caretaker_not_the_private_fields(sign_in: SignIn, cast: Cast) -> None:
    who = plant(cast)
    assert shown(text(sign_in("student"), page(who, "portrait"))) == set(FIELDS)
    assert shown(text(sign_in("mentor"), page(who, "portrait"))) == set(FIELDS)
    read = Entry.objects.filter(type="portrait.read", subject=str(who.pk))
    assert [entry.actor for entry in read] == ["李晓明甲"]  # reading one's own is no news
    for part in ("overview", "timeline", "aims", "shines"):
        assert not shown(text(sign_in("mentor"), page(who, part)))

    bond = Mentorship.objects.get(student=who)
    cover([bond], cast.own.posts["second"], on=today(), actor=installer(), chain=str(who.school_id))
    caretaker = sign_in("second", Role.MENTOR)
    seen = text(caretaker, page(who, "portrait"))
    assert shown(seen) == set(FIELDS) - set(PRIVATE)
    assert "只给学生自己的导师看" in seen


@pytest.mark.row("R19")
def test_a_co_mentor_reads_all_and_a_former_mentor_nothing(sign_in: SignIn, cast: Cast) -> None:
    who = plant(cast)
    begin_co(
        who, cast.own.posts["second"], strategy=Strategy.XL, on=today(), actor=installer(),
        chain=str(who.school_id),
    )  # fmt: skip
    assert shown(text(sign_in("second", Role.MENTOR), page(who, "portrait"))) == set(FIELDS)
    bond = Mentorship.objects.get(student=who, mentor=cast.own.posts["mentor"])
    end(bond, on=today(), reason=EndReason.AGREED, actor=installer(), chain=str(who.school_id))
    assert sign_in("mentor").get(page(who, "portrait")).status_code == 404
    assert portrait_for(cast.actor("mentor"), who) is None


@pytest.mark.row("R19")
def test_every_field_may_stay_empty_and_the_mentor_sees_not_filled_in(sign_in: SignIn, cast: Cast) -> None:
    who = cast.own.student
    student = sign_in("student")
    assert student.post("/growth/portrait", dict.fromkeys(FIELDS, "")).status_code == 302
    seen = text(sign_in("mentor"), page(who, "portrait"))
    assert seen.count("未填写") == len(FIELDS) + 1
    for word in ("提醒", "完成度", "%"):
        assert word not in seen[seen.index("<main") :]


def hidden(content: str) -> dict[str, str]:
    """What the page was made from, as a browser would send it back."""
    return dict(re.findall(r'<input type="hidden" name="(initial-[a-z_]+)" value="([^"]*)"', content))


@pytest.mark.row("R19")
def test_two_open_pages_lose_nothing_of_each_other(sign_in: SignIn, cast: Cast) -> None:
    student = sign_in("student")
    first = second = hidden(text(student, "/growth/portrait"))
    assert student.post("/growth/portrait", {**first, "interests": "长跑"}).status_code == 302
    assert student.post("/growth/portrait", {**second, "strengths": "画画"}).status_code == 302
    held = Portrait.objects.get()
    assert (held.interests, held.strengths) == ("长跑", "画画")
    # The same field on an old page: refused once, with what was typed; sent again it is a decision.
    answer = student.post("/growth/portrait", {**second, "interests": "围棋"}).content.decode()
    assert "刚在另一个页面改过" in answer
    assert "围棋" in answer
    held.refresh_from_db()
    assert held.interests == "长跑"
    again = {**hidden(answer), "interests": "围棋", "strengths": "画画"}
    assert student.post("/growth/portrait", again).status_code == 302
    held.refresh_from_db()
    assert (held.interests, held.strengths) == ("围棋", "画画")


def test_clearing_asks_first(sign_in: SignIn, cast: Cast) -> None:
    plant(cast)
    student = sign_in("student")
    assert "找不回来" in text(student, "/growth/portrait/clear")
    assert Portrait.objects.exists()
    student.post("/growth/portrait/clear")
    assert not Portrait.objects.exists()


# Goals, subjects, career


def sent_once(client: Client, url: str) -> str:
    """The key of the form at this address."""
    found = re.search(r'name="key" value="([0-9a-f-]+)"', text(client, url))
    assert found
    return found[1]


@pytest.mark.row("R20")
def test_open_goals_of_the_last_term_leave_room_for_three_new_ones(sign_in: SignIn, cast: Cast) -> None:
    """The page offers a goal exactly as long as the action takes one: three in a term."""
    who = cast.own.student
    url, aims = f"/growth/students/{who.pk}/goals/new", page(who, "aims")

    def three() -> None:
        for number in range(3):
            for name in ("mentor", "student"):
                assert f'href="{url}"' in text(sign_in(name), aims)
            set_goal(
                who, strategy="XY", text=f"目标{number}", owner="student", review_on=today() + dt.timedelta(9),
                key=new_key(), actor=cast.actor("student"),
            )  # fmt: skip
        assert f'href="{url}"' not in text(sign_in("mentor"), aims)

    with time_machine.travel(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)):
        three()
    with time_machine.travel(dt.datetime(2027, 3, 1, 4, tzinfo=dt.UTC)):
        three()
    assert who.goals.filter(state="open").count() == 6


@pytest.mark.row("R20")
def test_a_goal_from_the_form_to_its_end(sign_in: SignIn, cast: Cast) -> None:
    who, mentor = cast.own.student, sign_in("mentor")
    url = f"/growth/students/{who.pk}/goals/new"
    fields = {"text": "每周跑三次", "strategy": "SH", "owner": "student", "key": sent_once(mentor, url)}
    answer = mentor.post(url, fields).content.decode()
    assert "请定一个回头看的日期" in answer
    assert "每周跑三次" in answer  # nothing typed is lost
    for _ in range(2):  # a double tap
        answer = mentor.post(url, {**fields, "review_on": "2026-12-20"})
        assert answer.status_code == 302
    seen = text(sign_in("student"), page(who, "aims"))
    assert "每周跑三次" in seen
    assert "12 月 20 日回头看" in seen
    goal = who.goals.get()
    close = f"/growth/students/{who.pk}/goals/{goal.pk}/close"
    assert "请写一句话" in sign_in("student").post(close, {"outcome": "met"}).content.decode()
    sign_in("student").post(close, {"outcome": "met", "closing": "跑下来了"})
    seen = text(mentor, page(who, "aims"))
    assert "跑下来了" in seen
    assert "达成" in seen
    for name in ("adviser", "clerk", "leader", "guardian"):
        assert "每周跑三次" not in text(sign_in(name), page(who, "aims"))
        assert "每周跑三次" not in text(sign_in(name), page(who, "timeline"))
    other = f"/growth/students/{cast.own.students[1].pk}/goals/{goal.pk}/close"
    give_mentor(cast, cast.own.students[1], "mentor")
    assert mentor.get(other).status_code == 404  # the goal of another of his students


@pytest.mark.row("R20")
def test_the_day_to_look_back_comes_to_both(sign_in: SignIn, cast: Cast) -> None:
    set_goal(
        cast.own.student, strategy="SH", text="每周跑三次", owner="student", review_on=dt.date(2026, 12, 1),
        key=new_key(), actor=cast.actor("student"),
    )  # fmt: skip
    assert "该回头看的目标" not in text(sign_in("mentor"), "/")
    assert "该回头看了" not in text(sign_in("student"), "/")
    with time_machine.travel(dt.datetime(2026, 12, 1, 2, 0, tzinfo=dt.UTC)):
        assert "每周跑三次" in text(sign_in("mentor"), "/")
        assert "该回头看了" in text(sign_in("student"), "/")
        assert "每周跑三次" not in text(sign_in("adviser"), "/")


@pytest.mark.row("R29")
def test_subjects_from_unchosen_to_changed(sign_in: SignIn, cast: Cast) -> None:
    who, clerk, student = cast.own.student, sign_in("clerk"), sign_in("student")
    url = f"/growth/students/{who.pk}/subjects"
    for name in ("mentor", "adviser", "clerk", "leader", "student", "guardian"):
        assert "未选" in text(sign_in(name), page(who, "aims")), name
    assert "改选科" not in text(student, page(who, "aims"))
    assert url not in text(student, page(who, "aims"))
    wanted = {"first": "phy", "seconds": ["che", "bio"]}
    assert "还没有开放选科填报" in student.post(url, wanted).content.decode()
    window = f"/growth/subject-windows/{cast.own.cohort.pk}"
    clerk.post(window, {"opens_on": "2026-11-20", "last_on": "2026-11-30"})
    assert "11 月 20 日到 11 月 30 日" in text(clerk, "/growth/subject-windows")
    assert url in text(student, page(who, "aims"))
    for seconds in (["che"], ["che", "bio", "geo"]):
        answer = student.post(url, {"first": "phy", "seconds": seconds}).content.decode()
        assert "两门不同的再选" in answer
    assert not SubjectChoice.objects.exists()
    student.post(url, wanted)
    clerk.post(url, {"first": "his", "seconds": ["pol", "geo"]})
    for name in ("mentor", "adviser", "clerk", "leader", "student", "guardian"):
        seen = text(sign_in(name), page(who, "aims"))
        for words in ("史政地", "物化生", "本人填报 · 欧阳雨桐甲", "学校登记 · 干事甲"):
            assert words in seen, (name, words)
    assert "选科：物化生 改为 史政地" in text(sign_in("guardian"), page(who, "timeline"))
    assert "选科有变动" in text(sign_in("mentor"), "/")
    assert "物化生" not in text(sign_in("grade_head"), page(who, "timeline"))


def test_the_career_strand_is_for_the_student_and_his_mentors(sign_in: SignIn, cast: Cast) -> None:
    who, student = cast.own.student, sign_in("student")
    student.post("/growth/career", {"leanings": "想当船长", "majors": "航海技术"})
    student.post("/growth/career/activities/new", {"title": "参观船厂", "on": "2026-11-01", "note": "很吵"})
    for name in ("student", "mentor"):
        seen = text(sign_in(name), page(who, "aims"))
        for words in ("想当船长", "航海技术", "参观船厂", "很吵"):
            assert words in seen, name
    for name in ("adviser", "clerk", "leader", "guardian"):
        for part in ("aims", "timeline"):
            assert "船" not in text(sign_in(name), page(who, part)), name


# Shining moments


def test_who_reads_a_shining_moment(sign_in: SignIn, cast: Cast) -> None:
    who = cast.own.student
    drop(cast, who, "悄悄擦了黑板")
    drop(cast, who, "扶起了同学", shared=True, by="clerk")
    sees = {
        "mentor": (True, True), "adviser": (True, True), "student": (False, True), "guardian": (False, False),
        "leader": (False, False), "clerk": (False, True), "grade_head": (False, False),
    }  # fmt: skip
    for name, (closed, open_) in sees.items():
        client = sign_in(name)
        for part in ("shines", "timeline"):
            seen = text(client, page(who, part))
            assert ("悄悄擦了黑板" in seen, "扶起了同学" in seen) == (closed, open_), (name, part)
    assert "一共记了 <b>2</b> 条" in text(sign_in("leader"), page(who, "shines"))
    assert "扶起了同学" in text(sign_in("student"), "/")
    assert "悄悄擦了黑板" not in text(sign_in("student"), "/")
    assert "悄悄擦了黑板" in text(sign_in("worker"), "/growth/moments")
    assert "扶起了同学" not in text(sign_in("worker"), "/growth/moments")


def test_any_adult_of_the_school_finds_any_student_in_three_taps(sign_in: SignIn, cast: Cast) -> None:
    worker = sign_in("worker")
    found = text(worker, "/growth/moments?q=王明")
    assert "王明甲" in found
    assert "高一(2)班" in found
    assert "王明乙" not in found
    url = reverse("growth:shine_new", args=[cast.own.students[3].pk])
    assert url in found
    once = re.search(r'name="key" value="([^"]+)"', text(worker, url))
    assert once
    fields = {"key": once[1], "virtue": "work", "text": "放学后留下来扫雪", "on": "2026-11-23"}
    assert "请点一项" in worker.post(url, {**fields, "virtue": ""}).content.decode()
    for _ in range(2):
        assert worker.post(url, fields)["Location"] == "/growth/moments"
    assert Shine.objects.get().student == cast.own.students[3]
    # From a student's page the way leads back to it.
    mine = reverse("growth:shine_new", args=[cast.own.student.pk])
    back = sign_in("mentor").post(mine, {**fields, "key": str(new_key())})["Location"]
    assert back == page(cast.own.student, "shines")


def test_the_author_takes_it_back_for_a_reason(sign_in: SignIn, cast: Cast) -> None:
    row = drop(cast, cast.own.student, "扶起了同学", shared=True)
    url = f"/growth/moments/{row.pk}/void"
    assert sign_in("mentor").post(url, {"reason": "我不同意"}).status_code == 404
    worker = sign_in("worker")
    assert "请写一句为什么" in worker.post(url, {"reason": ""}).content.decode()
    worker.post(url, {"reason": "记错了人"})
    for name in ("student", "mentor"):
        assert "扶起了同学" not in text(sign_in(name), page(cast.own.student, "shines"))
    assert "已作废：记错了人" in text(worker, "/growth/moments")


@pytest.mark.row("N24")
def test_from_week_12_who_was_not_seen_is_shown_to_mentor_and_teachers(sign_in: SignIn, cast: Cast) -> None:
    own = cast.own
    teacher = own.posts["worker"]
    post = ClassPost.objects.create(staff=teacher, class_group=own.class_1, starts_on=dt.date(2026, 9, 1))
    give_mentor(cast, own.students[3], "mentor")  # of class 2, which the teacher does not teach
    line = "还有 {} 人没有收到过闪光点"
    assert line.format(2) in text(sign_in("mentor"), "/")
    assert line.format(1) in text(sign_in("worker"), "/")
    waiting = text(sign_in("worker"), "/growth/moments/waiting")
    assert "欧阳雨桐甲" in waiting
    assert "王明甲" not in waiting
    assert "王芳甲" not in waiting  # has no mentor: nobody's mentee
    for name in ("clerk", "leader", "grade_head"):
        assert "没有收到过闪光点" not in text(sign_in(name), "/")
        assert "欧阳雨桐甲" not in text(sign_in(name), "/growth/moments/waiting")
    drop(cast, own.student, "扶起了同学")
    assert line.format(1) in text(sign_in("mentor"), "/")
    assert "没有收到过闪光点" not in text(sign_in("worker"), "/")
    Shine.objects.update(on=dt.date(2026, 8, 1))  # of the term before
    assert line.format(1) in text(sign_in("worker"), "/")
    post.ends_on = today()
    post.save()
    assert "没有收到过闪光点" not in text(sign_in("worker"), "/")


@pytest.mark.row("N24")
def test_before_week_12_nobody_is_shown(sign_in: SignIn, cast: Cast) -> None:
    for day, seen in ((16, False), (17, True)):  # 1 September and eleven weeks
        with time_machine.travel(dt.datetime(2026, 11, day, 2, 0, tzinfo=dt.UTC)):
            assert ("没有收到过闪光点" in text(sign_in("mentor"), "/")) is seen, day


# The page of a student


@pytest.mark.row("G12")
def test_the_timeline_is_by_the_day_it_happened_and_says_what_came_late(
    sign_in: SignIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = cast.own.student
    day = dt.date(2026, 10, 8)
    talks = [
        Happened(day, dt.date(2026, 11, 1), "谈心谈话", "学业辅导"),
        Happened(dt.date(2026, 11, 1), dt.date(2026, 11, 8), "谈心谈话", "七天以内"),
    ]
    monkeypatch.setattr(page_queries, "TIMELINES", [*TIMELINES, lambda actor, student: talks])
    drop(cast, who, "扶起了同学")
    Shine.objects.update(on=dt.date(2026, 10, 20))
    seen = text(sign_in("mentor"), page(who, "timeline"))
    order = [seen.index(words) for words in ("七天以内", "闪光点（德）", "学业辅导", "成为导师")]
    assert order == sorted(order)
    assert "学业辅导，补录（+24 天）" in seen
    assert "：扶起了同学，补录（+34 天）" in seen  # the moment of 20 October, written on 23 November
    assert "七天以内，补录" not in seen


def test_five_domains_and_the_family_each_with_the_last_day(
    sign_in: SignIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = cast.own.student
    mentor = cast.actor("mentor")

    def last(actor: Any, student: Student) -> dict[str, dt.date] | None:
        if actor.person_id != mentor.person_id:
            return None
        return {"XY": dt.date(2026, 11, 2), FAMILY: dt.date(2026, 10, 1)}

    monkeypatch.setattr(page_queries, "LAST_BY_STRATEGY", [last, lambda actor, student: None])
    seen = text(sign_in("mentor"), page(who, "overview"))
    for label, day in {
        "思想引导": "还没有", "学业辅导": "2026 年 11 月 2 日", "心理疏导": "还没有", "生活指导": "还没有",
        "生涯向导": "还没有", "家庭联系": "2026 年 10 月 1 日",
    }.items():  # fmt: skip
        assert re.search(rf"<dt>{label}</dt> <dd> {day} </dd>", seen), label
    assert "家庭联系" not in text(sign_in("guardian"), page(who, "overview"))


def test_the_wheel_shows_two_terms_beside_what_is_wanted_to_the_mentor_alone(
    sign_in: SignIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = plant(cast)
    asked: list[int] = []

    def talks(actor: Any, student: Student, terms: Any) -> dict[Any, dict[str, int]]:
        asked.append(len(terms))
        return {terms[0]: {"SX": 2}, terms[-1]: {"XY": 7}}

    monkeypatch.setattr(face, "TALKED_BY_TERM", [])
    assert "有了谈话记录后" in text(sign_in("mentor"), page(who, "portrait"))
    monkeypatch.setattr(face, "TALKED_BY_TERM", [talks])
    Term.objects.create(
        year=cast.own.school.years.create(start_year=2025), seq="2",
        opens_on=dt.date(2026, 2, 20), closes_on=dt.date(2026, 7, 10),
    )  # fmt: skip
    Term.objects.create(
        year=cast.own.school.years.get(start_year=2025), seq="1",
        opens_on=dt.date(2025, 9, 1), closes_on=dt.date(2026, 1, 20),
    )  # fmt: skip
    seen = text(sign_in("mentor"), page(who, "portrait"))
    assert asked == [2]
    assert seen.index("上学期</th>") < seen.index("本学期</th>")
    study = seen[seen.index("学业辅导</th>") :].partition("</tr>")[0]
    assert re.findall(r"(\d+) 次", study) == ["0", "7"]
    assert "希望</span>" not in study
    mind = seen[seen.index("心理疏导</th>") :].partition("</tr>")[0]
    assert "希望" in mind
    assert "谈过的和想要的" not in text(sign_in("student"), page(who, "portrait"))
    for name in ("adviser", "clerk", "leader", "guardian"):
        for part in ("portrait", "overview", "aims"):
            assert "谈过的和想要的" not in text(sign_in(name), page(who, part)), name


def test_the_heading_says_who_and_the_page_who_is_responsible(sign_in: SignIn, cast: Cast) -> None:
    own = cast.own
    ClassPost.objects.create(
        staff=own.posts["second"], class_group=own.class_1, starts_on=dt.date(2026, 9, 1)
    )
    seen = text(sign_in("guardian"), page(own.student, "overview"))
    assert "高一(1)班 · 导师李晓明甲老师 · 示范甲中学" in seen
    for label, names in {
        "班主任": "班任甲老师",
        "学科教师": "化学 周敏甲老师",
        "心理教师": "还没有登记",
    }.items():
        assert f"<dt>{label}</dt> <dd> {names} </dd>" in seen
    assert "还没有导师" in text(sign_in("clerk"), page(own.students[1], "overview"))


def test_why_somebody_was_away_is_the_offices_business(sign_in: SignIn, cast: Cast) -> None:
    cast.own.student.spans.update(note="住院")
    for name, sees in {"clerk": True, "mentor": False, "guardian": False, "leader": False}.items():
        assert ("住院" in text(sign_in(name), page(cast.own.student, "timeline"))) is sees, name


@pytest.mark.parametrize(
    ("name", "part", "count"),
    [
        ("mentor", "overview", 26),
        ("mentor", "timeline", 30),
        ("mentor", "aims", 24),
        ("mentor", "shines", 18),
        ("mentor", "portrait", 23),
        ("clerk", "aims", 20),
        ("student", "home", 26),
        ("worker", "moments", 13),
    ],
)
def test_pages_ask_the_same_number_of_questions_whatever_they_hold(
    sign_in: SignIn, cast: Cast, name: str, part: str, count: int
) -> None:
    who, client = cast.own.student, sign_in(name)
    url = {"home": "/", "moments": "/growth/moments"}.get(part) or page(who, part)

    def asked() -> int:
        Notice.objects.update(read_at=now())  # the first about a student asks one question more
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    def add(number: int) -> None:
        drop(cast, who, f"好事{number}", shared=True)
        set_goal(
            who, strategy="XY", text=f"目标{number}", owner="student", review_on=today() + dt.timedelta(9),
            key=new_key(), actor=cast.actor("student"),
        )  # fmt: skip
        add_activity(who, on=today(), title=f"活动{number}", note="", actor=cast.actor("student"))
        seconds = [("che", "bio"), ("che", "geo"), ("bio", "geo")][number]
        choose(who, first="phy", seconds=seconds, actor=cast.actor("clerk"))

    add(0)
    asked()  # whom he meets in passing, he has met
    first = asked()
    add(1)
    add(2)
    assert (first, asked()) == (count, count)
