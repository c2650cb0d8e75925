"""Give and take roles."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from liangshi.foundation.audit.actions import Doer, record
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.registry.access.audit import GRANTED, REVOKED
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.people.models import Person
from liangshi.registry.schools.models import Bureau, Cohort, School

LONGEST = dt.timedelta(days=366)


def grant(
    person: Person,
    role: Role,
    *,
    ends_on: dt.date,
    reason: str,
    approved_by: Person | None,
    actor: Doer,
    school: School | None = None,
    bureau: Bureau | None = None,
    cohort: Cohort | None = None,
    title: str = "",
) -> RoleGrant:
    """Give a role until a day at most a year away. `approved_by` None is the installation itself."""
    if not today() < ends_on <= today() + LONGEST:
        raise DomainError("grant_needs_end", "截止日期要在今天以后、一年以内，到期可以续。", field="ends_on")
    if approved_by == person:
        raise DomainError(
            "grant_by_oneself", "不能自己批准自己的身份，请由另一位负责人批准。", field="person"
        )
    with transaction.atomic():
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
            approved_by=approved_by,
        )
        record(
            GRANTED,
            actor,
            chain=str(school.pk) if school else None,
            obj=str(row.pk),
            role=role.value,
            person=person.pk,
        )
    return row


def revoke(row: RoleGrant, *, actor: Doer) -> None:
    """Take a role back, from now on."""
    with transaction.atomic():
        if row.starts_on >= today():
            RoleGrant.objects.filter(pk=row.pk).update(
                starts_on=today() - dt.timedelta(days=1), ends_on=today()
            )
        else:
            RoleGrant.objects.filter(pk=row.pk).update(ends_on=today())
        record(REVOKED, actor, chain=str(row.school_id) if row.school_id else None, obj=str(row.pk))
