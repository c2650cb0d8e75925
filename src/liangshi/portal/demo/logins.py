"""One login for each role. All share one password, so the demo city belongs on a machine of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

from django.contrib.auth.hashers import check_password, make_password

from liangshi.foundation.base.clock import today
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.accounts.models import Account
from liangshi.registry.people.models import Person

PASSWORD = "liangshi-2022"  # noqa: S105  printed on purpose


@dataclass(frozen=True, slots=True)
class Login:
    """`note` says what this person has to see."""

    login: str
    role: Role
    note: str


LOGINS = (
    Login("shiju", Role.CITY, "全市四校，只看数字"),
    Login("quju", Role.COUNTY, "只看本区的学校"),
    Login("shuji", Role.LEADER, "批准超额许可，也是导师"),
    Login("bangongshi", Role.CLERK, "导入名册、组织匹配"),
    Login("nianji", Role.GRADE_HEAD, "高一年级，志愿正在填报"),
    Login("banzhuren", Role.ADVISER, "也是导师和本校家长，可换身份"),
    Login("daoshi", Role.MENTOR, "看自己指导的学生"),
    Login("zhigong", Role.STAFF, "协同育人，不任导师"),
    Login("xuesheng1", Role.STUDENT, "高一，正在填志愿"),
    Login("xuesheng2", Role.STUDENT, "高二，结果已公布"),
    Login("jiazhang", Role.GUARDIAN, "双胞胎在一校，姐姐在另一校"),
)


def open_logins(people: dict[str, Person]) -> None:
    """Give the listed people their login and the common password. `people` is by login."""
    password = make_password(PASSWORD)
    for entry in LOGINS:
        Account.objects.filter(person=people[entry.login]).update(login=entry.login, password=password)


def lines() -> Iterator[str]:
    """The table of logins as printed; empty when this database holds no demo city."""
    accounts = {
        account.login: account
        for account in Account.objects.filter(login__in=[entry.login for entry in LOGINS]).select_related(
            "person"
        )
    }
    if not accounts:
        return
    unchanged = cache(partial(check_password, PASSWORD))  # one hash for all who have not changed it
    yield _line("身份", "姓名", "单位", "账号", "密码", "说明")
    for entry in LOGINS:
        if account := accounts.get(entry.login):
            hat = next((hat for hat in hats_of(account.person, today()) if hat.role == entry.role), None)
            password = PASSWORD if unchanged(account.password) else "（已改）"
            place = hat.place if hat and hat.place else "—"
            yield _line(str(entry.role.label), account.person.name, place, entry.login, password, entry.note)


WIDTHS = (14, 10, 18, 12, 15)


def _line(*cells: str) -> str:
    """Cells in columns; a Han character is two wide."""
    padded = [
        cell + " " * (width - len(cell) - sum(char > "\u2e7f" for char in cell))
        for cell, width in zip(cells, WIDTHS, strict=False)
    ]
    return "  ".join([*padded, *cells[len(padded) :]])
