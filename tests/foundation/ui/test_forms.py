"""The form renderer and the ranking field."""

import re

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client

from liangshi.foundation.ui.forms import PickOption, RankedField, Ranking

OPTIONS = [PickOption(f"T{n}", f"老师{n}") for n in range(1, 8)]


def test_error_summary_leads_to_each_field(page_client: Client) -> None:
    page = page_client.post("/form", {"name": "王1"}).content.decode()
    anchors = re.findall(r'<li><a href="#([\w-]+)">', page)
    assert anchors == ["id_name", "id_grade", "id_start", "id_ways", "id_kind", "id_file", "id_agree"]
    for anchor in anchors:
        assert f'id="{anchor}"' in page
    assert "姓名里有数字。请只写姓名。" in page
    assert 'value="王1"' in page


def test_what_is_missing_is_said_plainly(page_client: Client) -> None:
    page = page_client.post("/form", {"grade": "9", "start": "明天"}).content.decode()
    assert "姓名：还没有填。" in page
    assert "年级：「9」不在可以选的里面，请重新选。" in page
    assert "从哪天起：日期请写成 2026-09-01 这样。" in page
    assert "怎样联系：请至少选一项。" in page
    assert "名册文件：还没有选文件。" in page
    assert "请先勾上这一项。" in page


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        (forms.IntegerField(max_value=15), "16", "最大是 15，请填小一些的数。"),
        (forms.IntegerField(min_value=1), "0", "最小是 1，请填大一些的数。"),
        (forms.CharField(max_length=3), "山高月小", "最多 3 个字，现在是 4 个，请写短一些。"),
        (forms.CharField(min_length=3), "山高", "至少要 3 个字，现在是 2 个，请补上。"),
        (forms.TimeField(), "下午", "时间请写成 16:30 这样。"),
    ],
)
def test_a_limit_says_what_to_do(field: forms.Field, typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        field.clean(typed)
    assert refusal.value.messages == [sentence]


def test_fields_are_named_and_described(page_client: Client) -> None:
    page = page_client.post("/form", {"name": "王1"}).content.decode()
    name = re.search(r'<input type="text" name="name"[^>]*>', page)
    assert name
    assert 'aria-invalid="true"' in name[0]
    described = re.search(r'aria-describedby="([^"]+)"', name[0])
    assert described
    for target in described[1].split():
        assert f'id="{target}"' in page
    for field in re.findall(r'<(?:input|select|textarea)[^>]* id="(id_\w+)"', page):
        assert f'for="{field}"' in page, field


def clean(*, required: bool = True, **marks: str) -> Ranking:
    return RankedField(options=OPTIONS, required=required).clean(marks)


def test_ranking_keeps_order_and_closes_gaps() -> None:
    assert clean(T4="1", T2="3", T7="avoid", T1="5") == Ranking(("T4", "T2", "T1"), ("T7",))


def test_partial_saves_may_be_empty() -> None:
    assert clean(required=False) == Ranking()


@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        ({}, "还没有选。请至少选一位，作为第 1 志愿。"),
        ({"T1": "avoid"}, "还没有选。请至少选一位，作为第 1 志愿。"),
        ({"T1": "2", "T3": "2"}, "第 2 志愿选了 2 位：老师1、老师3。请一个志愿只留一位，其余的都还在。"),
        (
            {"T1": "1", "T2": "avoid", "T3": "avoid", "T4": "avoid"},
            "最多可以回避 2 位，现在选了 3 位：老师2、老师3、老师4。请去掉 1 位。",
        ),
        ({"T1": "6"}, "「6」不是可以选的志愿。请在每位老师下面的列表里重新选。"),
        ({"T1": "１"}, "「１」不是可以选的志愿。请在每位老师下面的列表里重新选。"),
    ],
)
def test_ranking_refuses(marks: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        clean(**marks)
    assert refusal.value.messages == [sentence]


def test_someone_who_is_no_longer_on_the_list_is_said_and_the_rest_is_kept(page_client: Client) -> None:
    page = page_client.post("/picker", {"mentors-T05": "1", "mentors-T99": "2"}).content.decode()
    assert "选的人里有 1 位现在不在名单里了" in page
    assert page.count('<option value="1" selected>') == 1
    assert "已保存" not in page


def test_refused_ranking_keeps_what_was_chosen(page_client: Client) -> None:
    page = page_client.post("/picker", {"mentors-T05": "1", "mentors-T06": "1"}).content.decode()
    assert page.count('<option value="1" selected>') == 2
    assert 'href="#id_mentors"' in page
    assert 'id="id_mentors"' in page
