"""Requests for slips of a school: the classes of each autumn, and in between those who forgot their password."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liangshi.foundation.audit.city import Log
from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Dice, Site
from liangshi.foundation.records.decisions import Decision
from liangshi.practice.slips.audit import SLIPS_ASKED, SLIPS_DECIDED, SLIPS_PRINTED
from liangshi.practice.slips.choices import Kind, Whom
from liangshi.practice.slips.models import SlipLine, SlipRequest
from liangshi.registry.access.choices import Role
from liangshi.registry.access.city import Doers
from liangshi.registry.accounts.city import Accounts
from liangshi.registry.people.city import People, Pupil
from liangshi.registry.schools.city import Campus

FORGETS = 0.08  # of the students, in three years


@school
def requests(site: Site) -> None:
    dice, people = site.dice("slips"), site.made(People)
    for year in site.made(Campus).years:
        at = dice.moment(year.starts_on + DAY * dice.randint(1, 20))
        fresh = [one for one in people.pupils if one.entry == year.start]
        if fresh:
            _ask(site, dice, at, Kind.FIRST, "全校学生", fresh)
    for one in people.pupils:
        if one.until is None and dice.chance(FORGETS):
            at = dice.moment(one.since + DAY * dice.randint(30, max(31, (site.plan.today - one.since).days)))
            if at.date() <= site.plan.today:
                _ask(site, dice, at, Kind.RESET, f"{one.name}（学生）", [one], student_id=one.id)


def _ask(
    site: Site, dice: Dice, at: dt.datetime, kind: Kind, what: str, pupils: list[Pupil], **about: UUID
) -> None:
    people, held, log, campus = site.made(People), site.made(Doers), site.made(Log), site.made(Campus)
    accounts, key = site.made(Accounts), dice.key(at)
    waits = (site.plan.today - at.date()).days < 2
    site.rows.add(
        SlipRequest, id=key, created_at=at, school_id=campus.id, kind=kind, whom=Whom.STUDENTS, what=what,
        asked_by_id=people.clerks[0].person, asked_as=Role.CLERK, state=Decision.ASKED if waits else Decision.AGREED,
        decided_by_id=None if waits else people.leaders[1].person,
        decided_on=None if waits else at.date(), printed_at=None if waits else at + DAY / 12, **about,
    )  # fmt: skip
    for one in pupils:
        site.rows.add(
            SlipLine, id=dice.key(at), created_at=at, request_id=key, account_id=accounts.of[one.person]
        )
    students = [one.id for one in pupils]
    log.note(SLIPS_ASKED, held.clerk, at, key, students, kind=kind.value, count=len(pupils))
    if not waits:
        log.note(SLIPS_DECIDED, held.leader, at + DAY / 24, key, step="agree")
        log.note(SLIPS_PRINTED, held.clerk, at + DAY / 12, key, students, count=len(pupils))
