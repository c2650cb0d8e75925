"""One's own account: a second slip, a recovery code, one's phone; and what being named by another school does not do."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.accounts.actions import issue_codes
from liangshi.registry.accounts.models import Account
from liangshi.registry.people.models import GuardianLink, Person, Staff
from tests.asking import SignIn, html_of
from tests.cast import PASSWORD, Cast, guardian, installer
from tests.pages.test_rosters import press_import, walk

pytestmark = pytest.mark.django_db


def in_use(cast: Cast, name: str) -> Account:
    account: Account = cast.person(name).account
    account.set_password(PASSWORD)
    account.save()
    return account


def name_the_parent_of_the_other_school(clerk: Client, cast: Cast) -> str:
    """The clerk enters name and phone of somebody whom only the other school knows; what he then reads."""
    parent = cast.person("other_guardian")
    url = reverse("rosters:guardian_new", args=[cast.own.student.pk])
    page = clerk.post(url, {"name": parent.name, "relation": "52", "mobile": parent.mobile}, follow=True)
    return html_of(page)


def test_naming_somebody_of_another_school_links_nobody(sign_in: SignIn, cast: Cast) -> None:
    """The same name and phone make a person of this school's own, and nothing tells that there is another."""
    clerk, parent = sign_in("clerk"), cast.person("other_guardian")
    known = name_the_parent_of_the_other_school(clerk, cast)
    made = GuardianLink.objects.filter(student=cast.own.student).latest("created_at").person
    assert made.pk != parent.pk
    assert {hat.school_id for hat in hats_of(parent, today())} == {None}
    assert GuardianLink.objects.filter(person=parent).get().student == cast.other.student
    # Byte by byte the answer is that of a name that nobody has.
    GuardianLink.objects.filter(person=made).delete()
    Person.objects.filter(pk=parent.pk).update(name="别的名字")
    unknown = name_the_parent_of_the_other_school(clerk, cast).replace("别的名字", parent.name)
    keys = re.compile(r'[0-9a-f-]{36}|name="csrfmiddlewaretoken" value="\w+"')
    assert keys.sub("", known) == keys.sub("", unknown)


def test_a_roster_that_names_somebody_of_another_school_links_nobody(sign_in: SignIn, cast: Cast) -> None:
    parent = cast.person("other_guardian")
    teacher = cast.person("other_mentor")
    rows = f"姓名,性别,学号,班级,监护人姓名,监护人电话\n新生一,女,000901,高一(1)班,{parent.name},{parent.mobile}\n"
    press_import(clerk := sign_in("clerk"), *walk(clerk, "a.csv", rows.encode()))
    assert GuardianLink.objects.filter(person=parent).get().student == cast.other.student
    posts = f"工号,姓名,手机\nT99,{teacher.name},{teacher.mobile}\n"
    press_import(clerk, *walk(clerk, "b.csv", posts.encode()))
    assert Staff.objects.get(school=cast.own.school, staff_no="T99").person_id != teacher.pk


def test_a_parent_of_two_schools_joins_his_slips_himself(sign_in: SignIn, cast: Cast) -> None:
    clerk, parent = sign_in("clerk"), cast.person("other_guardian")
    in_use(cast, "other_guardian")
    name_the_parent_of_the_other_school(clerk, cast)
    made = GuardianLink.objects.filter(student=cast.own.student).latest("created_at").person
    account = made.account
    code = issue_codes([account], actor=installer(), place=str(cast.own.school.pk))[account.pk]
    reader = sign_in("other_guardian")
    url = reverse("account:join")
    assert "对不上" in html_of(reader.post(url, {"login": account.login, "code": "K7QM-2XWP-94TD"}))
    assert reader.post(url, {"login": account.login, "code": code})["Location"] == reverse("home:me")
    (hat,) = hats_of(parent, today())
    assert hat.schools == {cast.own.school.pk, cast.other.school.pk}
    account.refresh_from_db()
    assert not account.is_active
    assert account.codes.get().used_at
    assert Entry.objects.get(type="account.joined").object == str(parent.account.pk)
    assert reader.get(reverse("dossier:student", args=[cast.own.student.pk])).status_code == 200
    assert "对不上" in html_of(reader.post(url, {"login": account.login, "code": code}))
    # What identifies him is neither school's to change any more.
    link = GuardianLink.objects.get(student=cast.own.student, person=parent)
    child = cast.own.student
    rows = (
        "姓名,性别,学号,班级,监护人姓名,监护人电话\n"
        f"{child.person.name},女,{child.school_no},高一(1)班,{parent.name},13700000099\n"
    )
    job, page = walk(clerk, "c.csv", rows.encode())
    assert "1 位家长的电话由本人管理" in html_of(page)
    press_import(clerk, job, page)
    link.person.refresh_from_db()
    assert link.person.mobile == parent.mobile


def test_a_slip_of_somebody_else_is_not_joined(sign_in: SignIn, cast: Cast) -> None:
    reader = sign_in("guardian")
    in_use(cast, "guardian")
    reader = sign_in("guardian")
    url = reverse("account:join")
    other = cast.person("other_guardian").account
    code = issue_codes([other], actor=installer())[other.pk]
    assert "姓名和您的不一样" in html_of(reader.post(url, {"login": other.login, "code": code}))
    Person.objects.filter(pk=other.person_id).update(name=cast.person("guardian").name)
    child = cast.own.student.person.account
    code_of_child = issue_codes([child], actor=installer())[child.pk]
    assert "学生的字条不能并入" in html_of(reader.post(url, {"login": child.login, "code": code_of_child}))
    Account.objects.filter(pk=cast.person("guardian").account.pk).update(locked=True)
    assert "先核实" in html_of(reader.post(url, {"login": other.login, "code": code}))
    assert {hat.role for hat in hats_of(cast.person("guardian"), today())} == {Role.GUARDIAN}


def test_who_is_tied_elsewhere_is_corrected_by_himself(sign_in: SignIn, cast: Cast) -> None:
    mentor = cast.person("mentor")
    guardian(cast.other.student, mentor)
    url = reverse("rosters:staff", args=[cast.own.posts["mentor"].pk])
    sent = {"act": "person", "person-name": "改名了", "person-gender": "1", "person-mobile": "13912345678"}
    assert "由本人自己改" in html_of(sign_in("clerk").post(url, sent))
    in_use(cast, "mentor")
    reader, own = sign_in("mentor"), reverse("account:mobile")
    assert "密码不对" in html_of(reader.post(own, {"mobile": "13912345678", "password": "wrong"}))
    assert "电话号码不对" in html_of(reader.post(own, {"mobile": "12", "password": PASSWORD}))
    reader.post(own, {"mobile": "13912345678", "password": PASSWORD})
    mentor.refresh_from_db()
    assert (mentor.name, mentor.mobile) == ("李晓明甲", "13912345678")


def test_a_recovery_code_is_shown_once_and_proves_the_owner_once(sign_in: SignIn, cast: Cast) -> None:
    account = in_use(cast, "mentor")
    reader, url = sign_in("mentor"), reverse("account:recovery")
    assert "密码不对" in html_of(reader.post(url, {"password": "wrong"}))
    (code,) = re.findall(
        r'class="slip-code">([^<]+)<', reader.post(url, {"password": PASSWORD}).content.decode()
    )
    Account.objects.filter(pk=account.pk).update(locked=True, narrowed_to=str(cast.own.school.pk))
    assert "先核实" in html_of(reader.post(url, {"password": PASSWORD}))
    assert reader.post(reverse("account:proof"), {"secret": code.lower()})["Location"] == "/"
    Account.objects.filter(pk=account.pk).update(locked=True)
    assert "不对。" in html_of(reader.post(reverse("account:proof"), {"secret": code}))
