"""What talks, events, notes and activities show on the pages of others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.faces import CONTACT_ROWS, TOUCHED, Due, Field, Form, Happened, fills_in, fixed
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.ui.shell import Button, ListRow
from liangshi.practice.talks.actions.drafts import DRAFTS
from liangshi.practice.talks.actions.notes import end_kept
from liangshi.practice.talks.choices import COMPULSORY
from liangshi.practice.talks.models import TalkStudent, TalkTag
from liangshi.practice.talks.policy import EVENT_LEAD, EVENT_READ, FOLLOWUP_WRITE, TALK_WRITE, UNMET_HANDLE
from liangshi.practice.talks.queries.contacts import last_by_strategy, last_contacts, strategies_by_term
from liangshi.practice.talks.queries.events import lead_by, lighter, open_events_of, to_be_led, to_lead
from liangshi.practice.talks.queries.moments import untalked
from liangshi.practice.talks.queries.notes import last_lines
from liangshi.practice.talks.queries.talks import follow_ups, promised, writable
from liangshi.practice.talks.queries.timeline import timeline
from liangshi.practice.talks.queries.unmet import open_unmet, pressable
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import (
    HEADING_DEEDS,
    LAST_BY_STRATEGY,
    LAST_CONTACTS,
    LIGHTER,
    TALKED_BY_TERM,
    TIMELINES,
    Context,
    Deeds,
    Desk,
    Place,
    Reader,
    card,
    due,
    link,
    nav,
    rows,
)
from liangshi.registry.access.links import address
from liangshi.registry.access.parting import PARTINGS, Parting
from liangshi.registry.access.policy import OFFICE, allows
from liangshi.registry.people.models import Student

# What is due


def _lighter(actor: Actor) -> bool:
    """He leads a heavy event: no optional prompt asks him anything."""
    return lighter(actor.staff_id, today())


LIGHTER.put("talks", _lighter)


@due("window", TALK_WRITE)
def _windows(actor: Actor) -> Iterable[Due]:
    """Open key moments in which a mentor has not yet talked with all of his students."""
    if _lighter(actor):
        return
    for row in untalked(actor):
        count, window = len(row.students), row.window
        words = f"与 {count} 名学生谈心谈话（{window.title}）"
        key = f"{window.opens_on}:{window.last_on}:{'-'.join(row.grades)}:{window.title}"
        yield Due(key, words, words, reverse("talks:new"), "message-circle", window.last_on)


@due("follow-up", FOLLOWUP_WRITE)
def _follow_ups(actor: Actor) -> Iterable[Due]:
    for row in follow_ups(actor):
        url = reverse("talks:follow_ups")
        yield Due(f"{row.pk}", row.get_kind_display(), "谈话之后的事", url, "list-checks", row.due_on)


@due("event", EVENT_READ)
def _events(actor: Actor) -> Iterable[Due]:
    """Life events: a lead is wanted (there is none, or he is not at work), or this person leads."""
    if allows(actor.role, EVENT_LEAD):
        wanted = list(to_be_led(actor))
        until = lead_by(wanted)
        for row in wanted:
            title, url = f"给{row.student}的事定一位主谈人", reverse("talks:event", args=[row.pk])
            named = (row.student_id,)
            yield Due(f"{row.pk}:lead", title, "定一位主谈人", url, "heart-handshake", until[row.pk], named)
    for row in to_lead(actor) if actor.hat.staff_id else ():
        title, url = f"和{row.student}谈一谈", reverse("talks:event", args=[row.pk])
        yield Due(f"{row.pk}", title, "跟进一件事", url, "heart-handshake", row.target_on, (row.student_id,))


@due("draft", TALK_WRITE)
def _drafts(actor: Actor) -> Iterable[Due]:
    """A talk that was begun and not saved."""
    return DRAFTS.due(actor, writable(actor), reverse("talks:new"), "没写完的谈话")


@due("next", TALK_WRITE)
def _promised(actor: Actor) -> Iterable[Due]:
    """Talks that were promised."""
    for row in promised(actor):
        known = row.known  # type: ignore[attr-defined]
        who = "、".join(str(each) for each in known[:3])
        url = address(actor, "talks:new", student=str(known[0].student_id)) if known else ""
        named = tuple(each.student_id for each in known[:3])
        yield Due(f"{row.pk}", f"约好再和{who}谈", "约好的谈话", url, "message-circle", row.next_on, named)


@due("unmet", UNMET_HANDLE)
def _unmet_due(actor: Actor) -> Iterable[Due]:
    """Students who have not met their mentor yet: the office gets in touch within two school days."""
    for held in open_unmet(actor):
        title, url = f"联系{held.row.student}：还没见过导师", reverse("talks:unmet")
        named = (held.row.student_id,)
        yield Due(f"{held.row.pk}", title, "联系一名学生", url, "phone", held.row.due_on, named)


PARTINGS.put("notes", Parting(last_lines, end_kept))

# The home pages: links

nav(20, "talks:new", "记谈话", "plus", without=(Role.STAFF,), primary=True)
nav(90, "talks:list", "谈话", "message-circle", without=(Role.STAFF,))
link("talks:forecast", "未来 30 天", {Role.MENTOR: 30}, icon="cloud-sun", sub="关键节点要谈几位")
link("talks:activities", "小组活动", {Role.MENTOR: 50}, icon="users")
link("talks:notes", "随手记", {Role.MENTOR: 40}, icon="pencil", sub="只有自己看得到")
link("talks:event_new", "上报重大变故", {Role.MENTOR: 60, Role.GRADE_HEAD: 20}, icon="heart-handshake")
link("talks:event_new", "上报重大变故", {Role.STAFF: 50} | dict.fromkeys(OFFICE, 70), icon="plus")
link("talks:events", "重大变故", dict.fromkeys(OFFICE, 60), icon="heart-handshake", sub="定一位主谈人")
link("talks:events", "重大变故", {Role.STAFF: 40}, icon="heart-handshake", sub="请您做主谈人的")


@rows("talks:follow_ups", {Role.MENTOR: 20} | dict.fromkeys(OFFICE, 90))
def _follow_up_row(desk: Desk) -> Iterable[ListRow]:
    if count := follow_ups(desk.actor).count():
        title = "谈话之后的事" if desk.actor.role == Role.MENTOR else "请您商量的事"
        yield ListRow(title, reverse("talks:follow_ups"), icon="list-checks", meta=f"{count} 件")


@rows("talks:unmet", dict.fromkeys(OFFICE, 80))
def _unmet_row(desk: Desk) -> Iterable[ListRow]:
    count, url = len(open_unmet(desk.actor)), address(desk.actor, "talks:unmet")
    if count:
        yield ListRow("想见导师的学生", url, icon="message-circle", meta=f"{count} 名待联系")
    else:
        sub = "学生请学校约见面，还没有人谈过的学生"
        yield ListRow("想见导师的学生", url, sub=sub, icon="message-circle")


# The home pages: cards


@card(Place.TOP, "talks/cards/events.html", {Role.MENTOR: 40})
def _open_events(desk: Desk) -> Context:
    found = open_events_of(desk.actor)
    desk.names(row.student_id for row in found)
    return {"events": found, "own": desk.actor.staff_id}


@card(Place.TOP, "talks/cards/lighter.html", {Role.MENTOR: 50})
def _peace(desk: Desk) -> Context | None:
    return {} if desk.lighter else None


@card(Place.MAIN, "talks/cards/untalked.html", {Role.MENTOR: 10})
def _untalked(desk: Desk) -> Context | None:
    if desk.lighter:
        return None
    found = untalked(desk.actor)
    desk.names(student.pk for row in found for student in row.students)
    return {
        "untalked": found,
        "forecast_url": address(desk.actor, "talks:forecast"),
    }


def _links(desk: Desk) -> Context:
    names = ("list", "events", "event_new")
    return {f"{name}_url": address(desk.actor, f"talks:{name}") for name in names}


@card(Place.BELOW, "talks/cards/student.html", {Role.STUDENT: 20})
@card(Place.BELOW, "talks/cards/adviser.html", {Role.ADVISER: 30})
def _talks_card(desk: Desk) -> Context:
    return _links(desk)


@card(Place.BELOW, "talks/cards/guardian.html", {Role.GUARDIAN: 10})
def _for_guardians(desk: Desk) -> Context | None:
    return _links(desk) if desk.students else None


@card(Place.UNDER_MENTOR, "talks/cards/unmet.html", {Role.STUDENT: 10})
def _unmet(desk: Desk) -> Context:
    return {"unmet": pressable(desk.actor), "url": address(desk.actor, "talks:unmet_new")}


# The page of a student, and figures


def _record(reader: Reader) -> Iterable[Button]:
    if url := address(reader.actor, "talks:new", student=str(reader.student.pk)):
        yield Button("记谈话", url, "plus")


def _timeline(actor: Actor, student: Student) -> Iterable[Happened]:
    """Talks, activities and life events; 补录 is told by the room itself."""
    for entry in timeline(actor, student):
        yield Happened(
            entry.day, entry.day, entry.title, entry.text, entry.icon, entry.url, month_only=entry.restricted
        )


def _last_contacts(actor: Actor, students: Sequence[UUID]) -> Mapping[UUID, dt.date]:
    return {student: contact.day for student, contact in last_contacts(actor, students).items()}


def _contact_rows() -> QuerySet[Any, Any]:
    return TalkStudent.objects.filter(talk__voided_at__isnull=True).annotate(on=F("talk__day"))


def _touched(students: GuardedQuerySet[Any], first: dt.date, last: dt.date) -> Mapping[str, int]:
    about = TalkStudent.objects.of(student=students)
    about = about.filter(talk__day__range=(first, last), talk__voided_at__isnull=True)
    talks: GuardedQuerySet[Any] = about.values("talk_id")  # type: ignore[assignment]  # the plugin sees a plain one
    tags = TalkTag.objects.of(talk=talks).order_by().values_list("code")
    return dict(tags.annotate(number=Count("pk")))


CONTACT_ROWS.put("talks", _contact_rows)
TOUCHED.put("talks", _touched)
HEADING_DEEDS.put("talk", Deeds(_record), 10)
TIMELINES.put("talks", _timeline, 20)
LAST_CONTACTS.put("talks", _last_contacts)
LAST_BY_STRATEGY.put("talks", last_by_strategy)
TALKED_BY_TERM.put("talks", strategies_by_term)

# What it costs

fills_in(
    10,
    Form(
        "talk",
        "记一次谈话",
        6,
        "每名学生一年 6 次：开学、期中、期末前后各学期一次",
        (
            *fixed(COMPULSORY["talk"], students="学生", day="日期", mode="方式", strategies="策略"),
            Field("place", "地点", 8),
            Field("cause", "缘由", 4),
            Field("topics", "五项管理", 5),
            Field("gist", "谈了什么", 45),
            Field("agreed", "约定和下一步", 25),
            Field("next_on", "下次什么时候", 6),
        ),
        timed=True,
    ),
)
fills_in(
    20,
    Form(
        "void",
        "作废一次谈话，取消一次活动",
        0.1,
        "一位导师一年一两次",
        fixed(COMPULSORY["void"], reason="为什么作废"),
    ),
)
fills_in(
    30,
    Form(
        "note",
        "随手记",
        2,
        "用不用随您，按每名学生一年 2 条算",
        fixed(COMPULSORY["note"], student="关于谁", text="写一笔"),
    ),
)
fills_in(
    40,
    Form(
        "activity",
        "小组活动",
        0.2,
        "一位导师一年 3 次，一次记全组",
        fixed(COMPULSORY["activity"], name="名称", day="日期"),
    ),
)
fills_in(
    50,
    Form(
        "event",
        "上报重大变故",
        0.1,
        "一位导师一年一两次",
        fixed(COMPULSORY["event"], kind="发生了什么", student="关于谁"),
    ),
)
