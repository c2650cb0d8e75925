"""Slips: what leaves the house on paper is written into the log first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.wall import everywhere
from liangshi.foundation.deeds import Deed
from liangshi.foundation.notices.actions import tell_office
from liangshi.practice.rosters.audit import SLIPS_PRINTED
from liangshi.practice.rosters.queries.slips import Recipient, elsewhere
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.accounts.actions import GOOD_FOR, issue_codes


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one person. The code is shown this once and stored nowhere."""

    name: str
    group: str
    login: str
    code: str
    last_day: dt.date


def issue_slips(recipients: Sequence[Recipient], *, actor: Actor) -> list[Slip]:
    """New codes for these people; codes that they hold already stop working. Raises `nobody_waits`."""
    if not recipients:
        raise DomainError(
            "nobody_waits", "这些人都已经启用了账号，没有要打印的字条。要给某一位重开，请在他的页面换一张。"
        )
    students = sorted({row.student for row in recipients if row.student})
    with Deed(SLIPS_PRINTED, actor, subjects=students, count=len(recipients)):
        codes = issue_codes([row.account for row in recipients], actor=actor)
        _tell_other_schools(recipients, actor)
    last_day = timezone.localdate(now() + GOOD_FOR)
    return [
        Slip(row.name, row.group, row.account.login, codes[row.account.pk], last_day) for row in recipients
    ]


def _tell_other_schools(recipients: Sequence[Recipient], actor: Actor) -> None:
    """A parent of children at two schools has one account: the other school learns of his new slip."""
    with everywhere("the other school is told of it"):
        for school_id, person, name in elsewhere(actor, [row.account.person_id for row in recipients]):
            tell_office(
                school_id,
                [Role.CLERK.value],
                title=f"{actor.hat.place}给你校学生的家长{name}打印了启用字条。如有疑问，请和那所学校核对。",
                url=reverse("rosters:slips"),
                key=f"slip-elsewhere:{person}",
            )
