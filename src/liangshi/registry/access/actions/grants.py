"""Roles given and ended: what holds for every way of doing so. How they are proposed and agreed to, says `proposals`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.clock import last_day, now, spelled, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.models import span_at
from liangshi.foundation.deeds import Deed, together
from liangshi.foundation.notices.actions import settle_office, tell_office, tell_people
from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.foundation.records.decisions import Decision, demand_another
from liangshi.foundation.records.writing import voided
from liangshi.registry.access import audit
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Does, Role, Way
from liangshi.registry.access.models import GrantProposal, RoleGrant, in_force
from liangshi.registry.access.offices import Office, Place, office_at, place_of
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.accounts.actions import drop_codes, ensure_accounts, issue_codes
from liangshi.registry.accounts.models import Account
from liangshi.registry.people.choices import LEFT, Post
from liangshi.registry.people.models import Person, Staff, Student
from liangshi.registry.schools.models import Cohort, School

LONGEST = dt.timedelta(days=366)
NO_RIGHT = "您现在不能在这里授予或结束身份。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What is given: a role at a place, until a day at most a year away, for a reason."""

    place: Place
    role: Role
    ends_on: dt.date
    reason: str
    cohort: Cohort | None = None
    title: str = ""

    def check(self) -> None:
        """Raises DomainError `grant_needs_end`, `grant_needs_cohort` or `grant_needs_reason`."""
        if not today() < self.ends_on <= today() + LONGEST:
            raise DomainError(
                "grant_needs_end", "截止日期要在今天以后、一年以内，到期可以续。", field="ends_on"
            )
        if self.role == Role.GRADE_HEAD and self.cohort is None:
            raise DomainError("grant_needs_cohort", "年级组长要选是哪一级。", field="cohort")
        if not self.reason.strip():
            raise DomainError("grant_needs_reason", "请写明依据，例如任命文件的名称。", field="reason")


def grant(
    person: Person,
    term: Term,
    *,
    actor: Doer,
    proposed_by: UUID | None,
    decided_by: UUID | None,
    way: Way = Way.TWO,
    follows: RoleGrant | None = None,
) -> RoleGrant:
    """Put a grant into force, from today. Who may, the callers have asked; the database refuses one by oneself."""
    term.check()
    for giver in (proposed_by, decided_by):
        demand_another(person.pk, giver, "不能给自己授予身份，请由另一位负责人办理。", field="name")
    with Deed(
        audit.GRANTED, actor, school=term.place.chain, role=term.role.value, person=person.pk, way=way.value
    ) as deed:
        row = RoleGrant.objects.create(
            **term.place.fields,
            person=person,
            role=term.role,
            cohort=term.cohort,
            title=term.title,
            starts_on=today(),
            ends_on=term.ends_on,
            reason=term.reason.strip(),
            way=way,
            proposed_by_id=proposed_by,
            decided_by_id=decided_by,
            follows=follows,
        )
        deed.about = row
        deed.note(proposed_by=proposed_by, decided_by=decided_by)
    return row


def enter(place: Place, actor: Actor) -> Office:
    """Nobody else gives or ends a role here now; who is in office. Raises `no_right`."""
    place.lock()
    office = office_at(place)
    if not office.may_propose(actor.person_id, actor.role):
        raise DomainError("no_right", NO_RIGHT)
    return office


def tell_account(person: UUID, title: str, url: str) -> None:
    """Somebody hears of his own roles under whatever hat he wears: he may have no other."""
    tell_people([person], role=EVERY_HAT, school=None, student=None, title=title[:120], url=url)


def demand_in_force(row: RoleGrant) -> None:
    if not RoleGrant.objects.filter(in_force(today()), pk=row.pk).exists():
        raise DomainError("grant_over", "这个身份已经结束了，请看看现在谁在任。")


def page_of(place: Place) -> str:
    """Where it stands who holds what at a place."""
    if place.school:
        return reverse("dashboards:school_grants", args=[place.school.pk])
    return reverse("dashboards:bureau_grants", args=[place.bureau.pk]) if place.bureau else ""


def tell_school(place: Place, title: str, key: str) -> None:
    if place.school:
        tell_office(place.school.pk, OFFICE, title=title[:120], url=page_of(place), key=key)


# Who is meant


def known_there(place: Place, name: str) -> Person | None:
    held = RoleGrant.objects.filter(bureau=place.bureau, person__name=name).order_by("-starts_on")
    found = held.select_related("person").first()
    return found.person if found else None


def colleague(school: School, staff_no: str, name: str) -> Person | None:
    """A member of staff; None where the school has no roster yet, which says who that is. For the school's own ears:
    the refusals name people."""
    if not staff_no:
        raise DomainError("needs_staff_no", "请填工号。", field="staff_no")
    held = Staff.objects.filter(school=school, staff_no=staff_no).select_related("person").first()
    if held is None:
        if Student.objects.filter(school=school).exists():
            raise DomainError(
                "not_in_roster",
                f"名册里没有工号 {staff_no}。请学校办公室先把这个人登记进教职工名册。",
                field="staff_no",
            )
        return None
    if held.person.name != name:
        raise DomainError(
            "staff_no_taken",
            f"工号 {staff_no} 在这所学校是{held}，和填的姓名不一样。请核对工号和姓名。",
            field="staff_no",
        )
    if held.state in LEFT:
        said = f"{held}已登记为{held.get_state_display()}，不能授予身份。"
        raise DomainError("has_left", said, field="staff_no")
    return held.person


def newcomer(school: School, staff_no: str, name: str) -> Person:
    # 教辅 until the roster says otherwise: an unknown post must not fill the pool of mentors.
    person = Person.objects.create(name=name)
    Staff.objects.create(school=school, staff_no=staff_no, person=person, post=Post.ASSISTANT)
    return person


def demand_at_work(school: School, person: Person) -> None:
    posts = Staff.objects.filter(school=school, person=person)
    if posts.filter(state__in=LEFT).exists() and not posts.exclude(state__in=LEFT).exists():
        raise DomainError("has_left", f"{person}已经离校，不能授予身份。")


def demand_not_held(term: Term, person: Person, former: RoleGrant | None) -> None:
    held = RoleGrant.objects.filter(
        in_force(today()), **term.place.fields, person=person, role=term.role, cohort=term.cohort
    ).first()
    if held and held != former:
        said = (
            f"{person}现在就有这个身份，到 {spelled(last_day(held.ends_on))}。要延长，请在那一行点「续任」。"
        )
        raise DomainError("grant_held", said, field="name")
    if held and term.ends_on <= held.ends_on:
        raise DomainError(
            "not_longer", f"{person}的这个身份现在就到 {spelled(last_day(held.ends_on))}。", field="ends_on"
        )


# The way in


@dataclass(frozen=True, slots=True)
class Appointment:
    """A new grant and the account that wears it. `code` is its activation code, shown this once; where there is none,
    `then` says what comes next."""

    grant: RoleGrant
    account: Account
    code: str
    then: str


def appointed(row: RoleGrant, actor: Doer, *, resets: bool = False) -> Appointment:
    """The account of a new grant. A slip that was printed before it opens nothing any more; its code is for whoever may
    hand it out (`hand_code`). One in use gets none, unless the code `resets` it."""
    place = place_of(row)
    if place.school:
        staff_no = Staff.objects.filter(school=place.school, person=row.person).values_list(
            "staff_no", flat=True
        )
        login = f"{place.school.code[-4:]}{staff_no.first() or '*'}"
    else:
        login = f"{place.bureau.region_code if place.bureau else ''}*"
    ensure_accounts({row.person_id: login})
    account = Account.objects.get(person=row.person_id)
    drop_codes([account.pk])
    if account.is_activated and not resets:
        return Appointment(row, account, "", "这个账号已经启用，直接登录就能换到新身份。")
    if said := no_code(row, office_at(place), actor):
        return Appointment(row, account, "", said)
    codes = issue_codes([account], actor=actor, place=place.chain, resets=account.is_activated)
    return Appointment(row, account, codes[account.pk], "")


def no_code(row: RoleGrant, office: Office, actor: Doer) -> str:
    """Why whoever acts gets no code for the account of a grant, or "".

    Officers of bureaus get theirs from the city, who can do all that they can. At a school two ask for a slip
    (`practice.slips`); the city hands out a code to the first of the school alone, and the operator where nobody is left.
    """
    by = actor if isinstance(actor, Actor) else None
    others = office.without(row.person_id)
    if by is None:
        return ""
    if not office.of_school:
        if row.person_id in office.city and Account.objects.get(person=row.person_id).is_activated:
            return "市教育局管理员的账号，请系统管理员在服务器上换：liangshi confirm-grant --code 账号。"
        return "" if others.holds(by.person_id, by.role) else NO_RIGHT
    nobody = not (others.clerks or others.leaders)
    if nobody and row.way == Way.FOUNDING and by.role == Role.CITY and others.holds(by.person_id, by.role):
        return ""
    return "请申请启用字条：一人申请，另一人确认。"


def hand_code(row: RoleGrant, *, actor: Doer) -> Appointment:
    """A new code for somebody in office. One of a bureau whose account is in use is reset by it, and so is whoever the
    operator gives it: until he has shown that it is he, it opens this office alone.

    Raises `grant_over`, `activated_already`, `no_code`.
    """
    place = place_of(row)
    with Deed(audit.CODE_HANDED, actor, school=place.chain, about=row) as deed:
        place.lock()
        demand_in_force(row)
        resets = place.school is None or not isinstance(actor, Actor)
        if Account.objects.get(person=row.person_id).is_activated and not resets:
            raise DomainError("activated_already", f"{row.person}的账号已经启用。忘了密码，请申请启用字条。")
        made = appointed(row, actor, resets=resets)
        if not made.code:
            raise DomainError("no_code", made.then)
        if made.account.is_activated:
            title = "有人给您的账号发了新的启用码。不是您要换的，请马上告诉市教育局的另一位管理员"
            tell_account(row.person_id, title, reverse("home:me"))
        deed.note(account=str(made.account.pk))
    return made


# To end


def end(row: RoleGrant, *, reason: str, actor: Actor) -> None:
    """Take a role back, from now on. Raises `own_decision`, `no_right`, `grant_over`, `grant_needs_reason`.

    Nobody takes his own, and whoever takes one back is in office himself: somebody stays who can give roles.
    """
    if not reason.strip():
        raise DomainError("grant_needs_reason", "请写一句原因。", field="reason")
    said = "不能结束自己的身份，请由另一位负责人来结束。要卸任，请点「提出卸任」。"
    demand_another(row.person_id, actor.person_id, said)
    place = place_of(row)
    with together("a role is taken back"):
        enter(place, actor)
        demand_in_force(row)
        close(row, by=actor.person_id, reason=reason.strip(), actor=actor)


def close(row: RoleGrant, *, by: UUID | None, reason: str, actor: Doer, tell: bool = True) -> None:
    place = place_of(row)
    with Deed(audit.REVOKED, actor, school=place.chain, about=row) as deed:
        deed.note(role=row.role, person=row.person_id, until=row.ends_on)
        RoleGrant.objects.filter(pk=row.pk).update(
            ends_on=today(), ended_at=now(), ended_by=by, ended_reason=reason[:100]
        )
        _lapse(row)
        if tell:
            role = row.get_role_display()
            said = f"您的身份「{role}」已结束：{reason}"
            tell_account(row.person_id, said, reverse("home:hats"))
            tell_school(place, f"{row.person}不再是{role}：{reason}", f"grant_ended:{row.pk}")


def _lapse(row: RoleGrant) -> None:
    """What would have prolonged it or laid it down waits for nobody any more."""
    waiting = GrantProposal.objects.filter(former=row.pk, state=Decision.ASKED, voided_at=None)
    for proposal in waiting.filter(does__in=[Does.EXTEND, Does.RESIGN]):
        voided(proposal, "身份已经结束")
        settle_office(proposal.school_id, waits(proposal))


def waits(row: GrantProposal) -> str:
    """The key of what the office is told while a proposal waits."""
    return f"proposal:{row.pk}"


def end_with_posts(staff: Collection[UUID], actor: Doer) -> None:
    """Whoever leaves a school holds no office there from the same day; where no leader is left, the city is told."""
    by = actor.person_id if isinstance(actor, Actor) else None
    now_held = RoleGrant.objects.filter(span_at(today()), school__isnull=False)
    posts = Staff.objects.filter(pk__in=staff, person__in=now_held.values("person"))
    for post in posts.select_related("person", "school"):
        held = now_held.filter(person=post.person, school=post.school)
        grants = list(held.select_related("person", "school", "bureau"))
        for row in grants:
            # No word of why: it may be 停职, which nobody is told.
            close(row, by=None if by == row.person_id else by, reason="岗位变动", actor=actor, tell=False)
        if any(row.role == Role.LEADER for row in grants):
            _tell_city_of_empty_chair(Place(post.school))


def _tell_city_of_empty_chair(place: Place) -> None:
    office = office_at(place)
    if not office.leaders:
        title = f"{place.school}现在没有在任的校领导，请提出人选"
        tell_people(
            sorted(office.city), role=Role.CITY, school=None, student=None, title=title, url=page_of(place)
        )
