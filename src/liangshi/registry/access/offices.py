"""Who holds office at a place today, and whose consent a grant there needs.

Two persons give a role, neither of them to himself. At a school one of the two is its own: a leader where one is in
office, else its clerk; the city alone makes nobody there. Where nobody at all is in office, and for bureaus, two
officers of the city; where there is only one, the operator at the server's keyboard. Whoever would get or keep the
role does not count.

The exception is the first of a school that never had anybody and is empty: one officer of the city.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.registry.access.choices import Does, Role
from liangshi.registry.access.models import GrantProposal, RoleGrant, in_force
from liangshi.registry.access.permissions import GRANT_WRITE
from liangshi.registry.access.policy import allows
from liangshi.registry.people.models import Staff, Student
from liangshi.registry.schools.models import Bureau, School

FOUNDERS = (Role.LEADER, Role.CLERK)
LAST = "这是现在唯一能办理授予的人，不能就这样结束。请先提出由谁接替，接替的人一到任，这一位就卸任。"
NOT_ONE_S_OWN = "这件事涉及您自己，请由另一位来定。"


@dataclass(frozen=True, slots=True)
class Place:
    """A school or a bureau."""

    school: School | None = None
    bureau: Bureau | None = None

    @property
    def fields(self) -> dict[str, Any]:
        return {"school": self.school, "bureau": self.bureau}

    @property
    def chain(self) -> str:
        """In whose log its grants stand."""
        return str(self.school.pk) if self.school else "city"

    def lock(self) -> None:
        """Whoever gives or ends a role here waits for whoever is doing so now. Within a deed."""
        if self.school:
            School.objects.select_for_update().get(pk=self.school.pk)
        if self.bureau:
            Bureau.objects.select_for_update().get(pk=self.bureau.pk)


def place_of(row: RoleGrant | GrantProposal) -> Place:
    return Place(row.school, row.bureau)


@dataclass(frozen=True, slots=True)
class Office:
    """Who is in office at a place, by people's keys. `empty`: a school without anybody, ever."""

    of_school: bool
    leaders: frozenset[UUID] = frozenset()
    clerks: frozenset[UUID] = frozenset()
    city: frozenset[UUID] = frozenset()
    empty: bool = False

    def holds(self, person: UUID, role: str) -> bool:
        """Whether somebody is in office here in this role."""
        held = {Role.CITY: self.city, Role.LEADER: self.leaders, Role.CLERK: self.clerks}
        return person in held.get(Role(role), frozenset())

    def may_propose(self, person: UUID, role: str) -> bool:
        return allows(Role(role), GRANT_WRITE) and self.holds(person, role)

    def without(self, *people: UUID | None) -> Office:
        gone = frozenset(people)
        return Office(self.of_school, self.leaders - gone, self.clerks - gone, self.city - gone, self.empty)

    def refusal(self, row: GrantProposal, person: UUID, role: str) -> str:
        """Why this person in this role does not decide this proposal, or ""."""
        if person in {row.asked_by_id, row.person_id}:
            return NOT_ONE_S_OWN
        if not self.holds(person, role):
            return "您现在不能决定这件事。"
        others = self.without(row.person_id)
        if row.does == Does.RESIGN:
            return "校领导卸任，请由另一位校领导或市教育局同意。" if role == Role.CLERK else ""
        if not self.of_school:
            return ""
        own = {(row.asked_by_id, row.asked_as), (person, role)}
        return others._refusal_of_school(own, role)

    def deciders(self, row: GrantProposal) -> list[tuple[UUID, Role]]:
        """Whoever may decide a proposal, each in the role in which he may."""
        held = {Role.LEADER: self.leaders, Role.CLERK: self.clerks, Role.CITY: self.city}
        each = ((person, role) for role, people in held.items() for person in sorted(people))
        return [(person, role) for person, role in each if not self.refusal(row, person, role)]

    def _refusal_of_school(self, two: set[tuple[UUID, str]], role: str) -> str:
        if self.leaders:
            if role == Role.CLERK:
                return "学校有校领导在任，请由校领导来定。"
            led = any(each == Role.LEADER and who in self.leaders for who, each in two)
            return "" if led else "提出和同意的两位里，要有一位是这所学校的校领导。请由学校来定。"
        if self.clerks:
            agreed = any(each == Role.CLERK and who in self.clerks for who, each in two)
            return "" if agreed else "学校现在没有别的校领导，请由学校办公室来定。"
        return ""

    def decided_by(self, row: GrantProposal) -> str:
        """Who decides a proposal that waits, in words."""
        if self.at_keyboard(row):
            return "等系统管理员在服务器上确认：liangshi confirm-grant"
        others = self.without(row.person_id)
        if not self.of_school:
            return "等市教育局的另一位同事来定"
        if others.leaders:
            led = row.asked_as == Role.LEADER and row.asked_by_id in others.leaders
            other_led = others.without(row.asked_by_id).leaders
            another = "另一位校领导或市教育局" if other_led else "市教育局"
            return f"等{another if led or row.does == Does.RESIGN else '学校的校领导'}来定"
        if others.clerks and row.does != Does.RESIGN:
            return "等学校办公室来定"
        return "等市教育局的另一位同事来定" if row.asked_as == Role.CITY else "等市教育局来定"

    def at_keyboard(self, row: GrantProposal) -> bool:
        """Whether nobody is left to decide it but the operator."""
        others = self.without(row.person_id, row.asked_by_id)
        clerk_decides = not self.without(row.person_id).leaders
        left = others.city | others.leaders | (others.clerks if clerk_decides else frozenset())
        return row.does != Does.RESIGN and not left


def office_at(place: Place) -> Office:
    """Who is in office; of a school also whether it is empty. Within a deed or for a reason of its own."""
    grants = RoleGrant.objects.as_system("who holds which office").filter(in_force(today()))
    city = frozenset(grants.filter(role=Role.CITY).values_list("person", flat=True))
    if place.school is None:
        return Office(of_school=False, city=city)
    held: dict[str, set[UUID]] = defaultdict(set)
    for role, person in grants.filter(school=place.school).values_list("role", "person"):
        held[role].add(person)
    leaders, clerks = frozenset(held[Role.LEADER]), frozenset(held[Role.CLERK])
    empty = not (leaders or clerks) and _never_had_anybody(place.school)
    return Office(of_school=True, leaders=leaders, clerks=clerks, city=city, empty=empty)


def _never_had_anybody(school: School) -> bool:
    why = "whether a school never had anybody"
    models: tuple[Any, ...] = (RoleGrant, Staff, Student)
    return not any(model.objects.as_system(why).filter(school=school).exists() for model in models)
