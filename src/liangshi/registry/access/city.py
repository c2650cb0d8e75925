"""Roles by grant, who did what in the log of a school, and the entries that the registry itself leaves there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from liangshi.foundation.audit.city import By, Log
from liangshi.foundation.base.city.makers import city, school
from liangshi.foundation.base.city.plan import DAY, Site
from liangshi.registry.access.audit import GRANTED
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.accounts.audit import SIGNED_IN
from liangshi.registry.accounts.city import Accounts
from liangshi.registry.mentorships.audit import BEGUN, ENDED, REPLACED
from liangshi.registry.mentorships.choices import EndReason
from liangshi.registry.mentorships.city import Bonds
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.city import Officials, People, Pupil, Teacher
from liangshi.registry.schools.city import Campus

ENDS_IN = DAY * 240
SIGN_INS = 1.2  # of a teacher, in each month on average


@dataclass
class Doers:
    """Whose name stands in the log of a school."""

    accounts: Accounts
    clerk: By
    leader: By

    def by(self, who: Teacher | Pupil, role: Role) -> By:
        return By(self.accounts.of[who.person], who.name, str(role.label))


@city
def grants_of_bureaus(site: Site) -> None:
    dice, held = site.dice("access"), site.made(Officials)
    accounts, since = site.made(Accounts), site.plan.today - DAY * 90
    first, *others = held.people
    for person, _, bureau in held.people:
        at = dice.moment(since)
        role = Role.CITY if bureau == first[2] else Role.COUNTY
        by = others[0] if person == first[0] else first
        key = _grant(site, dice.key(at), at, person, role, by[0], bureau_id=bureau)
        doer = By(accounts.of[by[0]], by[1], str(Role.CITY.label))
        site.made(Log).note(GRANTED, doer, at, key, role=role.value, person=str(person))


def _grant(site: Site, key: UUID, at: dt.datetime, person: UUID, role: Role, by: UUID, **where: UUID) -> UUID:
    site.rows.add(
        RoleGrant, id=key, created_at=at, person_id=person, role=role, title=str(role.label),
        starts_on=at.date(), ends_on=site.plan.today + ENDS_IN, reason="任命文件", decided_by_id=by, **where,
    )  # fmt: skip
    return key


@school
def doers(site: Site) -> Doers:
    people, accounts, campus = site.made(People), site.made(Accounts), site.made(Campus)
    dice, officials = site.dice("access"), site.made(Officials)
    above = next(person for person, _, bureau in officials.people if bureau == campus.bureau)
    chief, clerk = people.leaders[1], people.clerks[0]
    made = Doers(
        accounts,
        By(accounts.of[clerk.person], clerk.name, str(Role.CLERK.label)),
        By(accounts.of[chief.person], chief.name, str(Role.LEADER.label)),
    )
    at = dice.moment(site.plan.today - DAY * 85)
    for one in people.leaders:
        _grant(site, dice.key(at), at, one.person, Role.LEADER, above, school_id=campus.id)
    for one in people.clerks:
        _grant(site, dice.key(at), at, one.person, Role.CLERK, chief.person, school_id=campus.id)
    heads = [one for one in people.teachers if one.until is None]
    for place, (entry, cohort) in enumerate(list(campus.cohorts.items())[-3:]):
        _grant(
            site, dice.key(at), at, heads[-1 - place].person, Role.GRADE_HEAD, chief.person,
            school_id=campus.id, cohort_id=cohort,
        )  # fmt: skip
        site.made(Log).note(GRANTED, made.leader, at, role=Role.GRADE_HEAD.value, cohort=entry)
    return made


@school
def entries(site: Site) -> None:
    """What the registry logs: relations begun, replaced and ended, by day; and who signed in."""
    log, held, dice = site.made(Log), site.made(Doers), site.dice("entries")
    begun: dict[dt.date, list[UUID]] = defaultdict(list)
    for bond in site.made(Bonds).primary:
        if bond.after:
            log.note(REPLACED, held.clerk, dice.moment(bond.since), subjects=[bond.pupil.id])
        else:
            begun[bond.since].append(bond.pupil.id)
        if bond.until and bond.why == EndReason.STUDENT_LEFT:
            log.note(ENDED, held.clerk, dice.moment(bond.until), subjects=[bond.pupil.id])
    for day, students in begun.items():
        log.note(BEGUN, held.clerk, dice.moment(day), subjects=students)
    for one in site.made(People).teachers:
        if one.state != StaffState.ON_DUTY:
            continue
        for year in site.made(Campus).years:
            months = len(year.days.days) / 30
            for day in dice.days(year.days, int(SIGN_INS * months * dice.skew(0.9))):
                log.note(SIGNED_IN, held.by(one, Role.MENTOR), dice.moment(day))
