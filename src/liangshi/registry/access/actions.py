"""Give and take roles."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from liangshi.foundation.audit.actions import Doer, Machine, record
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.names import tidy
from liangshi.foundation.deeds import Deed, together
from liangshi.foundation.records.decisions import demand_another
from liangshi.registry.access.audit import CITY_FOUNDED, FIRST_CODE, GRANTED, REVOKED
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.accounts.actions import ensure_accounts, issue_codes
from liangshi.registry.accounts.models import Account
from liangshi.registry.people.choices import Post
from liangshi.registry.people.models import Person, Staff
from liangshi.registry.schools.choices import BureauKind
from liangshi.registry.schools.models import Bureau, Cohort, School

LONGEST = dt.timedelta(days=366)
LONGEST_NAME = 60


def grant(
    person: Person,
    role: Role,
    *,
    ends_on: dt.date,
    reason: str,
    decided_by: Person | None,
    actor: Doer,
    school: School | None = None,
    bureau: Bureau | None = None,
    cohort: Cohort | None = None,
    title: str = "",
) -> RoleGrant:
    """Give a role until a day at most a year away. `decided_by` None is the installation itself."""
    if not today() < ends_on <= today() + LONGEST:
        raise DomainError("grant_needs_end", "截止日期要在今天以后、一年以内，到期可以续。", field="ends_on")
    if role == Role.GRADE_HEAD and cohort is None:
        raise DomainError("grant_needs_cohort", "年级组长要选是哪一级。", field="cohort")
    if not reason.strip():
        raise DomainError("grant_needs_reason", "请写明依据，例如任命文件的名称。", field="reason")
    demand_another(
        person.pk,
        decided_by.pk if decided_by else None,
        "不能自己批准自己的身份，请由另一位负责人批准。",
        field="person",
    )
    with Deed(
        GRANTED, actor, school=school.pk if school else None, role=role.value, person=person.pk
    ) as deed:
        row = RoleGrant.objects.create(
            person=person,
            role=role,
            school=school,
            bureau=bureau,
            cohort=cohort,
            title=title,
            starts_on=today(),
            ends_on=ends_on,
            reason=reason,
            decided_by=decided_by,
        )
        deed.about = row
    return row


@dataclass(frozen=True, slots=True)
class Appointment:
    """A new grant, the account that wears it, and its activation code ("" when the account is in use already)."""

    grant: RoleGrant
    account: Account
    code: str


def appoint(
    *,
    name: str,
    role: Role,
    ends_on: dt.date,
    reason: str,
    approver_id: UUID,
    actor: Doer,
    school: School | None = None,
    staff_no: str = "",
    bureau: Bureau | None = None,
    cohort: Cohort | None = None,
) -> Appointment:
    """Give somebody a role at a school (found or entered by 工号) or at a bureau (found by his name there).

    This is how the first people of an empty school come in. Raises what `grant` raises, or `staff_no_taken`.
    """
    with together("somebody gets a role"):
        if school:
            person, login = _colleague(school, staff_no, name), f"{school.code[-4:]}{staff_no}"
        else:
            held = RoleGrant.objects.filter(bureau=bureau, person__name=name).select_related("person").first()
            person = held.person if held else Person.objects.create(name=name)
            login = f"{bureau.region_code if bureau else ''}*"
        row = grant(
            person,
            role,
            ends_on=ends_on,
            reason=reason,
            decided_by=Person.objects.get(pk=approver_id),
            actor=actor,
            school=school,
            bureau=bureau,
            cohort=cohort,
        )
        ensure_accounts({person.pk: login})
        account = Account.objects.get(person=person)
        code = "" if account.is_activated else issue_codes([account], actor=actor)[account.pk]
    return Appointment(row, account, code)


def _colleague(school: School, staff_no: str, name: str) -> Person:
    held = Staff.objects.filter(school=school, staff_no=staff_no).select_related("person").first()
    if held is None:
        # 教辅 until the roster says otherwise: an unknown post must not fill the pool of mentors.
        person = Person.objects.create(name=name)
        Staff.objects.create(school=school, staff_no=staff_no, person=person, post=Post.ASSISTANT)
        return person
    if held.person.name != name:
        raise DomainError(
            "staff_no_taken",
            f"工号 {staff_no} 在这所学校是{held}，和填的姓名不一样。请核对工号和姓名。",
            field="staff_no",
        )
    return held.person


def revoke(row: RoleGrant, *, actor: Doer) -> None:
    """Take a role back, from now on."""
    with Deed(REVOKED, actor, school=row.school_id if row.school_id else None, about=row):
        if row.starts_on >= today():
            RoleGrant.objects.filter(pk=row.pk).update(
                starts_on=today() - dt.timedelta(days=1), ends_on=today()
            )
        else:
            RoleGrant.objects.filter(pk=row.pk).update(ends_on=today())


INSTALLATION = Machine(
    "安装程序"
)  # whoever sits at the server's keyboard: the one doer before there is any account


def found_city(official_name: str, admin_name: str) -> tuple[str, str]:
    """Make the city's bureau and its first administrator; returns (login, one-time activation code).

    Called again with the same names while that administrator has not used his code, it gives him a new one.
    Raises DomainError `city_needs_names` or `city_exists`.
    """
    official_name, admin_name = official_name.strip(), tidy(admin_name)
    if not (0 < len(official_name) <= LONGEST_NAME and 0 < len(admin_name) <= LONGEST_NAME):
        raise DomainError(
            "city_needs_names",
            f"请写明教育局的全称和第一位管理员的姓名，各不超过 {LONGEST_NAME} 个字："
            "liangshi create-city --name 某某市教育局 --admin 姓名",
        )
    doer = INSTALLATION
    with transaction.atomic():
        account = _waiting_admin(official_name, admin_name)
        if account is None:
            account = _first_admin(official_name, admin_name, doer)
        else:
            record(FIRST_CODE, doer, obj=str(account.pk))
        code = issue_codes([account], actor=doer)[account.pk]
    return account.login, code


def _waiting_admin(official_name: str, admin_name: str) -> Account | None:
    """The first administrator of this very city, if he still waits for his code; None in an empty database."""
    if not Bureau.objects.exists():
        return None
    waiting = Account.objects.filter(
        person__name=admin_name,
        person__grants__role=Role.CITY,
        person__grants__decided_by__isnull=True,
        person__grants__bureau__official_name=official_name,
    ).first()
    if waiting is None or waiting.is_activated:
        raise DomainError(
            "city_exists",
            "这个数据库里已经有教育局了，不能再建一个。忘了密码或要添人，请由市教育局的管理员登录后办理。",
        )
    return waiting


def _first_admin(official_name: str, admin_name: str, doer: Doer) -> Account:
    bureau = Bureau.objects.create(
        kind=BureauKind.CITY, official_name=official_name, short_name=official_name[:20]
    )
    person = Person.objects.create(name=admin_name)
    ensure_accounts({person.pk: "city*"})
    grant(
        person,
        Role.CITY,
        ends_on=today() + LONGEST,
        reason="系统安装",
        decided_by=None,
        actor=doer,
        bureau=bureau,
        title="首位管理员",
    )
    record(CITY_FOUNDED, doer, obj=str(bureau.pk))
    return Account.objects.get(person=person)
