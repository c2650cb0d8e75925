"""Staff, students of all years with their standing and class, guardians, clubs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from uuid import UUID

from liangshi.foundation.base.city.makers import city, school
from liangshi.foundation.base.city.plan import DAY, Dice, Site
from liangshi.foundation.base.names import search_keys
from liangshi.foundation.base.sealed import digest
from liangshi.registry.people.choices import (
    ClubKind,
    EnrolReason,
    Gender,
    LeftBehind,
    Lodging,
    Post,
    Relation,
    StaffState,
    StudentState,
)
from liangshi.registry.people.models import (
    ClassPost,
    Club,
    ClubMember,
    Enrolment,
    GuardianLink,
    Person,
    Staff,
    Student,
    StudentSpan,
)
from liangshi.registry.people.words import SUBJECTS, TITLES, Words
from liangshi.registry.schools.city import Bureaus, Campus
from liangshi.registry.schools.grades import GRADES

ROOM = "people"
PEOPLE_OF_A_SCHOOL = 100_000  # how far the made-up phone numbers of two schools lie apart
STUDENTS_PER_TEACHER = 11.5
TAUGHT = 7  # subject teachers of a class beside its 班主任
LEADERS = ("党委书记", "校长", "副校长")
OTHERS = (
    (Post.WORKER, "食堂管理"),
    (Post.NURSE, "校医"),
    (Post.WARDEN, "宿舍管理"),
    (Post.ASSISTANT, "实验员"),
)
CLUBS = ("天文社", "戏剧社", "建模组", "羽毛球队", "诗歌小组", "合唱团", "机器人社", "书法社")
AWAY_SHARE, GONE_SHARE = 0.015, 0.02
FATES = ("", "suspended", "returned", "left", "joined", "guest", "moved")
FATE_WEIGHTS = (943, 6, 5, 14, 12, 5, 15)


@dataclass(slots=True)
class Teacher:
    """`number` is the 工号; `until` the day on which he left the school."""

    id: UUID
    person: UUID
    name: str
    number: str
    post: Post
    subject: str
    state: StaffState
    until: dt.date | None = None


@dataclass(slots=True)
class Pupil:
    """In the school from `since` until `until` (None: still), in the class of this place among those of his 级."""

    id: UUID
    person: UUID
    name: str
    gender: Gender
    entry: int
    place: int
    since: dt.date
    until: dt.date | None = None
    guardians: list[UUID] = field(default_factory=list)

    def here(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass
class People:
    """`newcomers` wait for an account: person, the beginning of his login, the whole of it where it is wished, since."""

    leaders: list[Teacher] = field(default_factory=list)
    clerks: list[Teacher] = field(default_factory=list)
    others: list[Teacher] = field(default_factory=list)
    teachers: list[Teacher] = field(default_factory=list)
    advisers: dict[UUID, Teacher] = field(default_factory=dict)
    taught_by: dict[UUID, list[Teacher]] = field(default_factory=dict)
    pupils: list[Pupil] = field(default_factory=list)
    newcomers: list[tuple[UUID, str, str, dt.date]] = field(default_factory=list)

    @property
    def mentors(self) -> list[Teacher]:
        """Who may mentor: leaders and teachers, those too who have left meanwhile."""
        return [*self.leaders, *self.teachers]


@dataclass
class Officials:
    """(person, name, bureau) of those who work at a bureau, the city's two first."""

    people: list[tuple[UUID, str, UUID]]
    newcomers: list[tuple[UUID, str, str, dt.date]]


keys_of = cache(search_keys)  # a few thousand names serve a whole city


def new_person(
    site: Site, dice: Dice, words: Words, at: dt.date, name: str, gender: Gender, born: dt.date | None = None,
    phone: bool = True,
) -> UUID:  # fmt: skip
    key = dice.key(at)
    mobile = words.mobile() if phone else ""
    site.rows.add(
        Person, id=key, created_at=dice.moment(at), name=name, search=keys_of(name), gender=gender,
        birth_date=born, mobile=mobile, mobile_digest=digest(mobile),
    )  # fmt: skip
    return key


@city
def officials(site: Site) -> Officials:
    dice, words = site.dice(ROOM), Words(f"{site.plan.seed}/officials", 99_000_000)
    above, since = site.made(Bureaus), dt.date(site.plan.starts[0], 8, 2)
    made = Officials([], [])
    for bureau in (above.city, above.city, *above.counties):
        gender = words.gender()
        name = words.name(gender)
        key = new_person(site, dice, words, since, name, gender)
        made.people.append((key, name, bureau))
        made.newcomers.append((key, "jy", "", since))
    return made


@school
def people(site: Site) -> People:
    made = People()
    words = Words(f"{site.plan.seed}/{site.order}/words", PEOPLE_OF_A_SCHOOL * site.order)
    maker = _Maker(site, words, made)
    maker.staff()
    maker.posts()
    maker.students()
    maker.clubs()
    return made


class _Maker:
    def __init__(self, site: Site, words: Words, made: People) -> None:
        self.site, self.rows, self.words, self.made = site, site.rows, words, made
        self.dice, self.campus = site.dice(ROOM), site.made(Campus)
        self.prefix, self.today = self.campus.code[-4:], site.plan.today
        self.numbers = count(1)

    # Staff

    def staff(self) -> None:
        made = self.made
        for duty in LEADERS:
            made.leaders.append(self._hire(Post.MANAGER, "思想政治", duty))
        for _ in range(2):
            made.clerks.append(self._hire(Post.ASSISTANT, "", "办公室干事"))
        for place in range(max(2, self.site.students // 250)):
            post, duty = OTHERS[place % len(OTHERS)]
            made.others.append(self._hire(post, "", duty))
        classes = len(self.campus.classes[self.campus.year.start])
        needed = max(round(self.site.students / STUDENTS_PER_TEACHER), len(GRADES) * classes + TAUGHT + 1)
        for place in range(needed):
            subject = "心理健康" if place == needed - 1 else SUBJECTS[place % len(SUBJECTS)]
            made.teachers.append(self._hire(Post.TEACHER, subject, "", settled=place < len(GRADES) * classes))

    def _hire(self, post: Post, subject: str, duty: str, settled: bool = True) -> Teacher:
        number = f"T{next(self.numbers):04d}"
        since = self.campus.founded.date()
        gender = self.words.gender()
        name = self.words.name(gender)
        person = new_person(self.site, self.dice, self.words, since, name, gender)
        state, until = StaffState.ON_DUTY, None
        if not settled and self.dice.chance(AWAY_SHARE):
            state = self.dice.choice((StaffState.MATERNITY, StaffState.SICK, StaffState.AWAY))
        elif not settled and self.dice.chance(GONE_SHARE):
            state = self.dice.choice((StaffState.GONE, StaffState.RETIRED))
            until = since + DAY * self.dice.randint(60, max(61, (self.today - since).days - 10))
        made = Teacher(self.dice.key(since), person, name, number, post, subject, state, until)
        self.rows.add(
            Staff, id=made.id, created_at=self.campus.founded, person_id=person, school_id=self.campus.id,
            staff_no=number, post=post, subject=subject, duty=duty, state=state,
            title=self.dice.choice(TITLES) if subject else "",
        )  # fmt: skip
        self.made.newcomers.append((person, self.prefix, f"{self.prefix}{number.lower()}", since))
        return made

    def posts(self) -> None:
        """Whoever has led a class to its end takes one of those that enter then."""
        staying = [one for one in self.made.teachers if one.until is None]
        for entry, classes in self.campus.classes.items():
            since, leaving = dt.date(entry, 9, 1), graduation(entry)
            ends = leaving if leaving <= self.today else None
            for place, group in enumerate(classes):
                adviser = staying[(entry % len(GRADES)) * len(classes) + place]
                others = [one for one in self.dice.sample(staying, TAUGHT) if one is not adviser]
                self.made.advisers[group], self.made.taught_by[group] = adviser, [adviser, *others]
                for teacher in self.made.taught_by[group]:
                    self.rows.add(
                        ClassPost, id=self.dice.key(since), created_at=self.dice.moment(since),
                        staff_id=teacher.id, class_group_id=group, is_adviser=teacher is adviser,
                        starts_on=since, ends_on=ends,
                    )  # fmt: skip

    # Students

    def students(self) -> None:
        share, more = divmod(self.site.students, len(GRADES))
        for entry in self.campus.cohorts:
            wanted, order = share + (entry % len(GRADES) < more), 0
            while wanted > 0:
                order += 1
                pupil = self._enrol(entry, order)
                gone = pupil.until is not None and pupil.until < graduation(entry)
                wanted -= not gone

    def _enrol(self, entry: int, order: int) -> Pupil:
        dice, words = self.dice, self.words
        gender = words.gender()
        name, born = words.name(gender), words.birth(entry)
        fate = dice.choices(FATES, FATE_WEIGHTS)[0]
        since = dt.date(entry, 9, 1)
        person = new_person(self.site, dice, words, since, name, gender, born, phone=False)
        classes = self.campus.classes[entry]
        pupil = Pupil(dice.key(since), person, name, gender, entry, order % len(classes), since)
        number = words.national_no(f"98{self.prefix}", born, gender, "G")
        school_no = f"{entry}{order:04d}"
        self.rows.add(
            Student, id=pupil.id, created_at=dice.moment(since), person_id=person, school_id=self.campus.id,
            national_no=number, national_digest=digest(number), school_no=school_no,
            aux_no=f"98{entry}{self.prefix}{order:05d}",
            lodging=dice.choices(Lodging.values, (62, 38))[0],
            left_behind=dice.choices((LeftBehind.NO, LeftBehind.ONE_PARENT, LeftBehind.BOTH_PARENTS), (88, 8, 4))[0],
        )  # fmt: skip
        self._standing(pupil, fate)
        self._family(pupil)
        self.made.newcomers.append((person, self.prefix, f"{self.prefix}{entry % 100}{order:04d}", since))
        self.made.pupils.append(pupil)
        return pupil

    def _standing(self, pupil: Pupil, fate: str) -> None:
        """在读 from entry to graduation for nearly all; a few came late, were away, left, or are guests."""
        entered, leaves = pupil.since, graduation(pupil.entry)
        room = (min(leaves, self.today) - entered).days
        if room < 90:
            fate = ""
        turn = entered + DAY * self.dice.randint(30, max(31, room - 30))
        states = [(StudentState.GUEST if fate == "guest" else StudentState.ENROLLED, entered)]
        places = [(pupil.place, entered, EnrolReason.ENTRY)]
        if fate in {"suspended", "left"}:
            states.append((StudentState.SUSPENDED if fate == "suspended" else StudentState.TRANSFERRED, turn))
            pupil.until = turn
        elif fate == "returned":
            back = turn + DAY * self.dice.randint(1, 29)
            states += [(StudentState.SUSPENDED, turn), (StudentState.ENROLLED, back)]
        elif fate == "joined":
            states, places = [(StudentState.ENROLLED, turn)], [(pupil.place, turn, EnrolReason.JOINED)]
            pupil.since = turn
        elif fate == "moved" and len(self.campus.classes[pupil.entry]) > 1:
            pupil.place = (pupil.place + 1) % len(self.campus.classes[pupil.entry])
            places.append((pupil.place, turn, EnrolReason.MOVED))
        if pupil.until is None and leaves <= self.today:
            states.append((StudentState.GRADUATED, leaves))
            pupil.until = leaves
        self._spans(pupil, states, places)

    def _spans(
        self,
        pupil: Pupil,
        states: list[tuple[StudentState, dt.date]],
        places: list[tuple[int, dt.date, EnrolReason]],
    ) -> None:
        ends = [since for _, since in states[1:]]
        for (state, since), until in zip(states, [*ends, None], strict=True):
            self.rows.add(
                StudentSpan, id=self.dice.key(since), created_at=self.dice.moment(since),
                student_id=pupil.id, state=state, starts_on=since, ends_on=until,
            )  # fmt: skip
        moves: list[dt.date | None] = [since for _, since, _ in places[1:]]
        for (place, since, reason), until in zip(places, [*moves, pupil.until], strict=True):
            self.rows.add(
                Enrolment, id=self.dice.key(since), created_at=self.dice.moment(since), student_id=pupil.id,
                class_group_id=self.campus.classes[pupil.entry][place], reason=reason,
                seat_no=f"{self.dice.randint(1, 60):02d}", starts_on=since, ends_on=until,
            )  # fmt: skip

    # Families

    def _family(self, pupil: Pupil) -> None:
        dice = self.dice
        sibling = self.made.pupils[-1] if self.made.pupils and dice.chance(0.03) else None
        relations: tuple[Relation, ...] = (Relation.MOTHER, Relation.FATHER)
        if dice.chance(0.05):
            relations = (Relation.GRANDFATHER, Relation.MOTHER)
        elif dice.chance(0.08):
            relations = relations[:1]
        for place, relation in enumerate(relations):
            if sibling and place < len(sibling.guardians):
                person = sibling.guardians[place]
            elif relation == Relation.MOTHER and dice.chance(0.004):
                person = dice.choice(self.made.teachers).person
            else:
                person = self._guardian(pupil, relation)
            if person in pupil.guardians:
                continue
            pupil.guardians.append(person)
            over = place == 1 and dice.chance(0.01)
            self.rows.add(
                GuardianLink, id=dice.key(pupil.since), created_at=dice.moment(pupil.since),
                student_id=pupil.id, person_id=person, relation=relation, is_primary=place == 0,
                restricted=place == 1 and dice.chance(0.002), starts_on=pupil.since,
                ends_on=pupil.since + DAY * 40 if over and pupil.since + DAY * 40 < self.today else None,
            )  # fmt: skip

    def _guardian(self, pupil: Pupil, relation: Relation) -> UUID:
        gender = Gender.FEMALE if relation == Relation.MOTHER else Gender.MALE
        name = self.words.name(gender, "" if gender == Gender.FEMALE else pupil.name[0])
        person = new_person(self.site, self.dice, self.words, pupil.since, name, gender)
        self.made.newcomers.append((person, "jz", "", pupil.since))
        return person

    # Clubs

    def clubs(self) -> None:
        advisers = [one for one in self.made.teachers if one.state == StaffState.ON_DUTY]
        for year in self.campus.years:
            since = year.starts_on + DAY * 20
            young = [one for one in self.made.pupils if one.entry > year.start - 2 and one.here(since)]
            for place, name in enumerate(CLUBS):
                at, club = self.dice.moment(since), self.dice.key(since)
                self.rows.add(
                    Club, id=club, created_at=at, year_id=year.id, name=name,
                    kind=ClubKind.values[place % len(ClubKind.values)],
                    adviser_id=advisers[place % len(advisers)].id,
                )  # fmt: skip
                ends = None if year is self.campus.year else year.starts_on + DAY * 310
                for pupil in self.dice.sample(young, min(len(young), self.dice.randint(8, 30))):
                    self.rows.add(
                        ClubMember, id=self.dice.key(since), created_at=at, club_id=club,
                        student_id=pupil.id, starts_on=since, ends_on=ends,
                    )  # fmt: skip


def graduation(entry: int) -> dt.date:
    """The day on which those who entered in `entry` leave."""
    return dt.date(entry + len(GRADES), 7, 8)
