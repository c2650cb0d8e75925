"""The first step of a real installation: the city's bureau and its first administrator."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.audit.queries import verify_all
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.accounts.models import Account, ActivationCode
from liangshi.registry.schools.models import Bureau

pytestmark = [pytest.mark.django_db, pytest.mark.both]
PASSWORD = "shan-gao-yue-xiao"


def create(name="测试市教育局", admin="张　三"):
    out = io.StringIO()
    call_command("create_city", name=name, admin=admin, stdout=out)
    login, code = re.search(r"账号\s+(\S+)\n\s+启用码\s+(\S+)", out.getvalue()).groups()
    return login, code


def activate(login, code):
    fields = {"login": login, "code": code, "password": PASSWORD, "again": PASSWORD}
    return Client().post(reverse("home:activate"), fields, follow=True)


def test_the_first_administrator_activates_and_acts_for_the_city():
    answer = activate(*create())
    assert answer.status_code == 200
    assert answer.context["actor"].role == Role.CITY
    assert answer.context["actor"].name == "张三"
    grant = RoleGrant.objects.get()
    assert grant.decided_by is None
    assert {"city.founded", "access.granted", "account.slips"} <= set(
        Entry.objects.values_list("type", flat=True)
    )
    assert not [problem for _, problem in verify_all().values() if problem]


def test_the_code_is_kept_nowhere():
    _, code = create()
    plain = code.replace("-", "")
    stored = ActivationCode.objects.get().code_digest
    assert plain not in stored
    assert not [entry for entry in Entry.objects.all() if code in str(entry.detail)]


def test_a_lost_code_is_replaced_until_it_has_been_used():
    login, first = create()
    again, second = create()
    assert login == again
    assert "对不上" in activate(login, first).content.decode()
    assert activate(login, second).context["actor"].role == Role.CITY
    with pytest.raises(CommandError, match="已经有教育局"):
        create()
    assert Account.objects.count() == Bureau.objects.count() == 1


@pytest.mark.parametrize("names", [("别市教育局", "张三"), ("测试市教育局", "李四")])
def test_a_second_city_is_refused(names):
    create()
    with pytest.raises(CommandError, match="不能再建一个"):
        create(*names)
    assert Bureau.objects.count() == 1


@pytest.mark.parametrize("names", [("", "张三"), ("测试市教育局", "  "), ("市" * 61, "张三")])
def test_names_are_needed(names):
    with pytest.raises(CommandError, match="请写明教育局的全称"):
        create(*names)
    assert not Bureau.objects.exists()
