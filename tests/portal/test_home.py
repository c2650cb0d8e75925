"""What the home pages put together from their own rows and the faces of the rooms."""

from __future__ import annotations

import datetime as dt

import pytest

from liangshi.foundation.base.clock import today
from liangshi.portal.home import queries
from liangshi.registry.access.faces import LAST_CONTACTS
from tests.practice.talks.desk import Desk

DAY = dt.timedelta(days=1)


@pytest.mark.row("R50")
def test_the_longest_without_contact_stands_first(desk: Desk) -> None:
    desk.give(3, 4, 5)
    desk.talk(0, day=today() - 5 * DAY)
    desk.talk(3, day=today() - 44 * DAY)
    desk.talk(4, day=today() - 45 * DAY)
    rows = queries.mentees_by_contact(desk.mentor)
    assert [(row.student.person.name, row.words, row.tone) for row in rows] == [
        ("阿依古丽·买买提甲", "还没谈过", "warn"),
        ("王明明甲", "45 天前", "warn"),
        ("王明甲", "44 天前", "info"),
        ("欧阳雨桐甲", "5 天前", "quiet"),
    ]


def test_the_last_contact_is_the_latest_of_all_rooms(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.give(3)
    desk.talk(0, day=today() - 5 * DAY)
    visits = {desk.student(0).pk: today() - 9 * DAY, desk.student(3).pk: today() - DAY}
    monkeypatch.setattr(queries, "LAST_CONTACTS", [*LAST_CONTACTS, lambda actor, students: visits])
    rows = queries.mentees_by_contact(desk.mentor)
    assert [(row.student.pk, row.words) for row in rows] == [
        (desk.student(0).pk, "5 天前"),
        (desk.student(3).pk, "昨天"),
    ]
