"""The first of a city, made at the server's keyboard."""

from __future__ import annotations

from django.db import transaction

from liangshi.foundation.audit.actions import Doer, Machine, record
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.names import tidy
from liangshi.registry.access.actions.grants import LONGEST, Term, grant
from liangshi.registry.access.audit import CITY_FOUNDED, FIRST_CODE, FOUNDED
from liangshi.registry.access.choices import Role, Way
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.offices import Place
from liangshi.registry.accounts.actions import ensure_accounts, issue_codes
from liangshi.registry.accounts.models import Account
from liangshi.registry.people.models import Person
from liangshi.registry.schools.choices import BureauKind
from liangshi.registry.schools.models import Bureau

LONGEST_NAME = 60
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
    founder = RoleGrant.objects.filter(way=Way.FOUNDING, bureau__official_name=official_name)
    waiting = Account.objects.filter(person__name=admin_name, person__in=founder.values("person")).first()
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
    term = Term(
        place=Place(bureau=bureau),
        role=Role.CITY,
        ends_on=today() + LONGEST,
        reason="系统安装",
        title="首位管理员",
    )
    grant(person, term, actor=doer, proposed_by=None, decided_by=None, way=Way.FOUNDING)
    record(FOUNDED, doer, obj=str(bureau.pk))
    record(CITY_FOUNDED, doer, obj=str(bureau.pk))
    return Account.objects.get(person=person)
