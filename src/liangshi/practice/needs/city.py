"""Needs of several mentors: behind each co-mentor one, and some that are under way or over."""

from __future__ import annotations

from liangshi.foundation.audit.city import Log
from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Site
from liangshi.practice.needs import audit
from liangshi.practice.needs.choices import NeedCategory, NeedState
from liangshi.practice.needs.models import Need, NeedStrategy
from liangshi.registry.access.choices import Role
from liangshi.registry.access.city import Doers
from liangshi.registry.mentorships.city import Bonds
from liangshi.registry.people.city import People
from liangshi.registry.schools.choices import Strategy


@school
def needs(site: Site) -> None:
    """Behind each co-mentor stands a need that a leader has approved; a few are proposed, refused or over."""
    dice, people, made = site.dice("needs"), site.made(People), site.made(Bonds)
    leaders, log, by = people.leaders, site.made(Log), site.made(Doers).leader
    held = {bond.pupil.id: bond for bond in made.co}
    for bond in made.open():
        room = (site.plan.today - bond.since).days
        co = held.get(bond.pupil.id)
        if co is None and (room < 20 or not dice.chance(0.008)):
            continue
        state = NeedState.STAFFED if co else dice.choice(
            (NeedState.PROPOSED, NeedState.SEEKING, NeedState.ENDED, NeedState.REFUSED)
        )  # fmt: skip
        since = co.since if co else bond.since + DAY * dice.randint(10, room - 5)
        at, key = dice.moment(since), dice.key(since)
        decided = state != NeedState.PROPOSED
        leader = next(each.person for each in leaders if each.person != bond.mentor.person)
        site.rows.add(
            Need, id=key, created_at=at, student_id=bond.pupil.id, category=dice.choice(NeedCategory.values),
            state=state, review_on=max(since, site.plan.today) + DAY * dice.randint(-10, 150),
            asked_by_id=bond.mentor.person, asked_as=Role.MENTOR, decided_by_id=leader if decided else None,
            decided_on=since if decided else None, refusal="more" if state == NeedState.REFUSED else "",
            ended_on=site.plan.today - DAY if state == NeedState.ENDED else None,
        )  # fmt: skip
        strategy = co.strategy if co else dice.choice(Strategy.values)
        site.rows.add(
            NeedStrategy, id=dice.key(since), created_at=at, need_id=key, strategy=strategy,
            suggested_id=co.mentor.id if co else None, bond_id=co.id if co else None,
        )  # fmt: skip
        if decided:
            log.note(audit.NEED_APPROVED, by, at, key, [bond.pupil.id])
