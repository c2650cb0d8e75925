"""Who was whose mentor, day by day: rounds, successions, changes and graduations replayed in the order of time."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from uuid import UUID

from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Site
from liangshi.foundation.records.decisions import Decision
from liangshi.registry.mentorships.choices import (
    MAX_CO_MENTEES,
    POLICY_CAP,
    EndReason,
    Exempt,
    Kind,
    NotMentoring,
    Origin,
)
from liangshi.registry.mentorships.models import (
    Exemption,
    Interim,
    MentorPlaces,
    MentorProfile,
    Mentorship,
    NotMentoringSpan,
    RatioException,
)
from liangshi.registry.people.choices import Post, StaffState
from liangshi.registry.people.city import People, Pupil, Teacher
from liangshi.registry.people.words import Words
from liangshi.registry.schools.choices import Strategy
from liangshi.registry.schools.city import Campus

CHANGED = 0.06  # of the bonds, in each year
NONE_SHARE = 0.01  # of the students have no mentor
CO_SHARE = 0.015
LEFT_OUT_SHARE = 0.02
SHORT_ABSENCES = 0.04  # of the mentors, in each year
EXTRA = 2
LEADER_QUOTA, ADVISER_QUOTA = 8, 14
TRIED = 4  # mentors looked at for a student: the least burdened of them is taken
ZEAL = 0.7  # spread of how much mentors record, as of a log-normal


@dataclass(slots=True)
class Bond:
    """`after` is the bond that it took the place of."""

    id: UUID
    pupil: Pupil
    mentor: Teacher
    since: dt.date
    origin: Origin
    until: dt.date | None = None
    why: EndReason | None = None
    strategy: str = ""
    after: Bond | None = None


@dataclass(slots=True)
class Away:
    """A mentor is or was away; `cover` are his bonds and who looked after each."""

    mentor: Teacher
    since: dt.date
    until: dt.date | None
    cover: list[tuple[Bond, Teacher]] = field(default_factory=list)


@dataclass
class Bonds:
    """`zeal`: how much a mentor (by key) records, 1 on average."""

    primary: list[Bond] = field(default_factory=list)
    co: list[Bond] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    left_out: list[Teacher] = field(default_factory=list)
    zeal: dict[UUID, float] = field(default_factory=dict)

    def open(self) -> Iterator[Bond]:
        return (bond for bond in self.primary if bond.until is None)


@school
def bonds(site: Site) -> Bonds:
    made = Bonds()
    replay = _Replay(site, made)
    replay.run()
    replay.write()
    _places(site, made, replay)
    _absences(site, made)
    _without(site, made, replay)
    _co_mentors(site, made)
    return made


class _Replay:
    """What begins, changes and ends, one day after another."""

    def __init__(self, site: Site, made: Bonds) -> None:
        self.site, self.made, self.dice = site, made, site.dice("mentorships")
        self.people, self.campus = site.made(People), site.made(Campus)
        self.load: Counter[UUID] = Counter()
        self.held: dict[UUID, Bond] = {}
        self.alone: list[Pupil] = []
        self.turns = count()
        self.waiting: list[tuple[dt.date, int, str, Pupil | Teacher]] = []
        made.zeal = {one.id: self.dice.skew(ZEAL) for one in self.people.mentors}
        made.left_out = [
            one
            for one in self.people.teachers[::-1]
            if one.state == StaffState.ON_DUTY and self.dice.chance(LEFT_OUT_SHARE)
        ]
        out = {one.id for one in made.left_out}
        self.mentors = [
            one
            for one in self.people.mentors
            if one.id not in out and (one.state == StaffState.ON_DUTY or one.until or one.state in AWAY)
        ]
        advisers = {one.id for one in self.people.advisers.values()}
        self.quota = {
            one.id: LEADER_QUOTA
            if one.post == Post.MANAGER
            else ADVISER_QUOTA
            if one.id in advisers
            else POLICY_CAP
            for one in self.people.mentors
        }
        steady = [one for one in self.mentors if self.quota[one.id] == POLICY_CAP and not one.until]
        self.exceeding = steady[0] if steady and site.order % 3 == 0 else None
        self.exception: UUID | None = None

    def run(self) -> None:
        first = self.campus.years[0].starts_on
        for pupil in self.people.pupils:
            since = max(first, pupil.since) + DAY * self.dice.randint(8, 16)
            if since < (pupil.until or self.site.plan.today):
                self._later(since, "begin", pupil)
        for teacher in self.mentors:
            if teacher.until:
                self._later(teacher.until, "leave", teacher)
        while self.waiting:
            day, _, what, who = heappop(self.waiting)
            if isinstance(who, Teacher):
                self._leave(who, day)
            elif what == "begin":
                self._begin(who, day)
            else:
                self._turn(who, day, what)

    def _later(self, day: dt.date, what: str, who: Pupil | Teacher) -> None:
        if day < self.site.plan.today:
            heappush(self.waiting, (day, next(self.turns), what, who))

    def _begin(self, pupil: Pupil, day: dt.date) -> None:
        if self.dice.chance(NONE_SHARE):
            self.alone.append(pupil)
            return
        entered = pupil.entry >= self.campus.years[0].start
        origin = Origin.ROUND if entered and pupil.since.month == 9 else Origin.ASSIGNED
        self._bind(pupil, day, origin if entered else Origin.IMPORTED)
        if pupil.until:
            self._later(pupil.until, "end", pupil)

    def _bind(self, pupil: Pupil, day: dt.date, origin: Origin, after: Bond | None = None) -> None:
        mentor = self._free(pupil, day, after.mentor if after else None)
        if mentor is None:
            self.alone.append(pupil)
            return
        bond = Bond(self.dice.key(day), pupil, mentor, day, origin, after=after)
        self.load[mentor.id] += 1
        self.held[pupil.id] = bond
        self.made.primary.append(bond)
        turn = day + DAY * self.dice.randint(40, 400)
        if self.dice.chance(CHANGED) and turn < (pupil.until or self.site.plan.today):
            self._later(turn, "change", pupil)

    def _free(self, pupil: Pupil, day: dt.date, but: Teacher | None) -> Teacher | None:
        """The least burdened of a few; everybody is asked where they are full. Nobody mentors his own child."""
        one = self.exceeding
        if (
            one
            and day >= self.campus.year.starts_on
            and self.load[one.id] < POLICY_CAP + 1
            and one is not but
            and one.person not in pupil.guardians
        ):
            return one
        for some in (self.dice.sample(self.mentors, min(TRIED, len(self.mentors))), self.mentors):
            free = [
                one
                for one in some
                if self.load[one.id] < self.quota[one.id]
                and one is not but
                and one.person not in pupil.guardians
                and not (one.until and one.until <= day)
            ]
            if free:
                return min(free, key=lambda one: self.load[one.id] / self.quota[one.id])
        return None

    def _end(self, pupil: Pupil, day: dt.date, why: EndReason) -> Bond | None:
        bond = self.held.pop(pupil.id, None)
        if bond:
            bond.until, bond.why = day, why
            self.load[bond.mentor.id] -= 1
        return bond

    def _turn(self, pupil: Pupil, day: dt.date, what: str) -> None:
        bond = self.held.get(pupil.id)
        if bond is None or bond.since >= day:
            return
        if what == "end":
            graduated = (day.month, day.day) == (7, 8)
            self._end(pupil, day, EndReason.YEAR_OVER if graduated else EndReason.STUDENT_LEFT)
        elif self._free(pupil, day, bond.mentor):
            why = self.dice.choice((EndReason.AGREED, EndReason.STUDENT_ASKED, EndReason.STUDENT_ASKED))
            self._bind(pupil, day, Origin.CHANGED, self._end(pupil, day, why))

    def _leave(self, teacher: Teacher, day: dt.date) -> None:
        mine = [bond for bond in self.held.values() if bond.mentor is teacher]
        for bond in mine:
            self._bind(bond.pupil, day, Origin.SUCCESSION, self._end(bond.pupil, day, EndReason.MENTOR_LEFT))

    def write(self) -> None:
        seats: Counter[UUID] = Counter()
        rows, dice = self.site.rows, self.dice
        self._exception()
        for bond in self.made.primary:
            seat = None
            if bond.until is None:
                seats[bond.mentor.id] += 1
                seat = seats[bond.mentor.id]
            rows.add(
                Mentorship, id=bond.id, created_at=dice.moment(bond.since), student_id=bond.pupil.id,
                mentor_id=bond.mentor.id, kind=Kind.PRIMARY, origin=bond.origin, seat=seat,
                exception_id=self.exception if seat and seat > POLICY_CAP else None, starts_on=bond.since,
                ends_on=bond.until, end_reason=bond.why or "", late=False,
            )  # fmt: skip

    def _exception(self) -> None:
        if self.exceeding:
            since = self.campus.year.starts_on
            self.exception = self.dice.key(since)
            self.site.rows.add(
                RatioException, id=self.exception, created_at=self.dice.moment(since), extra=EXTRA,
                staff_id=self.exceeding.id, reason="同年级一位导师休产假，其学生由这位老师暂时接带。",
                until=since + DAY * 300, person_id=self.exceeding.person, state=Decision.AGREED, decided_on=since,
                asked_by_id=self.people.leaders[0].person, asked_as="leader", decided_by_id=self.people.leaders[1].person,
            )  # fmt: skip


AWAY = frozenset({StaffState.MATERNITY, StaffState.SICK, StaffState.AWAY})


def _places(site: Site, made: Bonds, replay: _Replay) -> None:
    dice, rows, people = site.dice("places"), site.rows, site.made(People)
    words, at = Words(f"{site.plan.seed}/{site.order}/intro"), site.made(Campus).founded
    for one in people.mentors:
        rows.add(
            MentorPlaces, id=dice.key(at), created_at=at, staff_id=one.id, quota=replay.quota[one.id],
            taken=replay.load[one.id],
        )  # fmt: skip
        if dice.chance(0.85):
            intro, interests, good_at = words.intro(one.subject)
            rows.add(
                MentorProfile, id=dice.key(at), created_at=at, staff_id=one.id, intro=intro,
                interests=interests, good_at=good_at,
            )  # fmt: skip
    since = site.made(Campus).year.starts_on
    for one in made.left_out:
        rows.add(
            NotMentoringSpan, id=dice.key(since), created_at=dice.moment(since), staff_id=one.id, person_id=one.person,
            reason=dice.choice(NotMentoring.values), review_on=since + DAY * 200, starts_on=since,
            decided_by_id=people.leaders[0].person,
        )  # fmt: skip


def _absences(site: Site, made: Bonds) -> None:
    """Who is away now, and who was for some weeks; others of the school looked after his students."""
    dice, people, today = site.dice("absences"), site.made(People), site.plan.today
    of_mentor: dict[UUID, list[Bond]] = defaultdict(list)
    for bond in made.primary:
        of_mentor[bond.mentor.id].append(bond)
    working = [one for one in people.teachers if one.state == StaffState.ON_DUTY]
    for one in people.teachers:
        if one.state in AWAY:
            made.away.append(Away(one, today - DAY * dice.randint(5, 60), None))
        for year in site.made(Campus).years:
            since = year.starts_on + DAY * dice.randint(20, 250)
            until = since + DAY * dice.randint(5, 30)
            if one.state == StaffState.ON_DUTY and dice.chance(SHORT_ABSENCES) and until < today - DAY * 5:
                made.away.append(Away(one, since, until))
    for away in made.away:
        others = [one for one in working if one is not away.mentor]
        for bond in of_mentor[away.mentor.id]:
            since = max(away.since, bond.since)
            if bond.since >= (away.until or today) or (bond.until and bond.until <= away.since):
                continue
            over = min((day for day in (away.until, bond.until) if day), default=None)
            able = [one for one in others if one.person not in bond.pupil.guardians]
            away.cover.append((bond, dice.choice(able)))
            site.rows.add(
                Interim, id=dice.key(since), created_at=dice.moment(since), mentorship_id=bond.id,
                caretaker_id=away.cover[-1][1].id, starts_on=since, ends_on=over,
            )  # fmt: skip


def _without(site: Site, made: Bonds, replay: _Replay) -> None:
    """Half of those who have no mentor now have a reason that counts."""
    dice, today = site.dice("without"), site.plan.today
    for pupil in replay.alone:
        if pupil.here(today) and dice.chance(0.5):
            since = max(pupil.since, today - DAY * dice.randint(3, 50))
            site.rows.add(
                Exemption, id=dice.key(since), created_at=dice.moment(since), student_id=pupil.id,
                reason=dice.choice(Exempt.values), until=today + DAY * dice.randint(10, 90), starts_on=since,
                decided_by_id=site.made(People).leaders[1].person,
            )  # fmt: skip


def _co_mentors(site: Site, made: Bonds) -> None:
    """A few students have a second adult beside the mentor, for one strategy."""
    dice, people = site.dice("co"), site.made(People)
    load: Counter[UUID] = Counter()
    able = [one for one in people.teachers if one.state == StaffState.ON_DUTY]
    for bond in made.open():
        room = (site.plan.today - bond.since).days
        if room < 20 or not dice.chance(CO_SHARE):
            continue
        mentor = dice.choice(able)
        if (
            mentor is bond.mentor
            or load[mentor.id] >= MAX_CO_MENTEES
            or mentor.person in bond.pupil.guardians
        ):
            continue
        load[mentor.id] += 1
        since = bond.since + DAY * dice.randint(10, room - 5)
        made.co.append(
            Bond(
                dice.key(since), bond.pupil, mentor, since, Origin.NEED, strategy=dice.choice(Strategy.values)
            )
        )
        site.rows.add(
            Mentorship, id=made.co[-1].id, created_at=dice.moment(since), student_id=bond.pupil.id,
            mentor_id=mentor.id, kind=Kind.CO, strategy=made.co[-1].strategy, origin=Origin.NEED, starts_on=since,
        )  # fmt: skip
