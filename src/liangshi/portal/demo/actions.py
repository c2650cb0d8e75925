"""Load the demo city, all or nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import connection

from liangshi.foundation.audit.actions import Doer, Machine
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.portal.demo import plan
from liangshi.portal.demo.asking import ask_for_slips, tell_of_safety
from liangshi.portal.demo.audit import LOADED
from liangshi.portal.demo.families import Parents, Students, clubs, students
from liangshi.portal.demo.growing import grow
from liangshi.portal.demo.logins import open_logins
from liangshi.portal.demo.mentoring import import_lists, leave_some_out
from liangshi.portal.demo.plan import CITY, COUNTY_A, JIA, SCHOOLS, SEED
from liangshi.portal.demo.rounds import hold, wearing
from liangshi.portal.demo.rows import Rows
from liangshi.portal.demo.schools import Place, bureaus, close_past_years, officials, place
from liangshi.portal.demo.talking import happen, talk
from liangshi.registry.access.actions.grants import Term, grant
from liangshi.registry.access.actions.proposals import extend, propose, replace
from liangshi.registry.access.choices import Role, Way
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.offices import Place as Where
from liangshi.registry.people.models import Person
from liangshi.registry.people.words import Words
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import Bureau

DOER = Machine("演示城市")  # in whose name the city is made


def is_empty() -> bool:
    """Whether no city has been set up here, real or made up."""
    return not Bureau.objects.exists()


def load(*, seed: int = SEED, scale: float = 1.0) -> None:
    """Fill an empty database with the demo city. `scale` shrinks its classes, staff and students (0.1 at least).

    The same seed on the same day gives the same city. Raises DomainError `not_empty`.
    """
    doer = DOER
    with Deed(LOADED, doer, seed=seed) as deed:
        if not is_empty():
            raise DomainError(
                "not_empty",
                "这个数据库里已经有教育局或学校，演示城市只能装进空的数据库。请换一个目录（环境变量 LIANGSHI_HOME）再试。",
            )
        rows = Rows(Words(seed))
        made = bureaus(rows)
        people = officials(rows)
        places = {one.key: place(rows, one, made[one.bureau], current_year_start(), scale) for one in SCHOOLS}
        pupils = students(rows, list(places.values()), scale)
        adviser = places[JIA].teachers[1][0].person
        parents = Parents(rows, pupils)
        parents.give_all(adviser)
        for one in places.values():
            clubs(rows, one, pupils)
        rows.write()
        _count_rows()
        _grants(places, made, people, doer)
        _proposals(places[JIA], made[COUNTY_A], people[CITY])
        for one in places.values():
            leave_some_out(one, doer)
            import_lists(one, doer)
            close_past_years(one, doer)
        _count_rows()
        hold(places[JIA], pupils, rows.words.rng)
        grow(places[JIA], pupils[plan.STUDENT_IN_FINISHED_ROUND])
        talk(places[JIA], rows.words.rng)
        _count_rows()
        open_logins(_named(places[JIA], people, pupils, parents))
        happen(places[JIA])
        ask_for_slips(places[JIA])
        tell_of_safety(places[JIA])
        deed.note(students=len(pupils), schools=len(places))


def _count_rows() -> None:
    """Tell PostgreSQL how large its tables have become. It counts by itself only after a commit, and plans every
    question as if they were empty until then: minutes instead of seconds."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _grants(
    places: dict[str, Place], made: dict[str, Bureau], people: dict[str, list[Person]], doer: Doer
) -> None:
    """Roles, each proposed by one and agreed to by another, running out at different times."""
    first, second = people[CITY]
    two = (first.pk, second.pk)

    def give(
        person: Person, role: Role, days: int, where: Where, by: tuple[UUID | None, UUID | None] = two,
        way: Way = Way.TWO, **also: Any,
    ) -> None:  # fmt: skip
        ends = today() + dt.timedelta(days)
        term = Term(place=where, role=role, ends_on=ends, reason="任命文件", **also)
        grant(person, term, proposed_by=by[0], decided_by=by[1], way=way, actor=doer)

    city = Where(bureau=made[CITY])
    give(first, Role.CITY, 360, city, (None, None), Way.FOUNDING, title="基础教育科")
    give(second, Role.CITY, 180, city, (first.pk, None), Way.KEYBOARD, title="督导室")
    for key, those in people.items():
        if key != CITY:
            give(those[0], Role.COUNTY, 300, Where(bureau=made[key]), title="教育股")
    for one in places.values():
        school = Where(school=one.school)
        head, *others = one.leaders
        give(head.person, Role.LEADER, 330, school, (first.pk, None), Way.FOUNDING, title=head.duty)
        for staff in others:
            give(staff.person, Role.LEADER, 330, school, (first.pk, head.person.pk), title=staff.duty)
        led = (others[0].person.pk, head.person.pk)
        for staff, days in zip(one.clerks, (240, 20), strict=True):
            give(staff.person, Role.CLERK, days, school, led, title="办公室")
        for cohort, staff in zip(one.cohorts, one.grade_heads, strict=True):
            give(staff.person, Role.GRADE_HEAD, 240, school, led, cohort=cohort, title="年级组长")


def _proposals(jia: Place, county: Bureau, officers: list[Person]) -> None:
    """What waits for another: the clerk goes on, somebody takes over a grade, the county gets a deputy."""
    deputy = wearing(jia.leaders[1].person, Role.LEADER)
    clerk, head = jia.clerks[1], jia.grade_heads[0]
    year = today() + dt.timedelta(360)
    held = RoleGrant.objects.select_related("person", "school", "bureau", "cohort")
    extend(held.get(person=clerk.person), ends_on=year, reason="续聘", actor=deputy)
    heir = jia.teachers[0][-1]
    former = held.get(person=head.person, role=Role.GRADE_HEAD)
    who = {"name": heir.person.name, "staff_no": heir.staff_no}
    replace(former, **who, ends_on=year, reason="年级组长轮换", actor=deputy)
    term = Term(place=Where(bureau=county), role=Role.COUNTY, ends_on=year, reason="任命文件")
    propose(term, name="区局新任", actor=wearing(officers[1], Role.CITY))


def _named(
    jia: Place, people: dict[str, list[Person]], pupils: Students, parents: Parents
) -> dict[str, Person]:
    """Who stands behind each printed login."""
    return {
        "shiju": people[CITY][0],
        "quju": people[COUNTY_A][0],
        "shuji": jia.leaders[0].person,
        "bangongshi": jia.clerks[0].person,
        "nianji": jia.grade_heads[0].person,
        "banzhuren": jia.teachers[1][0].person,
        "daoshi": jia.teachers[2][-1].person,
        "zhigong": jia.others[0].person,
        "xuesheng1": pupils[plan.STUDENT_IN_OPEN_ROUND].person,
        "xuesheng2": pupils[plan.STUDENT_IN_FINISHED_ROUND].person,
        "jiazhang": parents.mothers[plan.FAMILIES[0][0]],
    }
