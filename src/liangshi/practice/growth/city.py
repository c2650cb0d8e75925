"""Portraits, goals, choices of subjects, careers and shining moments; some students have all, many have few."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liangshi.foundation.audit.city import Log
from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Dice, Site
from liangshi.practice.growth import audit
from liangshi.practice.growth.choices import OUTCOMES, GoalState, Owner, Source, Virtue
from liangshi.practice.growth.models import (
    Career,
    CareerActivity,
    Goal,
    Portrait,
    Shine,
    SubjectChoice,
    SubjectWindow,
)
from liangshi.registry.access.choices import Role
from liangshi.registry.access.city import Doers
from liangshi.registry.mentorships.city import Bond, Bonds
from liangshi.registry.people.city import People, Pupil
from liangshi.registry.people.subjects import ALL
from liangshi.registry.schools.choices import Strategy
from liangshi.registry.schools.city import Campus, Year

PORTRAYED, AIMING, CAREERS = 0.55, 0.45, 0.3
SHINES = 1.1  # of a student in a year, on average
INTERESTS = ("长跑和看地图", "画画、听广播剧", "下围棋", "养多肉，也写点东西", "篮球", "")
STRENGTHS = ("答应别人的事会做完", "坐得住", "会听人说话", "动手快", "")
STYLES = ("边走边聊就好", "先发个便条给我", "最好别在办公室", "")
WORRIES = ("想选的专业和家里想的不一样", "晚上睡不着", "", "", "")
GOALS = (
    "每周三、周日各跑一次三公里",
    "期末前把化学错题整理两遍",
    "十一点前熄灯",
    "每天读二十分钟书",
    "和同桌把话说开",
)
CLOSINGS = ("做到了一半，下学期接着来", "做成了", "换成小一点的", "先放下")
SHONE = (
    "把走廊的水拖干，怕别人滑倒",
    "讲题时先听完同学的想法",
    "把图书角重新排了一遍",
    "替生病的同学抄了笔记",
    "接力时捡起了掉的棒",
)
VISITS = ("参观造船厂", "听校友讲测绘", "医院门口的志愿者", "看了一场庭审")


@school
def growth(site: Site) -> None:
    dice, people, campus = site.dice("growth"), site.made(People), site.made(Campus)
    for pupil in people.pupils:
        if not pupil.here(site.plan.today):
            continue
        if dice.chance(PORTRAYED):
            _portrait(site, dice, pupil)
        if dice.chance(CAREERS):
            _career(site, dice, pupil)
    bonds = list(site.made(Bonds).open())
    for bond in dice.some(bonds, AIMING):
        _goals(site, dice, bond, campus)
    for year in campus.years:
        _shines(site, dice, year)
    _subjects(site, dice)


def _since(site: Site, dice: Dice, pupil: Pupil) -> dt.datetime:
    first = max(pupil.since, site.made(Campus).years[0].starts_on)
    return dice.moment(first + DAY * int(dice.random() * ((site.plan.today - first).days - 1)))


def _portrait(site: Site, dice: Dice, pupil: Pupil) -> None:
    at = _since(site, dice, pupil)
    site.rows.add(
        Portrait, id=dice.key(at), created_at=at, changed_at=at, student_id=pupil.id,
        interests=dice.choice(INTERESTS), strengths=dice.choice(STRENGTHS), talk_style=dice.choice(STYLES),
        worries=dice.choice(WORRIES), wanted=dice.some(Strategy.values, 0.3),
    )  # fmt: skip
    doer = site.made(Doers).by(pupil, Role.STUDENT)
    site.made(Log).note(audit.PORTRAIT_WRITTEN, doer, at, subjects=[pupil.id])


def _career(site: Site, dice: Dice, pupil: Pupil) -> None:
    at = _since(site, dice, pupil)
    site.rows.add(
        Career, id=dice.key(at), created_at=at, changed_at=at, student_id=pupil.id, majors="测绘、临床",
        leanings=dice.choice(("想过当船长", "想教书", "还没想好", "")),
    )  # fmt: skip
    if dice.chance(0.5):
        site.rows.add(
            CareerActivity, id=dice.key(at), created_at=at, student_id=pupil.id, on=at.date(),
            title=dice.choice(VISITS), note="很吵，但很壮观" if dice.chance(0.4) else "",
        )  # fmt: skip


def _goals(site: Site, dice: Dice, bond: Bond, campus: Campus) -> None:
    """One to three in this term, some closed already, and what was set and closed in earlier terms."""
    today = site.plan.today
    for year in campus.years:
        for term, opens, closes in year.terms:
            began = max(opens, bond.since) + DAY * dice.randint(3, 18)
            if began >= min(closes, today):
                continue
            running = closes > today
            seats = iter((1, 2, 3))
            for _ in range(dice.choice((1, 1, 2, 3))):
                seat = next(seats) if running and dice.chance(0.8) else None
                _goal(site, dice, bond, term, dice.moment(began), seat)


def _goal(site: Site, dice: Dice, bond: Bond, term: UUID, at: dt.datetime, seat: int | None) -> None:
    set_on = at.date()
    mine = dice.chance(0.6)
    review = set_on + DAY * dice.randint(20, 120)
    site.rows.add(
        Goal, id=dice.key(at), created_at=at, student_id=bond.pupil.id, term_id=term, text=dice.choice(GOALS),
        strategy=dice.choice(Strategy.values), owner=Owner.STUDENT if mine else Owner.MENTOR, review_on=review,
        state=GoalState.OPEN if seat else dice.choice(OUTCOMES), seat=seat, key=dice.key(at),
        set_by_id=bond.pupil.person if mine else bond.mentor.person, closing="" if seat else dice.choice(CLOSINGS),
        closed_on=None if seat else min(review, site.plan.today - DAY),
    )  # fmt: skip


def _shines(site: Site, dice: Dice, year: Year) -> None:
    people, doers, log = site.made(People), site.made(Doers), site.made(Log)
    staff = [one for one in (*people.teachers, *people.others) if one.until is None]
    eyes = [dice.skew(1.2) for _ in staff]  # some see a lot, many write nothing down
    pupils = [one for one in people.pupils if one.here(year.starts_on + DAY * 20)]
    whole = len(pupils) * SHINES * len(year.days.days) / 313
    for day in dice.days(year.days, int(whole)):
        pupil = pupils[int(len(pupils) * dice.random() ** 1.6)]
        if not pupil.here(day):
            continue
        author, at = dice.choices(staff, eyes)[0], dice.moment(day)
        key, void = dice.key(day), dice.chance(0.01)
        site.rows.add(
            Shine, id=key, created_at=at, student_id=pupil.id, author_id=author.person, text=dice.choice(SHONE),
            virtue=dice.choice(Virtue.values), on=day, shared=dice.chance(0.7), key=dice.key(day),
            voided_at=at + DAY / 8 if void else None, void_reason="记到别人头上了" if void else "",
        )  # fmt: skip
        log.note(audit.SHINE_WRITTEN, doers.by(author, Role.STAFF), at, key, [pupil.id])


def _subjects(site: Site, dice: Dice) -> None:
    """高一 chooses in winter; some change their mind in the following year."""
    campus, people, today = site.made(Campus), site.made(People), site.plan.today
    for entry, cohort in campus.cohorts.items():
        opens = dt.date(entry, 12, 20)
        if opens > today + DAY * 40:
            continue
        at = dice.moment(opens - DAY * 30) if opens > today - DAY * 30 else dice.moment(opens - DAY * 20)
        site.rows.add(
            SubjectWindow,
            id=dice.key(at),
            created_at=at,
            cohort_id=cohort,
            opens_on=opens,
            last_on=opens + DAY * 12,
        )
    clerk = people.clerks[0].person
    for pupil in people.pupils:
        since = max(dt.date(pupil.entry, 12, 28), pupil.since)
        if since >= today or (pupil.until and pupil.until <= since):
            continue
        changed = since + DAY * dice.randint(60, 200) if dice.chance(0.05) else None
        if changed and changed >= min(today, pupil.until or today):
            changed = None
        _choice(site, dice, pupil, since, changed, pupil.person)
        if changed:
            _choice(site, dice, pupil, changed, None, clerk)


def _choice(site: Site, dice: Dice, pupil: Pupil, since: dt.date, until: dt.date | None, by: UUID) -> None:
    combo = dice.choice(ALL)
    site.rows.add(
        SubjectChoice, id=dice.key(since), created_at=dice.moment(since), student_id=pupil.id, first=combo.first,
        second_one=combo.seconds[0], second_two=combo.seconds[1], starts_on=since, ends_on=until, entered_by_id=by,
        source=Source.STUDENT if by == pupil.person else Source.SCHOOL,
    )  # fmt: skip
