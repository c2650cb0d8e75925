"""The pages about talks: what a teacher taps, what each reader is shown, and what nobody else ever sees."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.practice.talks.actions.activities import arrange_activity
from liangshi.practice.talks.actions.drafts import DRAFTS
from liangshi.practice.talks.actions.events import set_lead
from liangshi.practice.talks.actions.notes import write_note
from liangshi.practice.talks.models import Activity, LifeEvent, ScratchNote, Talk
from liangshi.registry.access.choices import Role
from tests.asking import SignIn, html_of
from tests.cast import ROLES
from tests.practice.talks.desk import Desk


def body(answer: Any) -> str:
    """What left the system, workbooks unpacked, headers in front."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist())
    return f"{dict(answer.headers)}\n{content.decode(errors='ignore')}"


def post(desk: Desk, **change: Any) -> dict[str, Any]:
    return {
        "students": [str(desk.student(0).pk)],
        "mode": "face",
        "strategies": ["XY"],
        "day": today().isoformat(),
        "key": str(uuid.uuid4()),
        **change,
    }


@pytest.mark.row("R58")
def test_a_talk_is_saved_with_four_facts(sign_in: SignIn, desk: Desk) -> None:
    client = sign_in("mentor")
    assert client.get("/").content.decode().count(f'href="{reverse("talks:new")}"')
    page = client.get("/talks/new").content.decode()
    assert f'value="{today().isoformat()}"' in page
    assert re.search(r'name="mode" value="face"[^>]* checked', page)
    answer = client.post("/talks/new", post(desk), follow=True)
    assert "已记下。能看内容的：导师和班主任。" in answer.content.decode()
    assert Talk.objects.get().students.count() == 1


def test_what_is_missing_is_said_and_what_was_typed_stays(sign_in: SignIn, desk: Desk) -> None:
    wrong = post(desk, students=[], strategies=[], gist="写了很多", day="2099-01-01")
    page = sign_in("mentor").post("/talks/new", wrong).content.decode()
    for words in ("请点选和谁谈的。", "请至少点一项：谈的是哪方面。", "写了很多", "填好的都还在"):
        assert words in page
    late = sign_in("mentor").post("/talks/new", post(desk, day="2099-01-01")).content.decode()
    assert "谈过再记" in late
    far = (
        sign_in("mentor").post("/talks/new", post(desk, students=[str(desk.student(1).pk)])).content.decode()
    )
    assert "有人现在不由您指导" in far
    assert not Talk.objects.exists()


def test_a_remark_about_somebody_who_is_not_chosen_names_him(sign_in: SignIn, desk: Desk) -> None:
    other = desk.give(3).student(3)
    page = sign_in("mentor").post("/talks/new", post(desk, **{f"remark-{other.pk}": "他没来"}))
    assert f"只关于{other}的备注" in page.content.decode()
    assert not Talk.objects.exists()


@pytest.mark.row("R70")
def test_the_boundary_stands_on_the_form(sign_in: SignIn, desk: Desk) -> None:
    client = sign_in("mentor")
    page = client.get("/talks/new").content.decode()
    assert "倾听、陪伴、转介，不做诊断" in page
    assert reverse("talks:event_new") in page
    said = client.post("/talks/new", post(desk, strategies=["XL"]), follow=True).content.decode()
    assert "能看内容的：导师自己" in said


@pytest.mark.row("R62")
def test_in_a_window_the_family_question_is_open_else_it_is_folded(sign_in: SignIn, desk: Desk) -> None:
    page = sign_in("mentor").get("/talks/new").content.decode()
    assert page.index("还可以写") < page.index("需要与家长沟通吗")
    desk.troupe.year.events.create(kind="midterm", title="期中考试", starts_on=today(), last_on=today())
    page = sign_in("mentor").get("/talks/new").content.decode()
    assert page.index("需要与家长沟通吗") < page.index("还可以写")


@pytest.mark.row("N7")
def test_who_does_not_lead_is_told_who_does(sign_in: SignIn, desk: Desk) -> None:
    row = desk.report(0)
    set_lead(row, desk.troupe.posts["second"], actor=desk.actor("leader", Role.LEADER))
    client = sign_in("mentor")
    assert "由周敏甲老师跟进" in client.get(reverse("talks:event", args=[row.pk])).content.decode()
    page = client.post("/talks/new", post(desk, event=str(row.pk))).content.decode()
    assert "这件事由周敏甲老师跟进" in page
    assert not Talk.objects.exists()
    client.post("/talks/new", post(desk, event=str(row.pk), event_reason="学生先来找我"))
    assert Talk.objects.get().event == row


def test_correct_look_back_and_void(sign_in: SignIn, desk: Desk) -> None:
    client, talk = sign_in("mentor"), desk.talk(0, gist="最初的话")
    fields = {"mode": "phone", "strategies": ["SH"], "day": talk.day.isoformat(), "level": "1"}
    edit = reverse("talks:edit", args=[talk.pk])
    assert "最初的话" in client.get(edit).content.decode()
    done = client.post(edit, {**fields, "version": "1", "gist": "改后的话"}, follow=True).content.decode()
    assert "改后的话" in done
    stale = client.post(edit, {**fields, "version": "1", "gist": "旧页面"}).content.decode()
    assert "刚在另一个页面改过" in stale
    assert 'name="version" value="2"' in stale
    earlier = client.get(reverse("talks:versions", args=[talk.pk])).content.decode()
    assert "最初的话" in earlier
    void = reverse("talks:void", args=[talk.pk])
    assert "请写一句为什么" in client.post(void, {"reason": ""}).content.decode()
    assert "已作废" in client.post(void, {"reason": "记错了"}, follow=True).content.decode()
    assert "记错了" in client.get(reverse("talks:talk", args=[talk.pk])).content.decode()


def test_what_each_reader_is_shown_of_the_same_talk(sign_in: SignIn, desk: Desk) -> None:
    desk.give(3)
    remark = {desk.student(0).pk: "只给导师的备注"}
    hidden = desk.talk(0, 3, gist="不给看的话", level=0, remarks=remark)
    shown = desk.talk(0, gist="给TA看的话", level=1, shared=True)
    where = reverse("talks:talk", args=[hidden.pk])
    for name, text, note in (("mentor", True, True), ("adviser", True, False), ("guardian", True, False)):
        page = sign_in(name).get(where).content.decode()
        assert ("不给看的话" in page, "只给导师的备注" in page) == (text, note), name
    page = html_of(sign_in("student").get(where))
    assert "不给看的话" not in page
    assert "备注" not in page
    assert "还有 1 名学生" in page
    assert "给TA看的话" in sign_in("student").get(reverse("talks:talk", args=[shown.pk])).content.decode()
    assert sign_in("guardian").get(reverse("talks:talk", args=[shown.pk])).status_code == 404


def test_every_opening_is_in_the_log(sign_in: SignIn, desk: Desk) -> None:
    talk = desk.talk(0, level=0)
    for name in ("mentor", "adviser", "mentor", "student", "guardian"):
        assert sign_in(name).get(reverse("talks:talk", args=[talk.pk])).status_code == 200
    read = Entry.objects.filter(type__in=["talk.read", "talk.own_read"], subject=str(desk.student(0).pk))
    assert [entry.type for entry in read.order_by("seq")] == ["talk.own_read", "talk.read", "talk.own_read"]
    assert [entry.actor for entry in read.order_by("seq")] == ["李晓明甲", "班任甲", "李晓明甲"]
    assert set(read.values_list("chain", flat=True)) == {desk.chain}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_one_talk_as_for_three(sign_in: SignIn, desk: Desk, count: int) -> None:
    for _ in range(count):
        desk.talk(0)
    client = sign_in("mentor")
    client.get("/talks/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/talks/").content.decode()
    assert f"共 <b>{count}</b>" in page
    assert len(asked) == 15


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_events_and_of_activities(sign_in: SignIn, desk: Desk, count: int) -> None:
    for _ in range(count):
        desk.report(0)
        arrange_activity(name="跑步", day=today(), students=[], key=uuid.uuid4(), actor=desk.mentor)
    client = sign_in("mentor")
    for url, queries in (("/talks/events", 15), ("/talks/activities", 14)):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert f"共 <b>{count}</b>" in client.get(url).content.decode()
        assert len(asked) == queries, url


@pytest.mark.row("R25")
def test_an_activity_is_arranged_and_called_in_one_screen(sign_in: SignIn, desk: Desk) -> None:
    desk.give(3, 4)
    client = sign_in("mentor")
    keys = [str(desk.student(n).pk) for n in (0, 3, 4)]
    fields = {"name": "读书会", "day": today().isoformat(), "students": keys, "key": str(uuid.uuid4())}
    assert "安排好了" in client.post("/talks/activities/new", fields, follow=True).content.decode()
    row = Activity.objects.get()
    url = reverse("talks:activity", args=[row.pk])
    assert client.get(url).content.decode().count(" checked") == 3
    assert "点好名了" in client.post(url, {"present": keys[:2]}, follow=True).content.decode()
    assert client.get(url).content.decode().count(" checked") == 2


@pytest.mark.row("G14")
def test_notes_say_what_becomes_of_them(sign_in: SignIn, desk: Desk) -> None:
    client = sign_in("mentor")
    client.post("/talks/notes/new", {"student": str(desk.student(0).pk), "text": "问问球队"})
    page = client.get("/talks/notes").content.decode()
    assert "问问球队" in page
    assert "当天起，关于TA的这里就不再显示" in page
    note = ScratchNote.objects.get()
    assert sign_in("second", Role.MENTOR).get(reverse("talks:note", args=[note.pk])).status_code == 404
    client.post(reverse("talks:note", args=[note.pk]), {"text": ""})
    assert not ScratchNote.objects.exists()


@pytest.mark.row("R61")
@pytest.mark.parametrize("name", ["student", "guardian", "worker", "mentor", "clerk"])
def test_an_event_is_reported_by_each(sign_in: SignIn, desk: Desk, name: str) -> None:
    client = sign_in(name)
    page = client.get("/talks/events/new").content.decode()
    listed = "欧阳雨桐甲" in page
    assert listed == (name in {"student", "guardian", "mentor"})
    assert ("<span>别的学生</span>" in page) == (name == "mentor")  # a chip once tapped can be let go
    fields = {"kind": "moved", "key": str(uuid.uuid4())}
    if listed:
        fields["student"] = str(desk.student(0).pk)
    else:
        wrong = {**fields, "name": "王芳甲", "group": str(desk.troupe.class_1.pk)}
        assert "班里有同名的学生" in client.post("/talks/events/new", wrong).content.decode()
        assert "请写学生姓名" in client.post("/talks/events/new", fields).content.decode()
        fields |= {"name": "欧阳雨桐甲", "group": str(desk.troupe.class_1.pk)}
    else_where = {**fields, "name": "王芳甲", "group": str(desk.troupe.class_1.pk)}
    if name == "mentor":  # tapped one, wrote another: it is never guessed
        assert "关于谁" in (said := client.post("/talks/events/new", else_where).content.decode())
        assert "上面点的是欧阳雨桐甲" in said
        assert not LifeEvent.objects.exists()
    assert (
        "欧阳雨桐甲的事已送到导师和班主任那里"
        in client.post("/talks/events/new", fields, follow=True).content.decode()
    )
    assert LifeEvent.objects.get().student == desk.student(0)


@pytest.mark.row("R61")
def test_a_talk_about_a_heavy_event_offers_to_report_it_and_asks_once(sign_in: SignIn, desk: Desk) -> None:
    client, child = sign_in("mentor"), desk.student(0)
    answer = client.post("/talks/new", post(desk, cause="event"), follow=True)
    row = Talk.objects.get()
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/talks/{row.pk}"
    assert "是为哪件重大变故谈的" in page
    to = f"{reverse('talks:event_new')}?student={child.pk}&amp;talk={row.pk}"
    assert to in page
    to = to.replace("&amp;", "&")
    form = client.get(to).content.decode()
    assert f"{row.day.month} 月 {row.day.day} 日谈话时得知。" in form
    assert re.search(rf'name="student" value="{child.pk}"[^>]* checked', form)
    sent = {"kind": "bereaved", "student": str(child.pk), "text": "外公走了", "key": str(uuid.uuid4())}
    assert client.post(to, sent).status_code == 302
    row.refresh_from_db()
    assert row.event == LifeEvent.objects.get()
    assert "是为哪件重大变故谈的" not in client.get(f"/talks/{row.pk}").content.decode()
    # The next one: there is something to choose from, and nothing more is to be reported.
    client.post("/talks/new", post(desk, cause="event"))
    later = Talk.objects.exclude(pk=row.pk).get()
    page = client.get(f"/talks/{later.pk}").content.decode()
    assert "点「更正」选上它" in page
    assert "上报</a>" not in page
    # Chosen on the form, its cause is said.
    client.post("/talks/new", post(desk, event=str(row.event.pk)))
    assert Talk.objects.filter(event=row.event, cause="event").count() == 2


def test_nobody_else_s_talk_is_tied_to_what_one_reports(sign_in: SignIn, desk: Desk) -> None:
    """Not an adviser's report with the key of the mentor's talk, nor one about another student."""
    talk, other = desk.talk(0, cause="event"), desk.give(3).student(3)
    for name, student in (("adviser", desk.student(0)), ("mentor", other)):
        sent = {"kind": "other", "student": str(student.pk), "text": "", "key": str(uuid.uuid4())}
        to = f"{reverse('talks:event_new')}?student={student.pk}&talk={talk.pk}"
        assert sign_in(name).post(to, sent).status_code == 302
    ours = desk.talk(0), desk.talk(0, cause="event")
    Talk.objects.filter(pk=ours[1].pk).update(voided_at=now(), void_reason="x")
    for row in ours:  # his own, and about something else, or withdrawn
        sent = {"kind": "other", "student": str(desk.student(0).pk), "text": "", "key": str(uuid.uuid4())}
        to = f"{reverse('talks:event_new')}?student={desk.student(0).pk}&talk={row.pk}"
        assert sign_in("mentor").post(to, sent).status_code == 302
    assert LifeEvent.objects.count() == 4
    assert not Talk.objects.exclude(event=None).exists()
    assert sign_in("mentor").get(f"{reverse('talks:event_new')}?student=x&talk=y").status_code == 200


@pytest.mark.row("N32")
def test_light_days_ask_nothing_on_the_home_page(sign_in: SignIn, desk: Desk) -> None:
    desk.troupe.year.events.create(kind="midterm", title="期中考试", starts_on=today(), last_on=today())
    assert "还没谈过的 1 位" in sign_in("mentor").get("/").content.decode()
    row = desk.report(0)
    set_lead(row, desk.troupe.posts["mentor"], actor=desk.actor("leader", Role.LEADER))
    page = sign_in("mentor").get("/").content.decode()
    assert "还没谈过的" not in page
    assert "这几天轻一点" in page


@pytest.mark.row("N23")
def test_the_school_s_page_and_the_mentor_s(sign_in: SignIn, desk: Desk) -> None:
    desk.troupe.year.events.create(kind="midterm", title="期中考试", starts_on=today(), last_on=today())
    mine = sign_in("mentor").get("/talks/forecast").content.decode()
    assert "想和 1 人次谈一谈" in mine
    assert "欧阳雨桐甲" in mine
    page = sign_in("clerk").get("/moments").content.decode()
    assert "1 人次" in page
    assert "0 / 6" in page
    for who in desk.troupe.people.values():
        assert who.name not in page.replace(desk.troupe.people["clerk"].name, "")


SECRET = "朱雀衔书"
DRAFT = uuid.UUID(int=7)
EVERYBODY = [*ROLES, "second", "former", *(f"other_{name}" for name in ("mentor", "clerk"))]


@pytest.fixture
def planted(desk: Desk) -> Talk:
    """A level-2 talk with the marker in every text, corrected once; an event, a note and an old talk with it too."""
    everything = {
        "gist": SECRET, "agreed": SECRET, "event_reason": SECRET, "level": 2, "family": "unfit",
        "remarks": {desk.student(0).pk: SECRET},
    }  # fmt: skip
    talk = desk.talk(0, strategies=["XL"], **everything)
    desk.correct(talk, **everything)
    desk.report(0, text=SECRET, by=desk.actor("guardian", Role.GUARDIAN))
    write_note(desk.student(0).pk, SECRET, actor=desk.mentor)
    DRAFTS.keep(
        {"students": [str(desk.student(0).pk)], "strategies": ["XL"], "gist": [SECRET]},
        key=DRAFT, actor=desk.mentor,
    )  # fmt: skip
    desk.co()
    return talk


def test_the_text_of_level_2_is_in_no_log_notice_or_dump(
    planted: Talk, desk: Desk, capsys: Any, caplog: Any
) -> None:
    out = io.StringIO()
    call_command("dumpdata", "audit", "notices", stdout=out)
    assert "talk.saved" in out.getvalue()
    assert SECRET not in out.getvalue().encode().decode("unicode_escape", errors="ignore")
    assert "\\u6731\\u96c0" not in out.getvalue()
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err + caplog.text
