"""What was typed of a talk and not saved: sealed, the author's alone, gone when it is saved and after a week."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import NoReverseMatch, reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.schedule import DAILY
from liangshi.foundation.records import drafts as kept
from liangshi.foundation.records.drafts import LARGEST_DRAFT, MOST_DRAFTS
from liangshi.foundation.records.models import Draft
from liangshi.practice.talks.actions.drafts import DRAFTS
from liangshi.practice.talks.choices import TALK_FORM
from liangshi.practice.talks.forms import TalkForm
from liangshi.practice.talks.models import Talk
from liangshi.practice.talks.queries.talks import writable
from liangshi.registry.access.choices import Role
from liangshi.registry.access.drafts import Begun, Unsaved
from tests import cast as troupe
from tests.practice.talks.desk import Desk, refused
from tests.races import at_once

KEY = uuid.UUID(int=1)
pytestmark = pytest.mark.usefixtures("november")


def typed(desk: Desk, *numbers: int, **more: list[str]) -> dict[str, list[str]]:
    return {"students": [str(desk.student(n).pk) for n in numbers], "strategies": ["XY"], **more}


def drafts(desk: Desk, name: str = "mentor") -> list[Unsaved]:
    actor = desk.actor(name)
    return DRAFTS.of(actor, writable(actor))


def test_a_draft_is_its_author_s_and_sealed(desk: Desk) -> None:
    DRAFTS.keep(typed(desk, 0, gist=["写到一半"]), key=KEY, actor=desk.mentor)
    (held,) = drafts(desk)
    assert (held.key, held.typed["gist"]) == (KEY, ["写到一半"])
    assert held.who.startswith("欧阳雨桐甲")
    desk.co()
    assert drafts(desk, "second") == []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT typed FROM {Draft._meta.db_table}")
        assert "写到" not in str(cursor.fetchall())
    assert not Entry.objects.filter(type__startswith="draft").exists()


def test_the_newest_state_is_kept_and_nothing_drops_it(desk: Desk) -> None:
    for text in ("一", "一二", "一二三"):
        DRAFTS.keep(typed(desk, 0, gist=[text]), key=KEY, actor=desk.mentor)
    assert [each.typed["gist"] for each in drafts(desk)] == [["一二三"]]
    DRAFTS.keep({}, key=KEY, actor=desk.mentor)
    assert drafts(desk) == []


def test_a_saved_talk_leaves_no_draft_not_even_one_that_comes_late(desk: Desk) -> None:
    DRAFTS.keep(typed(desk, 0), key=KEY, actor=desk.mentor)
    other = uuid.uuid4()
    DRAFTS.keep(typed(desk, 0), key=other, actor=desk.mentor)
    desk.talk(0, key=KEY)
    assert [each.key for each in drafts(desk)] == [other]
    late = refused(lambda: DRAFTS.keep(typed(desk, 0), key=KEY, actor=desk.mentor))
    assert "已经在另一处存过了" in late.message  # not 草稿已存
    assert [each.key for each in drafts(desk)] == [other]


def test_another_s_draft_is_not_dropped(desk: Desk) -> None:
    DRAFTS.keep(typed(desk, 0), key=KEY, actor=desk.mentor)
    DRAFTS.drop(KEY, actor=desk.actor("second"))
    assert len(drafts(desk)) == 1


def test_it_ends_after_a_week_and_with_the_bond(desk: Desk) -> None:
    DRAFTS.keep(typed(desk, 0), key=KEY, actor=desk.mentor)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=8)):
        assert drafts(desk) == []
        DAILY["liangshi.foundation.records.tasks.erase_old_drafts"]()
    assert not Draft.objects.exists()
    DRAFTS.keep(typed(desk, 0, gist=["关于他"]), key=KEY, actor=desk.mentor)
    desk.part(0)
    assert drafts(desk) == []  # a former mentor reads nothing


def test_one_too_many_is_refused_and_none_is_lost(desk: Desk, sign_in: Any) -> None:
    """The page says so under the form; those that are kept go on being kept as one types."""
    keys = [uuid.uuid4() for _ in range(MOST_DRAFTS)]
    for key in keys:
        DRAFTS.keep(typed(desk, 0, gist=["初稿"]), key=key, actor=desk.mentor)
    sent = {"key": str(KEY), "students": str(desk.student(0).pk), "strategies": "XY", "gist": "又一份"}
    answer = sign_in("mentor").post(reverse("talks:talk_draft"), sent)
    assert answer.status_code == 422
    assert f"没写完的已经有 {MOST_DRAFTS} 份，这一份没有存成草稿，别的都还在" in answer.content.decode()
    DRAFTS.keep(typed(desk, 0, gist=["二稿"]), key=keys[0], actor=desk.mentor)
    assert {each.key for each in drafts(desk)} == set(keys)
    DRAFTS.drop(keys[1], actor=desk.mentor)
    DRAFTS.keep(typed(desk, 0), key=KEY, actor=desk.mentor)
    assert len(drafts(desk)) == MOST_DRAFTS
    assert len(drafts(desk, "second")) == 0


def test_what_counts_as_typed() -> None:
    def of(text: str) -> dict[str, list[str]]:
        return TalkForm.typed(QueryDict(text))

    assert of("mode=face&day=2026-11-24&level=&key=1&mark=x&csrfmiddlewaretoken=y") == {}
    assert of("mode=phone&strategies=XY&strategies=SH&gist=&password=z&remark-1=r") == {
        "mode": ["phone"],
        "strategies": ["XY", "SH"],
        "remark-1": ["r"],
    }


def test_the_page_s_own_requests(desk: Desk, sign_in: Any) -> None:
    client: Client = sign_in("mentor")
    sent = {
        "key": str(KEY),
        "students": str(desk.student(0).pk),
        "strategies": "XL",
        "gist": "半句",
        "level": "2",
    }
    url = reverse("talks:talk_draft")
    assert client.post(url, {**sent, "key": "x"}).status_code == 400
    assert client.post(url, {**sent, "gist": "长" * LARGEST_DRAFT}).content.decode().startswith("写得太长")
    assert client.post(url, sent).status_code == 204
    page = client.get(reverse("talks:new")).content.decode()
    assert "有一次没写完：欧阳雨桐甲" in page
    assert "半句" not in page
    assert "半句" in client.get(f"{reverse('talks:new')}?draft={KEY}").content.decode()
    assert (
        "半句"
        not in sign_in("second", Role.MENTOR).get(f"{reverse('talks:new')}?draft={KEY}").content.decode()
    )
    assert sign_in("clerk").post(url, sent).status_code == 403
    dropped = client.post(reverse("talks:talk_draft_drop", args=[KEY]), follow=True).content.decode()
    assert "草稿丢掉了" in dropped
    assert drafts(desk) == []


def test_too_long_is_said(desk: Desk) -> None:
    long = typed(desk, 0, gist=["长" * LARGEST_DRAFT])
    assert refused(lambda: DRAFTS.keep(long, key=KEY, actor=desk.mentor)).code == "draft_too_long"


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_kept_while_its_talk_is_saved_does_not_remain() -> None:
    """The page sends what was typed as it is left, and its talk is saved just when that has found none."""
    with transaction.atomic():
        desk = Desk(troupe.build())
        actor = desk.mentor

    def saved_meanwhile() -> None:
        held = Talk.objects.as_system("the test").filter(key=KEY).first()
        assert held is None
        assert at_once([lambda: desk.talk(0, by=actor, key=KEY)]) == {"done": 1}

    kept.keep_draft(typed(desk, 0), owner=actor.staff_id, form=TALK_FORM, key=KEY, saved=saved_meanwhile)
    assert Talk.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_talk_that_is_sent_again_leaves_no_draft_either(desk: Desk) -> None:
    desk.talk(0, key=KEY)
    Draft.objects.create(owner=desk.mentor.staff_id, form=TALK_FORM, key=KEY, typed="{}")
    desk.talk(0, key=KEY)
    assert not Draft.objects.exists()


def test_where_drafts_are_kept_is_an_address_or_nothing(desk: Desk) -> None:
    """An address that does not exist would send the draft to the page itself, which saves."""
    with pytest.raises(NoReverseMatch):
        assert Begun(None, [], "nowhere:talk_draft").keep_url
    held = Unsaved(KEY, now(), "甲", (), {})
    begun = Begun(None, [held], "talks:talk_draft")
    assert begun.keep_url == "/talks/drafts/talk"
    assert begun.listed == [(held, f"/talks/drafts/talk/{KEY}/drop")]
