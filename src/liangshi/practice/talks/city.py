"""Three years of talks: busy and quiet mentors, more about exams, some late, void or corrected; and what goes with them."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from liangshi.foundation.audit.city import Log
from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Dice, Site
from liangshi.foundation.base.models import FormTime
from liangshi.foundation.notices.city import tell
from liangshi.foundation.records.levels import Level
from liangshi.foundation.records.models import Draft, Version
from liangshi.practice.talks import audit
from liangshi.practice.talks.choices import (
    FAMILY_DAYS,
    TALK_FORM,
    Cause,
    EventState,
    Family,
    FollowUpKind,
    Happening,
    Mode,
)
from liangshi.practice.talks.models import (
    Activity,
    ActivityStudent,
    FollowUp,
    FormerLead,
    LifeEvent,
    ScratchNote,
    Talk,
    TalkStudent,
    TalkTag,
    Unmet,
)
from liangshi.registry.access.choices import Role
from liangshi.registry.access.city import Doers
from liangshi.registry.mentorships.city import Bond, Bonds
from liangshi.registry.people.city import People, Pupil, Teacher
from liangshi.registry.schools.choices import Strategy, Topic
from liangshi.registry.schools.city import Campus, Year

RATE = 4.4  # talks with a student in a whole year, on average
WHOLE_YEAR = 313  # days of the calendar on which something may be recorded
SILENT = 0.08  # of the mentors record next to nothing
GROUP = 0.05
VOID, CORRECTED, WRITTEN, NOTED = 0.006, 0.02, 0.55, 0.12
EVENTS = 0.015  # of the students, in a year
HANDED_ON = 0.4  # of the events that a class adviser led in before
STRATEGIES = (Strategy.XY, Strategy.SX, Strategy.SH, Strategy.SY, Strategy.XL)
STRATEGY_WEIGHTS = (40, 18, 16, 14, 12)
MODES = ((Mode.FACE, Mode.PHONE, Mode.VIDEO), (86, 10, 4))
CAUSES = ((Cause.ROUTINE, Cause.EXAM, Cause.OPENING, Cause.STUDENT, Cause.FAMILY, ""), (34, 22, 10, 8, 4, 22))
FAMILIES = (("", Family.NO, Family.NEEDED, Family.DONE, Family.UNFIT), (60, 28, 5, 6, 1))
BEGINNINGS = (
    "说了最近的作息",
    "聊了选科",
    "看了这次的卷子",
    "说到宿舍里的事",
    "谈了以后想做什么",
    "问了家里的情况",
)
MIDDLES = (
    "自己先讲了十分钟",
    "错在计算，不在思路",
    "想再比较两个组合",
    "已经和同桌说开了",
    "有点累，但还稳得住",
)
ENDINGS = ("答应十一点前睡", "下次月考后再看", "想先自己试两周", "周末给家里打个电话", "把错题按类理一遍")
PLACES = ("操场", "办公室外的长椅", "图书馆", "食堂路上", "")
ACTIVITIES = ("江边长跑", "读书会", "看展", "包饺子", "打羽毛球", "参观大学")


@dataclass
class Talked:
    """When each student was last talked with by somebody, and who of the mentors has whom now."""

    last: dict[UUID, dt.date] = field(default_factory=dict)
    mentees: dict[UUID, list[Pupil]] = field(default_factory=lambda: defaultdict(list))


@school
def talks(site: Site) -> Talked:
    made = Talked()
    for bond in site.made(Bonds).open():
        made.mentees[bond.mentor.id].append(bond.pupil)
    writer = _Writer(site, made)
    for bond in site.made(Bonds).primary:
        writer.of_bond(bond)
    writer.events()
    return made


class _Writer:
    def __init__(self, site: Site, made: Talked) -> None:
        self.site, self.made, self.rows, self.dice = site, made, site.rows, site.dice("talks")
        self.campus, self.doers, self.log = site.made(Campus), site.made(Doers), site.made(Log)
        self.zeal = site.made(Bonds).zeal
        self.silent = {one.id for one in self.dice.some(site.made(People).mentors, SILENT)}

    def of_bond(self, bond: Bond) -> None:
        mentor = bond.mentor
        zeal = 0.05 if mentor.id in self.silent else self.zeal[mentor.id]
        for year in self.campus.years:
            if (
                not year.days.days
                or year.days.days[-1] < bond.since
                or (bond.until and bond.until <= year.starts_on)
            ):
                continue
            wanted = RATE * zeal * len(year.days.days) / WHOLE_YEAR + self.dice.random()
            for day in self.dice.days(year.days, int(wanted)):
                if bond.since <= day and (bond.until is None or day < bond.until):
                    self._talk(mentor, self._company(bond, day), day)

    def _company(self, bond: Bond, day: dt.date) -> list[Pupil]:
        others = self.made.mentees[bond.mentor.id]
        if bond.until or not self.dice.chance(GROUP) or len(others) < 3:
            return [bond.pupil]
        some = self.dice.sample(others, self.dice.randint(2, min(6, len(others))))
        return [bond.pupil, *(one for one in some if one is not bond.pupil and one.here(day))]

    def _talk(self, mentor: Teacher, pupils: list[Pupil], day: dt.date, event: UUID | None = None) -> None:
        dice, rows = self.dice, self.rows
        about = dice.choices(STRATEGIES, STRATEGY_WEIGHTS)[0]
        level = (
            Level.AUTHOR if about == Strategy.XL else dice.choices((Level.SCHOOL, Level.SHARED), (85, 15))[0]
        )
        family = dice.choices(*FAMILIES)[0]
        saved = self._saved(day)
        at, key = dice.moment(saved), dice.key(saved)
        void, corrected = dice.chance(VOID), dice.chance(CORRECTED)
        gist = self._gist() if dice.chance(WRITTEN) else ""
        rows.add(
            Talk, id=key, created_at=at, school_id=self.campus.id, author_id=mentor.id, day=day,
            place=dice.choice(PLACES), mode=dice.choices(*MODES)[0], gist=gist,
            cause=Cause.EVENT if event else dice.choices(*CAUSES)[0], level=level,
            agreed=dice.choice(ENDINGS) if gist and dice.chance(0.3) else "",
            next_on=day + DAY * dice.randint(7, 40) if dice.chance(0.15) else None,
            shared=level < Level.AUTHOR and dice.chance(0.1), family=family, event_id=event,
            late_by=(saved - day).days, version=1 + corrected, key=dice.key(saved),
            voided_at=at + DAY / 4 if void else None, void_reason="记错了学生" if void else "",
        )  # fmt: skip
        for pupil in pupils:
            rows.add(
                TalkStudent, id=dice.key(saved), created_at=at, talk_id=key, student_id=pupil.id,
                remark="下次单独再聊" if len(pupils) > 1 and dice.chance(NOTED) else "",
            )  # fmt: skip
            if not void:
                self.made.last[pupil.id] = max(day, self.made.last.get(pupil.id, day))
        self._tags(key, about, at)
        self._follow_up(key, mentor, family, saved)
        if corrected:
            content = json.dumps({"day": str(day), "gist": "", "strategies": [about], "level": level})
            rows.add(
                Version, id=dice.key(saved), created_at=at, school=self.campus.id, of=key, number=1, content=content
            )  # fmt: skip
        rows.add(
            FormTime, id=dice.key(saved), created_at=at, school=self.campus.id, form="talk",
            seconds=min(900, int(28 * dice.skew(0.6)) + 4), day=saved,
        )  # fmt: skip
        who = self.doers.by(mentor, Role.MENTOR)
        self.log.note(audit.TALK_SAVED, who, at, key, [pupil.id for pupil in pupils])
        if void:
            self.log.note(audit.TALK_VOIDED, who, at + DAY / 4, key, [pupil.id for pupil in pupils])

    def _saved(self, day: dt.date) -> dt.date:
        """Mostly the same day; one in twelve is 补录."""
        late = self.dice.choices((0, self.dice.randint(1, 6), self.dice.randint(8, 40)), (76, 16, 8))[0]
        return max(day, min(day + DAY * late, self.site.plan.today - DAY))

    def _gist(self) -> str:
        dice = self.dice
        parts = [dice.choice(BEGINNINGS)]
        while dice.chance(0.55) and len(parts) < 12:
            parts.append(dice.choice(MIDDLES))
        return "，".join([*parts, dice.choice(ENDINGS)]) + "。"

    def _tags(self, talk: UUID, about: Strategy, at: dt.datetime) -> None:
        codes: list[str] = [about]
        if self.dice.chance(0.25):
            codes.append(self.dice.choice(STRATEGIES))
        if self.dice.chance(0.3):
            codes.append(self.dice.choice(Topic.values))
        for code in dict.fromkeys(codes):
            self.rows.add(TalkTag, id=self.dice.key(at), created_at=at, talk_id=talk, code=code)

    def _follow_up(self, talk: UUID, mentor: Teacher, family: str, saved: dt.date) -> None:
        if family not in {Family.NEEDED, Family.UNFIT}:
            return
        at, kind = (
            self.dice.moment(saved),
            FollowUpKind.FAMILY if family == Family.NEEDED else FollowUpKind.CONSULT,
        )
        done = self.dice.chance(0.85) and (self.site.plan.today - saved).days > FAMILY_DAYS
        self.rows.add(
            FollowUp, id=self.dice.key(at), created_at=at, talk_id=talk, kind=kind, owner_id=mentor.person,
            due_on=saved + DAY * FAMILY_DAYS, done_at=at + DAY * self.dice.randint(0, 2) if done else None,
        )  # fmt: skip

    # Life events

    def events(self) -> None:
        for bond in self.site.made(Bonds).primary:
            for year in self.campus.years:
                if year.days.days and self.dice.chance(EVENTS * len(year.days.days) / WHOLE_YEAR):
                    self._event(bond, year)

    def _event(self, bond: Bond, year: Year) -> None:
        dice, pupil = self.dice, bond.pupil
        day = dice.days(year.days, 1)[0]
        if not bond.since <= day or (bond.until and bond.until <= day):
            return
        age = (self.site.plan.today - day).days
        states = (EventState.CLOSED, EventState.STABLE, EventState.FOLLOWED)
        state = dice.choices(states, (90, 6, 4))[0] if age > 60 else dice.choice(tuple(EventState))
        led = state not in {EventState.REPORTED, EventState.ACCEPTED}
        key, at = dice.key(day), dice.moment(day)
        adviser = self.site.made(People).advisers[self.campus.classes[pupil.entry][pupil.place]]
        lead = dice.choices((bond.mentor, adviser), (70, 30))[0]
        self.rows.add(
            LifeEvent, id=key, created_at=at, school_id=self.campus.id, student_id=pupil.id, key=dice.key(day),
            kind=dice.choice(Happening.values), text="班主任来电话说的，还没有和学生谈" if dice.chance(0.5) else "",
            state=state, reported_by_id=adviser.person, reported_on=day,
            lead_id=lead.id if led else None, lead_on=day if led else None,
        )  # fmt: skip
        self.log.note(audit.EVENT_REPORTED, self.doers.by(adviser, Role.ADVISER), at, key, [pupil.id])
        tell(
            self.site, dice, at, "有一名学生的事，请在一个教学日内定一位主谈人", f"/talks/events/{key}",
            role=Role.LEADER, school=self.campus.id, key=f"event:{key}:{self.campus.id}:leader",
        )  # fmt: skip
        if led and lead is not adviser and dice.chance(HANDED_ON):
            self.rows.add(
                FormerLead, id=dice.key(day), created_at=at, event_id=key, staff_id=adviser.id, lead_on=day
            )
        for _ in range(dice.randint(0, 3) if led else 0):
            self._talk(lead, [pupil], min(day + DAY * dice.randint(0, 9), self.site.plan.today - DAY), key)


@school
def around(site: Site) -> None:
    """Drafts, scratch notes, group activities, and who asks the school for a meeting."""
    dice, today = site.dice("around"), site.plan.today
    talked = site.made(Talked)
    for mentor in site.made(People).mentors:
        mine = talked.mentees.get(mentor.id, [])
        if not mine or site.last_day < today:
            continue
        if dice.chance(0.1):
            since = dice.moment(today - DAY * dice.randint(1, 5))
            typed = json.dumps({"students": [str(mine[0].id)], "gist": [dice.choice(BEGINNINGS)]})
            site.rows.add(
                Draft, id=dice.key(since), created_at=since, changed_at=since, owner=mentor.id,
                form=TALK_FORM, key=dice.key(since), typed=typed,
            )  # fmt: skip
        for pupil in dice.some(mine, 0.1):
            since = dice.moment(today - DAY * dice.randint(1, 60))
            site.rows.add(
                ScratchNote, id=dice.key(since), created_at=since, changed_at=since, author_id=mentor.id,
                student_id=pupil.id, text=dice.choice(ENDINGS),
            )  # fmt: skip
        if dice.chance(0.35):
            _activity(site, dice, mentor, mine)
    for bond in site.made(Bonds).open():
        if bond.pupil.id not in talked.last and dice.chance(0.05):
            _unmet(site, dice, bond)


def _activity(site: Site, dice: Dice, mentor: Teacher, mine: list[Pupil]) -> None:
    day = site.plan.today + DAY * dice.choice((-30, -12, -5, 6, 13))
    at = dice.moment(min(day, site.plan.today) - DAY * 4)
    key, over, void = dice.key(at), day < site.plan.today, dice.chance(0.04)
    site.rows.add(
        Activity, id=key, created_at=at, school_id=site.made(Campus).id, owner_id=mentor.id,
        name=dice.choice(ACTIVITIES), day=day, strategy=dice.choice(Strategy.values), key=dice.key(at),
        place=dice.choice(PLACES), voided_at=at if void else None, void_reason="下雨" if void else "",
    )  # fmt: skip
    for pupil in dice.some(mine, 0.6):
        site.rows.add(
            ActivityStudent, id=dice.key(at), created_at=at, activity_id=key, student_id=pupil.id,
            present=dice.chance(0.85) if over and not void else None,
        )  # fmt: skip
        tell(
            site, dice, at, f"{mentor.name}老师邀请你参加活动", f"/students/{pupil.id}",
            role=Role.STUDENT, school=site.made(Campus).id, person=pupil.person, student=pupil.id,
        )  # fmt: skip


def _unmet(site: Site, dice: Dice, bond: Bond) -> None:
    day = max(bond.since, site.plan.today - DAY * dice.randint(1, 30))
    at, met = dice.moment(day), dice.chance(0.6)
    site.rows.add(
        Unmet, id=dice.key(at), created_at=at, student_id=bond.pupil.id, mentorship_id=bond.id,
        may_tell=dice.chance(0.5), due_on=day + DAY * 3, contacted_at=at + DAY / 2 if met else None,
        contacted_by_id=site.made(People).clerks[0].person if met else None,
    )  # fmt: skip
