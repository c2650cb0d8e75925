"""What talks plant: every text by its level and author, notes, drafts, activities, life events, and who asked for help."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.urls import reverse

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.notices.models import Notice
from liangshi.foundation.records.levels import Level
from liangshi.foundation.records.models import Draft, Version
from liangshi.practice.talks.actions.unmet import press
from liangshi.practice.talks.choices import (
    TALK_FORM,
    EventState,
    Family,
    FollowUpKind,
    Happening,
    Mode,
)
from liangshi.practice.talks.models import (
    Activity,
    FormerLead,
    LifeEvent,
    ScratchNote,
    Talk,
    Unmet,
)
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import Apart
from liangshi.registry.people.models import Student
from liangshi.registry.schools.choices import Strategy
from tests.walk.people import names
from tests.walk.world import Side

PUBLIC: dict[str, str] = {}
LONG_AGO = dt.date(2026, 10, 19)
OWN = "talks:edit talks:versions"


def plant(side: Side) -> None:
    _unmet(side)  # before he has met his mentor
    _talks(side)
    _corrected(side)
    _unread(side)
    group = _of_a_group(side)
    _follow_ups(side, group)
    _drafts_and_notes(side)
    _activities(side)
    _events(side)
    _over(side)
    _others_in_a_talk(side, group)


def _talk(side: Side, author: str, student: Student, level: int, remark: str = "", **more: Any) -> Talk:
    row = Talk.objects.create(
        school=side.troupe.school,
        author=side.posts[author],
        mode=Mode.FACE,
        level=level,
        key=uuid.uuid4(),
        **{"day": today(), **more},
    )
    # What somebody must not know of is about another strategy than what everybody knows of.
    row.tags.create(code=Strategy.SX if row.day == LONG_AGO else Strategy.XY)
    row.students.create(student=student, remark=remark)
    return row


# Who reads the text of the talks with student 0, by what they are called below.
READERS = {
    "shared with the family": "mentors adviser guardian",
    "shown to the student": "mentors adviser student",
    "of the school": "mentors adviser",
    "of level 2": "mentor",
    "of level 2 by the caretaker": "caretaker",
    "of the former mentor": "mentors adviser",
    "of the former mentor, level 2": "",
    "of the lead": "lead mentors adviser",
    "of the lead, about nothing that he leads": "mentors adviser",
    "of another student": "far_mentor far_adviser",
}
AUTHORS = {
    "of level 2 by the caretaker": "caretaker",
    "of the former mentor": "former_mentor",
    "of the former mentor, level 2": "former_mentor",
    "of the lead": "lead",
    "of the lead, about nothing that he leads": "lead",
    "of another student": "far_mentor",
}


def _writer(what: str, author: str) -> str:
    """Its author, if it is still his."""
    return author if author in names(READERS[what]) else ""


def _remarks(what: str) -> str:
    """A remark about one student stays between his mentors (and the lead who wrote it)."""
    kept = {"mentor", "co_mentor", "caretaker", "mentors", "lead", "far_mentor"}
    return " ".join(name for name in READERS[what].split() if name in kept)


def _talks(side: Side) -> None:
    for what, readers in READERS.items():
        level = 2 if "level 2" in what else 0 if "family" in what else 1
        student = side.students[5] if what == "of another student" else side.student
        remark = side.mark("talks.TalkStudent.remark", _remarks(what), what)
        author = AUTHORS.get(what, "mentor")
        row = _talk(
            side, author, student, level, remark,
            place=side.mark("talks.Talk.place", readers, what),
            gist=side.mark("talks.Talk.gist", readers, what),
            agreed=side.mark("talks.Talk.agreed", readers, what),
            event_reason=side.mark("talks.Talk.event_reason", _writer(what, author), what),
            shared=what == "shown to the student",
            day=LONG_AGO if what == "of the former mentor, level 2" else today(),
            family=Family.NEEDED,
        )  # fmt: skip
        _reached(side, row, what, author)


def _reached(side: Side, row: Talk, what: str, author: str) -> None:
    """Who may open it at all. A student opens every talk with him, also those whose text he is not shown."""
    opens = f"{READERS[what]} {'' if what == 'of another student' else 'student'}"
    side.keys("talk", (row, opens))
    side.keys("own_talk", (row, _writer(what, author)))


def _corrected(side: Side) -> None:
    """What a talk said before stays with its author; a voided one with its reason too."""
    talk = _talk(side, "mentor", side.student, Level.SCHOOL, version=2)
    facts = {"gist": side.mark("records.Version.content", at={"mentor": "talks:versions"}), "remarks": {}}
    known = {"day": "2026-11-20", "mode": "face", "strategies": ["XY"], "topics": [], "level": 1}
    content = json.dumps({**known, **facts})
    Version.objects.create(school=side.troupe.school.pk, of=talk.pk, number=1, content=content)
    side.keys("talk", (talk, "mentors adviser student"))
    side.keys("own_talk", (talk, "mentor"))
    gone = _talk(
        side, "mentor", side.student, Level.SHARED, voided_at=now(),
        void_reason=side.mark("talks.Talk.void_reason", "mentor"),
    )  # fmt: skip
    side.keys("talk", (gone, "mentor"))


def _unread(side: Side) -> None:
    """Talks that somebody must not know of: not even their day."""
    _talk(side, "former_mentor", side.students[2], Level.AUTHOR, day=LONG_AGO)
    _talk(side, "former_mentor", side.students[3], Level.SCHOOL)
    text = side.mark("talks.Talk.gist", "far_mentor far_adviser", "of one who led")
    led = _talk(side, "lead", side.students[5], Level.SCHOOL, gist=text)
    side.keys("talk", (led, "far_mentor far_adviser"))
    side.keys("own_talk", (led, ""))
    days = (today() - LONG_AGO).days
    side.expect("mentor", "home:home", lambda page: _without(page, f"{days} 天前"))
    for name in ("mentor", "co_mentor", "caretaker", "adviser"):
        side.expect(
            name,
            "dossier:student",
            lambda page: _without(page, f"{LONG_AGO:%-m 月 %-d 日}", f"{LONG_AGO:%m-%d}"),
        )
    side.expect("guardian", "dossier:student", lambda page: _without(page, "受限记录", "有一次小组活动"))
    side.expect(
        "student", "talks:unmet_new", lambda page: "" if "已经见过" in page else "is not about himself"
    )


def _without(page: str, *words: str) -> str:
    return " ".join(f"shows {each}" for each in words if each in page)


def _of_a_group(side: Side) -> Talk:
    """With a student of each of two mentors: each learns of his own alone who he is and what is noted about him."""
    text = side.mark("talks.Talk.gist", "mentors adviser far_mentor far_adviser", "of a group")
    remark = side.mark("talks.TalkStudent.remark", "far_mentor", "of a group, about another student")
    row = _talk(side, "far_mentor", side.students[5], Level.SCHOOL, remark, gist=text)
    row.students.create(
        student=side.student, remark=side.mark("talks.TalkStudent.remark", "mentors", "of a group")
    )
    side.keys("talk", (row, "mentors adviser student far_mentor far_adviser"))
    side.keys("own_talk", (row, "far_mentor"))
    return row


def _follow_ups(side: Side, group: Talk) -> None:
    """One's own; word to a family passes on with the student, to the caretaker while there is one, whoever held it; not
    while the author has another one of the talk's students."""
    owners = {
        "mentor": ("mentor", FollowUpKind.FAMILY, "caretaker"),  # while he is away
        "former_mentor": ("former_mentor", FollowUpKind.FAMILY, "caretaker"),
        "far_mentor": ("leader", FollowUpKind.CONSULT, "leader"),
    }
    once = _talk(side, "far_mentor", side.student, Level.SCHOOL, family=Family.NEEDED)
    old = _talk(side, "former_mentor", side.student, Level.SCHOOL, family=Family.UNFIT)
    for talk, kind, owner, whose in (
        (once, FollowUpKind.FAMILY, "far_mentor", "caretaker"),  # who looked after the student for a while
        (old, FollowUpKind.CONSULT, "leader", "leader"),
        (old, FollowUpKind.FAMILY, "leader", "caretaker"),
        (group, FollowUpKind.FAMILY, "far_mentor", "far_mentor"),
        (_first(side, "mentor"), FollowUpKind.CONSULT, "mentor", "mentor"),
        (_first(side, "former_mentor"), FollowUpKind.CONSULT, "former_mentor", ""),
    ):
        row = talk.follow_ups.create(kind=kind, owner=side.people[owner], due_on=today())
        side.keys("followup", (row, whose))
    for author, (owner, kind, whose) in owners.items():
        talk = _first(side, author)
        if kind == FollowUpKind.CONSULT:
            Talk.objects.filter(pk=talk.pk).update(family=Family.UNFIT)
        row = talk.follow_ups.create(kind=kind, owner=side.people[owner], due_on=today())
        side.keys("followup", (row, whose))


def _first(side: Side, author: str) -> Talk:
    return Talk.objects.filter(author=side.posts[author], family=Family.NEEDED).earliest("created_at", "pk")


def _drafts_and_notes(side: Side) -> None:
    mentor = side.posts["mentor"]
    typed = {"students": [str(side.student.pk)], "gist": [side.mark("records.Draft.typed", "mentor")]}
    key = uuid.uuid4()
    Draft.objects.create(owner=mentor.pk, form=TALK_FORM, key=key, typed=json.dumps(typed))
    side.keys("talks:talk_draft_drop", ({"pk": key}, mentor))
    side.ask("talks:new", f"draft={key}", f"student={side.student.pk}", f"student={side.students[5].pk}")
    # Once the student is another's, it stands beside the letter to him alone, as long as that is open.
    last = {
        "mentor": {"mentor": "talks:note talks:notes"},
        "former_mentor": {"former_mentor": "relations:handover"},
    }
    for author, at in last.items():
        note = ScratchNote.objects.create(
            author=side.posts[author],
            student=side.student,
            text=side.mark("talks.ScratchNote.text", "", author, at=at, must=author),
        )
        side.keys("note", (note, author if author == "mentor" else ""))
    for author in ("first_mentor", "lead"):  # no letter of his is open; only leads
        text = side.mark("talks.ScratchNote.text", "", author)
        note = ScratchNote.objects.create(author=side.posts[author], student=side.student, text=text)
        side.keys("note", (note, ""))


def _activities(side: Side) -> None:
    row = Activity.objects.create(
        school=side.troupe.school, owner=side.posts["mentor"], day=today(), key=uuid.uuid4(),
        name=side.mark("talks.Activity.name", "mentors adviser student"),
        place=side.mark("talks.Activity.place", "mentor student"),
        void_reason="",
    )  # fmt: skip
    gone = Activity.objects.create(
        school=side.troupe.school, owner=side.posts["mentor"], day=today(), key=uuid.uuid4(), voided_at=now(),
        name=side.mark("talks.Activity.name", "mentor", "voided"),
        void_reason=side.mark("talks.Activity.void_reason", "mentor"),
    )  # fmt: skip
    before = Activity.objects.create(
        school=side.troupe.school, owner=side.posts["former_mentor"], day=today(), key=uuid.uuid4(),
        name=side.mark("talks.Activity.name", "mentors adviser student", "of the former mentor"),
        place=side.mark("talks.Activity.place", "", "of the former mentor"),
    )  # fmt: skip
    for each in (row, gone, before):
        each.students.create(student=side.student, present=True)
    side.keys("activity", (row, side.posts["mentor"]), (gone, side.posts["mentor"]), (before, ""))


def _events(side: Side) -> None:
    """One of student 0, led by a colleague while a caretaker is in charge; one of a student whom only the mentor has."""
    knowing = {0: "caretaker lead adviser", 2: "mentor adviser", 5: "far_mentor far_adviser"}
    reading = {0: "caretaker lead", 2: "mentor", 5: "far_mentor"}
    opening = {
        0: "office mentors adviser lead",
        2: "office mentor adviser",
        5: "office far_mentor far_adviser",
    }
    for number in (0, 2, 5):
        lead = side.posts["lead"] if number == 0 else None
        what = f"of student {number}"
        row = LifeEvent.objects.create(
            school=side.troupe.school,
            student=side.students[number],
            kind=Happening.ILLNESS,
            text=side.mark("talks.LifeEvent.text", reading[number], what),
            state=EventState.LED if lead else EventState.REPORTED,
            reported_by=side.people["guardian"],
            reported_on=today(),
            lead=lead,
            lead_on=today() if lead else None,
            key=uuid.uuid4(),
        )
        if lead:
            about = side.text("talks.Talk.gist", "of the lead")
            (talk,) = [each for each in Talk.objects.filter(author=lead) if each.gist == about]
            Talk.objects.filter(pk=talk.pk).update(event=row)
            # Another student in a talk of his is not his to know; nor is what a colleague wrote about the event.
            before = LONG_AGO - dt.timedelta(days=10)
            remark = side.mark(
                "talks.TalkStudent.remark", "mentor", "of the lead, about another student", must=""
            )
            talk = _talk(side, "lead", side.student, Level.SCHOOL, day=before, event=row)
            talk.students.create(student=side.students[2], remark=remark)
            about = side.text("talks.Talk.gist", "of the school")
            (talk,) = [
                each for each in Talk.objects.filter(author=side.posts["mentor"]) if each.gist == about
            ]
            Talk.objects.filter(pk=talk.pk).update(event=row)
        side.says(
            LifeEvent, "get_kind_display", {row.pk: side.mark("talks.LifeEvent.kind", knowing[number], what)}
        )
        side.keys("event", (row, opening[number]))
        side.keys("talks:event_move", ({"pk": row.pk, "step": "accept"}, opening[number]))


def _over(side: Side) -> None:
    """Who has led in an event reads nothing of it when it is closed, nor what he wrote about it."""
    row = LifeEvent.objects.create(
        school=side.troupe.school, student=side.students[5], kind=Happening.MARKS, state=EventState.CLOSED,
        reported_by=side.people["adviser"], reported_on=today(), lead=side.posts["lead"], lead_on=today(),
        key=uuid.uuid4(), text=side.mark("talks.LifeEvent.text", "far_mentor", "closed"),
    )  # fmt: skip
    side.keys("event", (row, "office far_mentor far_adviser"))
    FormerLead.objects.create(
        event=row, staff=side.posts["lead"], lead_on=today() - dt.timedelta(days=30)
    )  # gives nothing
    Talk.objects.filter(author=side.posts["lead"], students__student=side.students[5]).update(event=row)


def _others_in_a_talk(side: Side, group: Talk) -> None:
    """Of a talk about an event with a student of his own, who leads learns of the event's student what he wrote himself,
    while it is open: nothing of the one that is closed, nothing of what another one wrote."""
    events = [
        LifeEvent.objects.create(
            school=side.troupe.school, student=side.students[number], kind=Happening.ILLNESS, state=state,
            reported_by=side.people["adviser"], reported_on=today(), lead=side.posts["far_mentor"], lead_on=today(),
            key=uuid.uuid4(),
        )
        for number, state in ((0, EventState.CLOSED), (3, EventState.LED))
    ]  # fmt: skip
    Talk.objects.filter(pk=group.pk).update(event=events[0])
    row = _talk(
        side, "first_mentor", side.students[5], Level.SCHOOL, event=events[1],
        gist=side.mark("talks.Talk.gist", "former_mentor far_mentor far_adviser", "of another one who led"),
        remark=side.mark("talks.TalkStudent.remark", "far_mentor", "of another one who led"),
    )  # fmt: skip
    remark = side.mark("talks.TalkStudent.remark", "former_mentor", "of another one who led, about his event")
    row.students.create(student=side.students[3], remark=remark)
    side.keys("talk", (row, "former_mentor far_mentor far_adviser"))


def _unmet(side: Side) -> None:
    """Who mentors student 0 does not learn that he asked for help, not even in the office; nor does a clerk whom a student
    has named."""
    press(may_tell=False, actor=side.actor("student", Role.STUDENT))
    row = Unmet.objects.get(student=side.student)
    far = Unmet.objects.create(student=side.students[5], mentorship=side.bond(5), due_on=today())
    Apart.objects.create(student=side.students[3], person=side.people["caretaker"])
    named = Unmet.objects.create(student=side.students[3], mentorship=side.bond(3), due_on=today())
    side.keys("unmet", (row, "leader clerk"), (far, "office"), (named, "leader clerk"))
    # With whom nobody has talked for weeks: the office finds his name in a list.
    side.students[4].mentorships.update(starts_on=today() - dt.timedelta(days=40))
    side.unseen("mentors adviser former_mentor caring_clerk", lambda: _forget(row), reverse("talks:unmet"))


def _forget(row: Unmet) -> None:
    Notice.objects.filter(key__startswith=f"unmet:{row.pk}:").delete()
    Unmet.objects.filter(pk=row.pk).delete()
