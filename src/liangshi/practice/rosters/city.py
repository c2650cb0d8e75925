"""Imports of each year: students and staff in autumn, some of them given up; and what a clerk would have given himself."""

from __future__ import annotations

from liangshi.foundation.audit.city import Log
from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Site
from liangshi.foundation.records.decisions import Decision
from liangshi.practice.rosters.audit import APPLIED, OWN_POST_ASKED, OWN_POST_DECIDED, UPLOADED
from liangshi.practice.rosters.choices import JobState, RosterKind
from liangshi.practice.rosters.models import ImportJob, OwnPost
from liangshi.registry.access.choices import Role
from liangshi.registry.access.city import Doers
from liangshi.registry.people.city import People
from liangshi.registry.schools.city import Campus


@school
def imports(site: Site) -> None:
    dice, campus, log = site.dice("rosters"), site.made(Campus), site.made(Log)
    clerk, by = site.made(People).clerks[0].person, site.made(Doers).clerk
    for year in campus.years:
        for kind in (
            RosterKind.STAFF,
            RosterKind.STUDENTS,
            RosterKind.STUDENTS,
            RosterKind.PAIRS,
            RosterKind.CLUBS,
        ):
            at = dice.moment(year.starts_on + DAY * dice.randint(0, 25))
            key, applied = dice.key(at), dice.chance(0.8)
            site.rows.add(
                ImportJob, id=key, created_at=at, school_id=campus.id, kind=kind, file_name=f"{kind.label}名册.xlsx",
                sha256=f"{dice.getrandbits(256):064x}", year_start=year.start,
                state=JobState.APPLIED if applied else JobState.DISCARDED, new=site.students // 3 * applied,
                changed=dice.randint(0, 30), unchanged=dice.randint(0, 900), uploaded_by_id=clerk,
                ended_at=at + DAY / 24,
            )  # fmt: skip
            log.note(UPLOADED, by, at, key)
            if applied:
                log.note(APPLIED, by, at + DAY / 24, key)


@school
def own_posts(site: Site) -> None:
    """A class of each autumn for which the clerk put himself down. Its adviser stays: nobody has agreed."""
    dice, campus, log, people = site.dice("own_posts"), site.made(Campus), site.made(Log), site.made(People)
    clerk, leader, by = people.clerks[0], people.leaders[1], site.made(Doers)
    for year in campus.years:
        at = dice.moment(year.starts_on + DAY * dice.randint(0, 25))
        key, group = dice.key(at), dice.choice(campus.classes[year.start])
        site.rows.add(
            OwnPost, id=key, created_at=at, school_id=campus.id, staff_id=clerk.id, class_group_id=group,
            asked_on=at.date(), asked_by_id=clerk.person, asked_as=Role.CLERK, state=Decision.REFUSED,
            decided_by_id=leader.person, decided_on=at.date(), reason="班主任另有任命",
        )  # fmt: skip
        log.note(OWN_POST_ASKED, by.clerk, at, key)
        log.note(OWN_POST_DECIDED, by.leader, at + DAY / 24, key, step="refuse")
