"""Notices of a made-up city: nobody has read the newest, most of the old ones have been."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liangshi.foundation.base.city.plan import Dice, Site
from liangshi.foundation.notices.models import Notice

READ_WITHIN = 21  # days


def tell(
    site: Site,
    dice: Dice,
    at: dt.datetime,
    title: str,
    url: str,
    *,
    role: str,
    school: UUID,
    **to: UUID | str,
) -> None:
    """A notice to `person` under `role`, about `student`; or to the office of `school` under `role`."""
    days = (site.plan.today - at.date()).days
    read = dice.chance(0.9 if days > READ_WITHIN else 0.4)
    site.rows.add(
        Notice, id=dice.key(at), created_at=at, title=title, url=url,
        read_at=at + dt.timedelta(hours=dice.randint(0, 23)) if read else None, role=role, school=school, **to,
    )  # fmt: skip
