"""What happened to relations after they began: changes asked for, absences, letters, first meetings, needs, rollovers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from uuid import UUID

from liangshi.foundation.audit.city import Log
from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Dice, Site
from liangshi.foundation.notices.city import tell
from liangshi.practice.relations import audit
from liangshi.practice.relations.choices import (
    CONCERN_DAYS,
    SHORT_DAYS,
    AbsenceKind,
    AbsenceState,
    Asker,
    ChangeState,
    ConcernState,
    HandOverState,
)
from liangshi.practice.relations.models import (
    Absence,
    ChangeRequest,
    Concern,
    FirstMeeting,
    HandOver,
    Succession,
)
from liangshi.registry.access.choices import Role
from liangshi.registry.access.city import Doers
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.city import Away, Bond, Bonds
from liangshi.registry.mentorships.models import Apart
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.city import People, Teacher
from liangshi.registry.schools.city import Campus

ASKED = 0.015  # of today's relations, a request that has not come to a change
SAFETY = 0.01  # of the requests, that there was more to it
ANSWERS = (
    ChangeState.ASKED,
    ChangeState.RECEIVED,
    ChangeState.MEETING,
    ChangeState.REFUSED,
    ChangeState.WITHDRAWN,
)
REASONS = ("作息对不上，总碰不到面", "想换一位教物理的老师", "和老师说不上话", "", "")
HALVES = ("他愿意听，不要急着给办法。", "数学上刚有起色，先不要换节奏。", "喜欢边走边聊。", "")
DAYS_OF_MEETING = 40  # after which a first meeting is no matter any more
KINDS = {
    StaffState.MATERNITY: AbsenceKind.MATERNITY,
    StaffState.SICK: AbsenceKind.SICK,
    StaffState.AWAY: AbsenceKind.AWAY,
    StaffState.RETIRED: AbsenceKind.RETIRED,
    StaffState.GONE: AbsenceKind.GONE,
}


@school
def changes(site: Site) -> None:
    """Each change of the past was asked for; a few requests are under way, some came to nothing."""
    dice, people, log = site.dice("changes"), site.made(People), site.made(Log)
    able = [one for one in people.teachers if one.state == StaffState.ON_DUTY]
    by = site.made(Doers).clerk
    for bond in site.made(Bonds).primary:
        if bond.after:
            _letter(site, dice, bond)
            if bond.origin == Origin.CHANGED:
                at = dice.moment(bond.since - DAY * 3)
                key = _request(site, dice, bond.after, at, ChangeState.DONE, bond.mentor)
                log.note(audit.CHANGE_MOVED, by, at + DAY, key)
        if bond.until is None and dice.chance(ASKED) and (site.plan.today - bond.since).days > 20:
            at = dice.moment(site.plan.today - DAY * dice.randint(1, 15))
            key = _request(site, dice, bond, at, dice.choice(ANSWERS), dice.choice(able))
            log.note(audit.CHANGE_ASKED, by, at, key)
        if bond.until is None and (site.plan.today - bond.since).days < DAYS_OF_MEETING:
            _meeting(site, dice, bond)


def _request(
    site: Site, dice: Dice, bond: Bond, at: dt.datetime, state: ChangeState, target: Teacher
) -> UUID:
    asker = dice.choices((Asker.STUDENT, Asker.GUARDIAN, Asker.MENTOR), (70, 20, 10))[0]
    guardians = bond.pupil.guardians
    asked_by = bond.pupil.person
    if asker == Asker.MENTOR:
        asked_by = bond.mentor.person
    elif asker == Asker.GUARDIAN and guardians:
        asked_by = guardians[0]
    decided = state in {ChangeState.DONE, ChangeState.REFUSED, ChangeState.WITHDRAWN}
    key, day = dice.key(at), at.date()
    site.rows.add(
        ChangeRequest, id=key, created_at=at, mentorship_id=bond.id, asker=asker, asked_by_id=asked_by,
        year_start=day.year - (day.month < 9), reason=dice.choice(REASONS), state=state,
        wished_id=target.id if dice.chance(0.3) and target is not bond.mentor else None,
        meet_on=day + DAY * 4 if state == ChangeState.MEETING else None,
        target_id=target.id if state == ChangeState.DONE else None,
        answer="先再相处一段时间，下月再看。" if state == ChangeState.REFUSED else "",
        decided_at=at + DAY * 2 if decided else None,
    )  # fmt: skip
    if asker != Asker.MENTOR and dice.chance(SAFETY):
        _concern(site, dice, bond, at, asker, asked_by, key)
    return key


def _concern(
    site: Site, dice: Dice, bond: Bond, at: dt.datetime, asker: Asker, asked_by: UUID, request: UUID
) -> None:
    """Beside a request; the older ones have been answered."""
    about, clerk = bond.mentor.person, site.made(People).clerks[0].person
    closed = about != clerk and (site.plan.today - at.date()).days > CONCERN_DAYS
    site.rows.add(
        Concern, id=dice.key(at), created_at=at, student_id=bond.pupil.id, mentorship_id=bond.id, request_id=request,
        about_id=about, asker=asker, asked_as=asker, asked_by_id=asked_by, reason="",
        due_on=at.date() + DAY * CONCERN_DAYS,
        state=ConcernState.CLOSED if closed else ConcernState.OPEN,
        answer="已经当面了解，换了导师，家里也知道。" if closed else "",
        decided_by_id=clerk if closed else None, decided_on=at.date() + DAY if closed else None,
    )  # fmt: skip
    site.rows.add(Apart, id=dice.key(at), created_at=at, student_id=bond.pupil.id, person_id=about)


def _letter(site: Site, dice: Dice, bond: Bond) -> None:
    """Of the bond that this one took the place of."""
    before = bond.after
    if before is None:
        return
    at, mine, his = dice.moment(bond.since), dice.choice(HALVES), dice.choice(HALVES)
    old = (site.plan.today - bond.since).days > 40
    site.rows.add(
        HandOver, id=dice.key(at), created_at=at, ended_id=before.id, successor_id=bond.mentor.id,
        state=dice.choice((HandOverState.ACCEPTED, HandOverState.SKIPPED)) if old else HandOverState.OPEN,
        mentor_half=mine, mentor_half_at=at if mine else None, student_half=his,
        student_half_at=at if his else None, closed_at=at + DAY * 9 if old else None,
        by_office=bool(mine) and bond.origin == Origin.SUCCESSION,
    )  # fmt: skip


def _meeting(site: Site, dice: Dice, bond: Bond) -> None:
    at = dice.moment(bond.since)
    if dice.chance(0.5):
        site.rows.add(
            FirstMeeting, id=dice.key(at), created_at=at, mentorship_id=bond.id,
            note=dice.choice(("周三下午最后一节，操场", "午饭后，图书馆二楼", "")),
        )  # fmt: skip
    tell(
        site, dice, at, f"你的导师是{bond.mentor.name}老师，约一次见面吧", "/relations/meetings",
        role=Role.STUDENT, school=site.made(Campus).id, person=bond.pupil.person, student=bond.pupil.id,
    )  # fmt: skip


@school
def absences(site: Site) -> None:
    """Who is away or was for a time; and who left for good, with each of his students passed on."""
    dice, people, made = site.dice("absences of mentors"), site.made(People), site.made(Bonds)
    clerk, by = people.clerks[0].person, site.made(Doers).clerk
    for away in made.away:
        at, key = dice.moment(away.since), dice.key(away.since)
        _absence(site, key, at, away, clerk)
        site.made(Log).note(audit.ABSENCE_REGISTERED, by, at, key)
        if away.until is None:
            for bond, _ in away.cover:
                if bond.until is None:
                    site.rows.add(
                        Succession, id=dice.key(at), created_at=at, absence_id=key, mentorship_id=bond.id
                    )
    passed: dict[UUID, list[Bond]] = defaultdict(list)
    for bond in made.primary:
        if bond.after and bond.after.why == EndReason.MENTOR_LEFT:
            passed[bond.after.mentor.id].append(bond)
    for one in people.teachers:
        if one.until and one.until < site.plan.today:
            _gone(site, dice, one, passed[one.id], clerk)


def _absence(site: Site, key: UUID, at: dt.datetime, away: Away, clerk: UUID) -> None:
    short = away.until is not None
    site.rows.add(
        Absence, id=key, created_at=at, staff_id=away.mentor.id, starts_on=away.since, registered_by_id=clerk,
        kind=AbsenceKind.SHORT if short else KINDS[away.mentor.state],
        state=AbsenceState.BACK if short else AbsenceState.WAITING,
        back_on=away.until or away.since + DAY * SHORT_DAYS * 5, ended_on=away.until,
    )  # fmt: skip


def _gone(site: Site, dice: Dice, one: Teacher, passed: list[Bond], clerk: UUID) -> None:
    since = one.until or site.plan.today
    at, key = dice.moment(since), dice.key(since)
    site.rows.add(
        Absence, id=key, created_at=at, staff_id=one.id, kind=KINDS[one.state], state=AbsenceState.SUCCEEDED,
        starts_on=since, ended_on=since, registered_by_id=clerk,
    )  # fmt: skip
    for bond in passed:
        if bond.after:
            site.rows.add(
                Succession, id=dice.key(at), created_at=at, absence_id=key, mentorship_id=bond.after.id,
                successor_id=bond.mentor.id, closed_at=at + DAY,
            )  # fmt: skip
