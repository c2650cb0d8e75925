"""One human, one account: whoever is signed in joins to it what another school has given him on a slip of its own.

Being named is not enough: a school that enters somebody whom it does not know makes a person of its own, with an account
of its own, and learns nothing of the other. That the two are one, only he can say who is signed in as the one and holds
the slip of the other.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Greatest

from liangshi.foundation.audit.actions import CITY
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.guard import as_system
from liangshi.foundation.base.names import tidy
from liangshi.foundation.base.wall import everywhere
from liangshi.foundation.deeds import Deed
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.hats import places_of
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.accounts.actions import held_code, use_up
from liangshi.registry.accounts.audit import JOINED
from liangshi.registry.accounts.models import Account
from liangshi.registry.mentorships.apart import keep_apart_as
from liangshi.registry.mentorships.models import NotMentoringSpan, RatioException
from liangshi.registry.people.models import GuardianLink, Person, Staff


def join(account: Account, *, login: str, code: str, actor: Actor) -> list[str]:
    """What the slip's account has (children, posts) is the reader's from now on; the slip's account is closed.

    Returns the names of the places. Raises `bad_code`, `not_proved`, `of_student`, `in_use`, `other_name`, `has_office`.
    """
    if account.locked or account.narrowed_to:
        raise DomainError("not_proved", "请先核实是您本人，再并入别的字条。")
    with (
        everywhere("both places are the reader's own"),
        Deed(JOINED, actor, about=account, school=CITY) as deed,
    ):
        held = held_code(login, code)
        other = held.account
        if other.person.schooling.exists():
            raise DomainError("of_student", "学生的字条不能并入，请用学生自己的账号启用。")
        if other.is_activated:
            raise DomainError("in_use", "这张字条的账号已经在用，不能并入。请用它自己的账号登录。")
        if tidy(other.person.name) != tidy(account.person.name):
            raise DomainError(
                "other_name", "字条上的姓名和您的不一样，不能并入。请单独启用，或请学校核对姓名。"
            )
        use_up(held)
        places = _hand_over(other.person_id, account.person_id)
        Account.objects.filter(pk=other.pk).update(is_active=False)
        if not account.person.mobile:
            Person.objects.filter(pk=account.person_id).update(mobile=other.person.mobile)
        deed.note(joined=str(other.pk), places=sorted(places))
    return sorted(places.values())


def widen(account: Account) -> None:
    """Whoever has just opened his account for the first time has it whole, if no other place has given him anything."""
    if account.locked or not account.narrowed_to:
        return
    with everywhere("whether anybody else has given him anything"), as_system("the same"):
        if places_of(account.person, today()) <= {account.narrowed_to}:
            Account.objects.filter(pk=account.pk).update(narrowed_to="")


def _hand_over(giver: UUID, taker: UUID) -> dict[str, str]:
    """Place → its name. Raises `has_office`."""
    if RoleGrant.objects.filter(person=giver).exists():
        raise DomainError("has_office", "这张字条带着职务，不能并入。请用它自己的账号登录。")
    held = Staff.objects.filter(person=taker).values("school")
    if Staff.objects.filter(person=giver, school__in=held).exists():
        raise DomainError(
            "has_office", "这张字条是您所在学校给另一位教职工的，不能并入。请到学校办公室核对。"
        )
    links = GuardianLink.objects.filter(person=giver).select_related("student__school")
    posts = Staff.objects.filter(person=giver).select_related("school")
    schools = {*(link.student.school for link in links), *(post.school for post in posts)}
    own = GuardianLink.objects.filter(person=taker, ends_on__isnull=True)
    own.filter(student__in=links.filter(restricted=True).values("student")).update(restricted=True)
    double = links.filter(student__in=own.values("student"), ends_on__isnull=True)
    double.update(ends_on=Greatest(Value(today()), F("starts_on")))
    for model in (RatioException, NotMentoringSpan):  # they say once more whose post it is
        model.objects.filter(staff__in=posts.values("pk")).update(person=taker)
    links.update(person=taker)
    posts.update(person=taker)
    keep_apart_as(giver, taker)
    return {str(school.pk): school.short_name for school in schools}
