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
from liangshi.registry.access.choices import Role, Way
from liangshi.registry.access.models import GrantProposal, RoleGrant
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
    """The first founds the city's bureau, the second is agreed to at the keyboard, and the two give the counties theirs."""
    dice, held = site.dice("access"), site.made(Officials)
    accounts, since = site.made(Accounts), site.plan.today - DAY * 90
    (first, name, city_bureau), (second, _, _), *_ = held.people
    ways = {first: (Way.FOUNDING, None, None), second: (Way.KEYBOARD, first, None)}
    doer = By(accounts.of[first], name, str(Role.CITY.label))
    for person, _, bureau in held.people:
        at = dice.moment(since)
        role = Role.CITY if bureau == city_bureau else Role.COUNTY
        way, proposed, decided = ways.get(person, (Way.TWO, first, second))
        key = _grant(site, dice.key(at), at, person, role, way, proposed, decided, bureau_id=bureau)
        site.made(Log).note(GRANTED, doer, at, key, role=role.value, person=str(person))


def _grant(
    site: Site, key: UUID, at: dt.datetime, person: UUID, role: Role, way: Way, proposed: UUID | None,
    decided: UUID | None, **where: UUID,
) -> UUID:  # fmt: skip
    site.rows.add(
        RoleGrant, id=key, created_at=at, person_id=person, role=role, title=str(role.label),
        starts_on=at.date(), ends_on=site.plan.today + ENDS_IN, reason="任命文件", way=way, proposed_by_id=proposed,
        decided_by_id=decided, **where,
    )  # fmt: skip
    return key


@school
def doers(site: Site) -> Doers:
    people, accounts, campus = site.made(People), site.made(Accounts), site.made(Campus)
    dice, above = site.dice("access"), site.made(Officials).people[0][0]
    head, chief, clerk = people.leaders[0], people.leaders[1], people.clerks[0]
    made = Doers(
        accounts,
        By(accounts.of[clerk.person], clerk.name, str(Role.CLERK.label)),
        By(accounts.of[chief.person], chief.name, str(Role.LEADER.label)),
    )
    at = dice.moment(site.plan.today - DAY * 85)

    def give(one: Teacher, role: Role, proposed: UUID, **where: UUID) -> None:
        way, decided = (Way.FOUNDING, None) if one is head else (Way.TWO, head.person)
        _grant(site, dice.key(at), at, one.person, role, way, proposed, decided, school_id=campus.id, **where)

    for one in people.leaders:
        give(one, Role.LEADER, above)
    for one in people.clerks:
        give(one, Role.CLERK, chief.person)
    heads = [one for one in people.teachers if one.until is None]
    for place, (entry, cohort) in enumerate(list(campus.cohorts.items())[-3:]):
        give(heads[-1 - place], Role.GRADE_HEAD, chief.person, cohort_id=cohort)
        site.made(Log).note(GRANTED, made.leader, at, role=Role.GRADE_HEAD.value, cohort=entry)
    site.rows.add(
        GrantProposal, id=dice.key(at), created_at=at, person_id=heads[0].person, name=heads[0].name, role=Role.CLERK,
        school_id=campus.id, ends_on=site.plan.today + ENDS_IN, reason="任命文件", asked_by_id=chief.person,
        asked_as=Role.LEADER,
    )  # fmt: skip
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
