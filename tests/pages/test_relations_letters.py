"""The pages of hand-over letters and first meetings."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.practice.relations.models import HandOver
from liangshi.registry.mentorships.profiles import write_profile
from tests.asking import SignIn
from tests.pages.test_relations_changes import told
from tests.pages.test_rounds import text
from tests.practice.relations.bonds import Bonds


@pytest.fixture
def letter(bonds: Bonds) -> str:
    """The address of the letter of a student who has passed from 李晓明 to 周敏."""
    return reverse("relations:handover", args=[bonds.letter().pk])


def second(bonds: Bonds) -> Client:
    client = Client()
    client.force_login(
        bonds.own.people["second"].account, backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


@pytest.mark.row("G6", "N26")
def test_a_letter_from_two_to_one(bonds: Bonds, sign_in: SignIn, letter: str) -> None:
    student, mentor, clerk, new = sign_in("student"), sign_in("mentor"), sign_in("clerk"), second(bonds)
    assert f'href="{letter}"' in text(student.get("/"))
    assert f'href="{letter}"' in text(mentor.get("/"))
    mentor.post(letter, {"text": "他喜欢动手做实验"})
    assert "已保存，新导师接过以前都可以改" in told(
        student.post(letter, {"text": "请别当众点我名"}, follow=True)
    )
    page = text(student.get(letter))
    assert "他喜欢动手做实验" in page
    assert "你的一半" in page
    assert "请别当众点我名" not in text(mentor.get(letter))
    for words in ("他喜欢动手做实验", "请别当众点我名"):
        assert words not in text(clerk.get(letter))
        assert words in text(new.get(letter))
    assert "谈话里说好保密的内容不随信转交" in text(mentor.get(letter))
    assert "没有由您来写的部分" in told(new.post(letter, {"text": "替他写"}))
    assert "只有接任的导师" in told(mentor.post(letter, {"act": "accept"}, follow=True))
    assert "交接信您已接过" in told(new.post(letter, {"act": "accept"}, follow=True))
    assert "现在不能接过来" in told(new.post(letter, {"act": "accept"}, follow=True))
    late = text(student.post(letter, {"text": "还想说一句"}))
    assert "不能再改" in late
    assert "还想说一句" in late  # what was typed can still be copied
    assert HandOver.objects.get().student_half == "请别当众点我名"
    assert f'href="{letter}"' not in text(student.get("/"))


def test_the_office_lets_a_letter_be(bonds: Bonds, sign_in: SignIn, letter: str) -> None:
    assert "只有学校办公室" in told(sign_in("student").post(letter, {"act": "skip"}, follow=True))
    assert "这一封不写了" in told(sign_in("clerk").post(letter, {"act": "skip"}, follow=True))
    for name, status in {
        "guardian": 403,
        "leader": 403,
        "adviser": 403,
        "worker": 404,
        "other_clerk": 404,
    }.items():
        assert sign_in(name).get(letter).status_code == status, name


def test_lists_of_letters_ask_the_same_number_of_questions(
    bonds: Bonds, sign_in: SignIn, letter: str
) -> None:
    clerk, url = sign_in("clerk"), reverse("relations:handovers")
    counts = []
    for number in (1, 3):
        with CaptureQueriesContext(connection) as questions:
            assert len(clerk.get(url).context["rows"]) == number
        counts.append(len(questions))
        if number == 1:
            bonds.begin("mentor", 1, 2)
            for n in (1, 2):
                HandOver.objects.create(ended=bonds.bond(n), successor=bonds.post("second"))
    assert counts == [18, 18]


def test_the_student_decides_whether_his_former_mentor_writes(bonds: Bonds, sign_in: SignIn) -> None:
    bonds.since(today())
    bonds.ask(wished=bonds.post("second"))
    letter = reverse("relations:handover", args=[HandOver.objects.get().pk])
    student, mentor, clerk = sign_in("student"), sign_in("mentor"), sign_in("clerk")
    assert "李晓明甲老师不知道有这封信" in told(student.get(letter))
    assert mentor.get(letter).status_code == 404
    assert "交接信" not in told(mentor.get("/"))
    assert "由学生决定" in told(clerk.post(letter, {"act": "ask"}, follow=True))
    assert "已经请李晓明甲老师写一半" in told(student.post(letter, {"act": "ask"}, follow=True))
    assert "导师的一半" in told(mentor.get(letter))
    assert "请原导师写一半" not in told(student.get(letter))


@pytest.mark.row("R49")
def test_the_card_of_the_first_meeting_on_both_sides(bonds: Bonds, sign_in: SignIn) -> None:
    bonds.since(today())
    write_profile(bonds.post("mentor"), intro="教了十年物理", interests="", good_at=["SH"], actor=bonds.clerk)
    student, mentor = sign_in("student"), sign_in("mentor")
    url = reverse("relations:meeting", args=[bonds.bond().pk])
    home = text(student.get("/"))
    for words in ("第一次见面", "教了十年物理", "一天里哪段时间最赶"):
        assert words in home
    assert "走读" in text(mentor.get("/"))
    assert "不用说理由" in told(student.get(url))
    assert "双方都可以请学校调整" in told(mentor.get(url))
    assert "像是写了电话号码" in told(mentor.post(url, {"note": "打 13900001111"}))
    assert "两个人都看得到" in told(mentor.post(url, {"note": "周五图书馆"}, follow=True))
    assert "第一次见面约在：周五图书馆" in text(student.get("/"))
    assert "记下了" in told(student.post(url, {"note": ""}, follow=True))  # no field is compulsory
    assert "欧阳雨桐甲" in text(mentor.get(reverse("relations:meetings")))
    for name, status in {"guardian": 403, "clerk": 403, "other_mentor": 404}.items():
        assert sign_in(name).get(url).status_code == status
