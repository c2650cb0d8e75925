"""The pages of a change of mentor, and that its reason never reaches the present mentor."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import last_day, spelled, today
from liangshi.practice.relations.actions import changes as actions
from liangshi.practice.relations.choices import ChangeState
from liangshi.practice.relations.models import ChangeRequest
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.profiles import write_profile
from tests.asking import SignIn
from tests.pages.test_rounds import text
from tests.practice.relations.bonds import Bonds, actor_of

MARKER = "理由暗记七七八"


def told(page: Any) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", text(page)))


def asked(bonds: Bonds, **more: str) -> dict[str, str]:
    return {"bond": str(bonds.bond().pk), "reason": MARKER, **more}


def ask_url(bonds: Bonds) -> str:
    return reverse("relations:ask", args=[bonds.own.student.pk])


def later(bonds: Bonds) -> None:
    """The trial is over."""
    bonds.since(today() - dt.timedelta(40))


def walk(client: Client, start: str = "/") -> dict[str, str]:
    """Every page that can be reached by links, with its text."""
    seen: dict[str, str] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        seen[path] = answer.content.decode(errors="ignore")
        waiting += [
            link for link in re.findall(r'href="(/[^"#?]*)', seen[path]) if not link.startswith("/static")
        ]
    return seen


@pytest.mark.row("N12")
def test_the_reason_never_reaches_the_present_mentor(bonds: Bonds, sign_in: SignIn) -> None:
    later(bonds)
    data = asked(bonds, **{f"wish-{bonds.post('second').pk}": "1"})
    sign_in("student").post(ask_url(bonds), data)
    row = ChangeRequest.objects.get()
    assert (row.reason, row.wished) == (MARKER, bonds.post("second"))
    change = reverse("relations:change", args=[row.pk])

    def nothing(name: str, *words: str) -> None:
        """No page that his links lead to says it."""
        pages = walk(sign_in(name))
        assert len(pages) > 5
        for path, page in pages.items():
            for word in (MARKER, *words):
                assert word not in page, (name, path, word)

    nothing("mentor")  # everybody else, at every address: tests/walk, by practice/relations/secrets.py
    assert MARKER in text(sign_in("clerk").get(change))
    clerk = sign_in("clerk")
    clerk.post(change, {"act": "receive"})
    clerk.post(change, {"act": "agree", "agree-target": str(bonds.post("second").pk)})
    # Not even that there was one: none of the words of a request stand on any page of his.
    nothing("mentor", "已同意", "等着受理", "申请在办理")
    actions.accept(ChangeRequest.objects.get(), actor=actor_of(bonds.own.people["second"]))
    nothing("mentor", "学生申请")
    page = text(sign_in("mentor").get(reverse("home:notices")))
    assert "导师调整：从今天起，您的 1 名学生由别的老师指导" in page


@pytest.mark.row("N12")
def test_a_mentor_who_has_filled_up_meanwhile_is_said_and_nobody_is_moved(
    bonds: Bonds, sign_in: SignIn
) -> None:
    bonds.since(today())
    client = sign_in("student")
    bonds.quota(second=0)  # while the page was open
    data = asked(bonds, **{f"wish-{bonds.post('second').pk}": "1"})
    page = client.post(ask_url(bonds), data).content.decode()
    assert "选的人里有 1 位现在不在名单里了" in page
    assert MARKER in page  # what was written is still there
    assert not ChangeRequest.objects.exists()
    assert bonds.now() == "李晓明甲老师"


@pytest.mark.row("N12", "R49")
def test_a_student_changes_in_the_trial_with_one_form(bonds: Bonds, sign_in: SignIn) -> None:
    bonds.since(today())
    client = sign_in("student")
    assert f'href="{ask_url(bonds)}"' in text(client.get("/"))
    write_profile(bonds.post("second"), intro="爱爬山", interests="爬山", good_at=["XL"], actor=bonds.clerk)
    page = text(client.get(ask_url(bonds)))
    last = today() + dt.timedelta(27)
    assert f"试谈期到 {last.month} 月 {last.day} 日为止（含当天）" in page
    assert "只要有空位，马上就换好" in page
    for words in ("周敏甲老师", "爱爬山", "擅长陪伴：心理疏导"):
        assert words in page
    for hidden in ("李晓明甲老师</p>", bonds.own.people["second"].mobile, "工勤甲"):
        assert hidden not in page
    data = asked(bonds, **{f"wish-{bonds.post('second').pk}": "1"})
    said = told(client.post(ask_url(bonds), data, follow=True))
    assert "已经换好了，从今天起是周敏甲老师" in said
    assert bonds.now() == "周敏甲老师"
    said = told(client.post(ask_url(bonds), data))  # the same form, tapped again
    assert "导师刚刚已经调整过了" in said
    assert bonds.now() == "周敏甲老师"
    assert ChangeRequest.objects.count() == 1
    assert "周敏甲老师" in text(client.get("/"))


def test_on_day_28_the_page_says_until_when_the_trial_was(bonds: Bonds, sign_in: SignIn) -> None:
    bonds.since(today() - dt.timedelta(28))
    last = last_day(today())
    page = text(sign_in("student").get(ask_url(bonds)))
    assert f"试谈期到 {spelled(last)}为止（含当天），已经结束了" in page
    assert "由学校办公室办理" in page


def test_a_mentor_of_another_school_cannot_be_wished(bonds: Bonds, sign_in: SignIn) -> None:
    bonds.since(today())
    stranger = bonds.cast.other.posts["second"]
    sign_in("student").post(ask_url(bonds), asked(bonds, **{f"wish-{stranger.pk}": "1"}))
    assert not Mentorship.objects.filter(student=bonds.own.student, mentor=stranger).exists()
    sign_in("mentor").post(ask_url(bonds), {"bond": "no key"})
    assert ChangeRequest.objects.filter(asker="mentor").count() == 0


@pytest.mark.parametrize("name", ["guardian", "mentor", "clerk"])
def test_others_ask_and_take_it_back(bonds: Bonds, sign_in: SignIn, name: str) -> None:
    client = sign_in(name)
    page = text(client.get(ask_url(bonds)))
    assert ("希望的导师" in page) == (name == "guardian")
    assert "有进展会收到通知" in told(client.post(ask_url(bonds), asked(bonds), follow=True))
    row = ChangeRequest.objects.get()
    assert (row.asker, row.asked_by, row.state) == (name, bonds.own.people[name], ChangeState.ASKED)
    assert "申请在办理" in told(client.post(ask_url(bonds), asked(bonds)))  # tapped again
    assert ChangeRequest.objects.count() == 1
    assert "申请在办理" in text(client.get(ask_url(bonds)))
    assert MARKER not in text(client.get(reverse("relations:mine")))
    back = reverse("relations:withdraw", args=[bonds.own.student.pk])
    assert "已撤回，导师不变" in told(client.post(back, follow=True))
    assert "不用撤回" in told(client.post(back, follow=True))
    assert "没有提出过" in told(sign_in("student").get(reverse("relations:mine")))  # nobody else learns of it


def test_who_reads_his_own_requests_about_a_student_is_in_the_log(bonds: Bonds, sign_in: SignIn) -> None:
    later(bonds)
    bonds.ask(bonds.clerk)
    for name in ("clerk", "student", "guardian"):
        assert sign_in(name).get(reverse("relations:mine")).status_code == 200
    read = Entry.objects.filter(type="change.read")
    assert [(each.actor, each.subject) for each in read] == [("干事甲", str(bonds.bond().student_id))]


@pytest.mark.row("N12")
def test_the_office_works_through_a_request(bonds: Bonds, sign_in: SignIn) -> None:
    later(bonds)
    bonds.ask(wished=bonds.post("second"), reason=MARKER)
    row = ChangeRequest.objects.get()
    clerk, student = sign_in("clerk"), sign_in("student")
    page = text(clerk.get(reverse("relations:office")))
    assert "1 份在办" in page
    assert MARKER not in page  # the list gives no reasons
    url = reverse("relations:change", args=[row.pk])
    page = text(clerk.get(url))
    assert "希望的：周敏甲老师" in page
    assert Entry.objects.filter(type="change.read", actor=bonds.clerk.name).exists()
    assert "已受理，申请人收到了通知" in told(clerk.post(url, {"act": "receive"}, follow=True))
    assert "现在不能受理" in told(clerk.post(url, {"act": "receive"}, follow=True))
    assert "请写明不同意的说明" in told(clerk.post(url, {"act": "refuse", "refuse-answer": ""}))
    past = str(today() - dt.timedelta(3))
    assert "面谈日期不能早于今天" in told(clerk.post(url, {"act": "meet", "meet-on": past}))
    assert "已约面谈" in told(clerk.post(url, {"act": "meet", "meet-on": str(today())}, follow=True))
    assert "约了面谈" in text(student.get(reverse("relations:mine")))
    stranger = str(bonds.cast.other.posts["second"].pk)
    assert "没有空位" in told(clerk.post(url, {"act": "agree", "agree-target": stranger}))
    said = told(clerk.post(url, {"act": "agree", "agree-target": str(bonds.post("second").pk)}, follow=True))
    assert "三天内不答复就算接受" in said
    assert "正在等新导师答复" in text(student.get(reverse("relations:mine")))
    second = Client()
    second.force_login(
        bonds.own.people["second"].account, backend="django.contrib.auth.backends.ModelBackend"
    )
    assert "学校想请您担任导师" in text(second.get("/"))
    page = text(second.get(reverse("relations:offers")))
    assert "欧阳雨桐甲" in page
    assert MARKER not in page
    assert "李晓明甲" not in page
    offer = reverse("relations:offer", args=[row.pk])
    assert "学校会另外安排" in told(second.post(offer, {"answer": "no"}, follow=True))
    assert second.post(offer, {"answer": "yes"}).status_code == 404
    assert "刚才没有接：周敏甲老师" in text(clerk.get(url))
    clerk.post(url, {"act": "agree", "agree-target": str(bonds.post("second").pk)})
    bonds.quota(second=0)
    assert "名额刚刚满了，学校会为这名学生另外安排" in told(
        second.post(offer, {"answer": "yes"}, follow=True)
    )
    row.refresh_from_db()
    assert row.state == ChangeState.RECEIVED
    bonds.quota(second=15)
    clerk.post(url, {"act": "agree", "agree-target": str(bonds.post("second").pk)})
    assert "您是欧阳雨桐甲的导师" in told(second.post(offer, {"answer": "yes"}, follow=True))
    assert bonds.now() == "周敏甲老师"
    assert "已生效" in text(clerk.get(url))


def test_a_refusal_is_read_by_the_asker_alone(bonds: Bonds, sign_in: SignIn) -> None:
    later(bonds)
    bonds.ask()
    url = reverse("relations:change", args=[ChangeRequest.objects.get().pk])
    sign_in("clerk").post(url, {"act": "refuse", "refuse-answer": "期中以后再看看"})
    assert "期中以后再看看" in text(sign_in("student").get(reverse("relations:mine")))
    for name in ("guardian", "mentor"):
        assert "期中以后再看看" not in text(sign_in(name).get(reverse("relations:mine")))


@pytest.mark.row("N12")
def test_the_count_is_for_leaders(bonds: Bonds, sign_in: SignIn) -> None:
    later(bonds)
    bonds.ask(reason=MARKER)
    url = reverse("relations:counts")
    page = told(sign_in("leader").get(url))
    assert "李晓明甲老师" in page
    assert "1次" in page
    assert "欧阳雨桐甲" not in page
    assert Entry.objects.filter(type="change.counted").count() == 1
    for name in ("clerk", "grade_head", "adviser", "mentor", "student", "guardian", "city"):
        assert sign_in(name).get(url).status_code == 403
    assert "份在办" not in text(sign_in("leader").get(reverse("relations:office")))


def test_the_office_list_asks_the_same_number_of_questions(bonds: Bonds, sign_in: SignIn) -> None:
    later(bonds)
    client, url = sign_in("clerk"), reverse("relations:office")
    client.get(url)
    bonds.ask()
    counts = []
    for number in (1, 2, 4):
        with CaptureQueriesContext(connection) as questions:
            assert client.get(url).status_code == 200
        counts.append(len(questions))
        if number < 4:
            bonds.begin("second", number, number + 2)
            for n in (number, number + 2):
                bonds.ask(bonds.clerk, n)
    assert counts == [41, 41, 41]


def test_each_asker_reads_who_will_not_see_his_reason(bonds: Bonds, sign_in: SignIn) -> None:
    mentors = sign_in("mentor").get(ask_url(bonds)).content.decode()
    assert "学生和家长看不到，以后也看不到" in mentors
    assert "现在的导师看不到" not in mentors
    assert "现在的导师看不到，以后也看不到" in sign_in("guardian").get(ask_url(bonds)).content.decode()


def test_the_office_sees_that_a_mentor_did_not_take_the_student(bonds: Bonds, sign_in: SignIn) -> None:
    bonds.since(today() - dt.timedelta(60))
    row = bonds.asked_and_agreed()
    page, clerk = reverse("relations:change", args=[row.pk]), sign_in("clerk")
    assert "没有接" not in clerk.get(page).content.decode()
    sign_in("second", Role.MENTOR).post(reverse("relations:offer", args=[row.pk]), {"answer": "no"})
    assert "周敏甲老师这次接不了" in clerk.get(page).content.decode()
    mine = sign_in("student").get(reverse("relations:mine")).content.decode()
    assert "学校正在安排" in mine
    assert "周敏甲老师" not in mine
