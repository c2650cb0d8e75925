"""What concerns safety, on every page: whom it names opens the same bytes with and without it; the others find it first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.practice.relations.models import ChangeRequest, Concern, HandOver
from liangshi.registry.access.choices import Role
from tests.asking import SignIn
from tests.pages.test_relations_changes import MARKER, ask_url, asked, later, told
from tests.pages.test_rounds import text
from tests.practice.relations.bonds import Bonds, another_world, in_every_hat

KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value="|"X-CSRFToken": ?"|csrf[^"]*" content=")[^"]*')
STAFF = "home:home home:notices agenda:agenda"
# Under each hat what of his the change of a mentor could touch; after `/` what is asked of one student.
PAGES = {
    Role.MENTOR: f"{STAFF} relations:handovers relations:mine /relations:ask /dossier:student talks:follow_ups",
    Role.CLERK: "home:home agenda:agenda relations:office relations:handovers /dossier:student /dossier:log",
    Role.LEADER: "home:home relations:office relations:counts",
    Role.ADVISER: "home:home /dossier:student",
}


def opened(bonds: Bonds, sign_in: SignIn) -> Iterator[str]:
    """What the student's first mentor opens under each hat: address, status, text."""
    for role, routes in PAGES.items():
        client = sign_in("mentor", role)
        for route in routes.split():
            args = [bonds.own.student.pk] if route.startswith("/") else []
            answer = client.get(reverse(route.removeprefix("/"), args=args))
            yield f"{role} {route} {answer.status_code} {answer.content.decode()}"


def seen(pages: Iterator[str]) -> list[str]:
    """With keys of rows numbered as they come, and without what is drawn anew for each page."""
    keys: dict[str, str] = {}
    return [
        KEY.sub(lambda found: keys.setdefault(found[0], f"key{len(keys)}"), TOKEN.sub(r"\1", page))
        for page in pages
    ]


@pytest.mark.row("N12")
def test_whom_it_names_opens_the_same_bytes(bonds: Bonds, sign_in: SignIn) -> None:
    """What follows from other deeds: tests/practice/relations/test_concerns.py."""
    in_every_hat(bonds)
    bonds.since(today())
    found = []
    with time_machine.travel(now(), tick=False):
        for safety in (False, True):
            with another_world():
                bonds.ask(wished=bonds.post("second"), safety=safety)
                assert Concern.objects.exists() == safety
                found.append(seen(opened(bonds, sign_in)))
    plain, named = found
    assert sum(" 200 " in page[:60] for page in plain) > 12
    for one, other in zip(plain, named, strict=True):
        assert one == other


@pytest.mark.row("N12")
def test_a_student_tells_it_while_asking_and_reads_the_answer(bonds: Bonds, sign_in: SignIn) -> None:
    bonds.since(today())
    student, clerk = sign_in("student"), sign_in("clerk")
    data = asked(bonds, **{f"wish-{bonds.post('second').pk}": "1", "safety": "on"})
    said = told(student.post(ask_url(bonds), data, follow=True))
    assert "从今天起是周敏甲老师。已收到。学校会有一位老师来找你" in said
    assert "12356" in said
    row = Concern.objects.get()
    url = reverse("relations:concern", args=[row.pk])
    home = told(clerk.get("/"))
    assert home.index("1件等着处理") < home.rindex("未读通知")
    office = told(clerk.get(reverse("relations:office")))
    assert office.index("关系到安全1件等着处理") < office.index("换导师申请0份在办")
    page = told(clerk.get(url))
    for words in (MARKER, "李晓明甲", "现在的导师周敏甲老师", "关系到安全，不写交接信", "请先当面了解"):
        assert words in page
    assert Entry.objects.filter(type="concern.read", subject=str(bonds.own.student.pk)).count() == 1
    agenda = told(clerk.get(reverse("agenda:agenda")))
    assert "处理一件关系到安全的事" in agenda
    assert "记下了" in told(clerk.post(url, {"act": "take"}, follow=True))
    assert "现在不能我来处理" in told(clerk.post(url, {"act": "take"}, follow=True))
    assert "请写明怎么处理的" in told(clerk.post(url, {"act": "close", "close-answer": ""}))
    assert "已答复" in told(clerk.post(url, {"act": "close", "close-answer": "谈过了，换好了"}, follow=True))
    assert "谈过了，换好了" in told(student.get(reverse("relations:mine")))
    assert "件等着处理" not in told(clerk.get("/"))
    assert url in text(clerk.get(reverse("relations:office")))  # answered, it is still found
    assert "处理一件关系到安全的事" not in told(clerk.get(reverse("agenda:agenda")))
    for name in ("mentor", "guardian", "second"):
        client = sign_in(name, Role.MENTOR) if name == "second" else sign_in(name)
        assert client.get(url).status_code == 403
        assert "谈过了" not in told(client.get(reverse("relations:mine")))


def test_it_is_told_of_a_mentor_whom_the_student_has_no_more(bonds: Bonds, sign_in: SignIn) -> None:
    bonds.letter()
    student = sign_in("student")
    url = reverse("relations:concern_new", args=[bonds.own.student.pk])
    assert f'href="{url}"' in text(student.get("/"))
    assert "李晓明甲老师" in told(student.get(url))
    named = str(bonds.own.people["mentor"].pk)
    assert "请选一项" in told(student.post(url, {"reason": MARKER}))
    said = told(student.post(url, {"named": named, "reason": MARKER}, follow=True))
    assert "已收到。学校会有一位老师来找你" in said
    assert "正在处理，不用再交一次" in told(student.post(url, {"named": named}))
    assert HandOver.objects.get().state == "skipped"
    row = Concern.objects.get()
    back = reverse("relations:concern_withdraw", args=[row.pk])
    assert "学校还是会了解一下" in told(student.post(back, follow=True))
    page = told(sign_in("clerk").get(reverse("relations:concern", args=[row.pk])))
    assert "提出的人后来说不用了" in page
    assert sign_in("guardian").post(back).status_code == 404
    assert "您说到的人什么都不会看到" not in told(sign_in("guardian").get(url))
    other = reverse("relations:concern_new", args=[bonds.own.students[1].pk])
    assert student.get(other).status_code == 404


def test_while_a_request_is_under_way_it_can_be_told_too(bonds: Bonds, sign_in: SignIn) -> None:
    later(bonds)
    bonds.ask(reason="合不来")
    student, clerk = sign_in("student"), sign_in("clerk")
    url = reverse("relations:concern_new", args=[bonds.own.student.pk])
    assert f'href="{url}"' in text(student.get(ask_url(bonds)))
    student.post(url, {"named": str(bonds.own.people["mentor"].pk)})
    concern = reverse("relations:concern", args=[Concern.objects.get().pk])
    request = reverse("relations:change", args=[ChangeRequest.objects.get().pk])
    assert f'href="{concern}"' in text(clerk.get(request))
    assert f'href="{request}"' in text(clerk.get(concern))


def test_a_leader_finds_what_is_late(bonds: Bonds, sign_in: SignIn) -> None:
    later(bonds)
    bonds.ask(safety=True)
    leader = sign_in("leader")
    assert "件等着处理" not in told(leader.get("/"))
    Concern.objects.update(due_on=today() - dt.timedelta(1))
    assert "1件等着处理，1件过了期限" in told(leader.get("/"))
    assert "关系到安全1件等着处理" in told(leader.get(reverse("relations:office")))
    assert "换导师申请" not in told(leader.get(reverse("relations:office")))
