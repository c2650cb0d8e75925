"""Slips: one asks, another agrees, then they are printed; the owner hears of it and may stop it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.models import new_key
from liangshi.foundation.notices.models import Notice
from liangshi.foundation.records.decisions import Decision
from liangshi.foundation.records.levels import Level
from liangshi.practice.slips.actions import DECISIONS
from liangshi.practice.slips.models import SlipRequest
from liangshi.practice.talks.actions.drafts import DRAFTS as TALK_DRAFTS
from liangshi.practice.talks.actions.talks import TalkFacts, save_talk
from liangshi.practice.talks.models import Talk
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.policy import covers
from liangshi.registry.accounts.actions import ALPHABET, ensure_accounts, issue_codes, new_code, prove
from liangshi.registry.accounts.models import Account, ActivationCode
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import GuardianLink, Person, Staff
from tests.asking import SignIn, html_of
from tests.cast import PASSWORD, Cast, grant, guardian, installer

pytestmark = pytest.mark.django_db
NEW = "qing-shan-lv-shui"


def codes_on(page: Any) -> list[str]:
    return re.findall(r'class="slip-code">([^<]+)<', page.content.decode())


def in_use(cast: Cast, name: str) -> Account:
    account: Account = cast.person(name).account
    account.set_password(PASSWORD)
    account.save()
    return account


def ask(client: Client, route: str, pk: UUID, **data: str) -> SlipRequest:
    client.post(reverse(f"slips:{route}", args=[pk]), data)
    return SlipRequest.objects.latest("created_at")


def decide(client: Client, row: SlipRequest, step: str = "agree") -> Any:
    return client.post(reverse(f"slips:{step}", args=[row.pk]), follow=True)


def printed(client: Client, row: SlipRequest) -> list[str]:
    return codes_on(client.post(reverse("slips:print", args=[row.pk]), follow=True))


def activate(login: str, code: str, password: str = NEW) -> Client:
    client = Client()
    answer = client.post(
        reverse("home:activate"), {"login": login, "code": code, "password": password, "again": password}
    )
    assert answer.status_code in (200, 302)
    return client


def reset(sign_in: SignIn, cast: Cast, name: str = "mentor") -> Client:
    """The mentor's account is taken by whoever holds the new slip."""
    account, clerk = in_use(cast, name), sign_in("clerk")
    row = ask(clerk, "staff", cast.own.posts[name].pk)
    decide(sign_in("leader"), row)
    (code,) = printed(clerk, row)
    return activate(account.login, code)


def test_an_office_alone_opens_no_account_that_is_in_use(sign_in: SignIn, cast: Cast) -> None:
    """The clerk who wants to be a mentor gets no code by himself, however he asks."""
    account, clerk = in_use(cast, "mentor"), sign_in("clerk")
    row = ask(clerk, "staff", cast.own.posts["mentor"].pk)
    assert "由另一位决定" in html_of(clerk.get(reverse("slips:list")))
    assert "请另一位来定" in html_of(decide(clerk, row))
    assert printed(clerk, row) == []
    decide(sign_in("leader"), row, "refuse")
    row.refresh_from_db()
    assert row.state == Decision.REFUSED
    assert printed(clerk, row) == []
    clerk.post(reverse("slips:new"), {"whom": "staff"})
    batch = SlipRequest.objects.latest("created_at")
    assert not batch.lines.filter(account=account).exists()  # who is in use is in no batch
    assert not ActivationCode.objects.filter(account=account).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        SlipRequest.objects.filter(pk=row.pk).update(
            state=Decision.AGREED, decided_by=row.asked_by, decided_on=today()
        )


def test_whoever_agrees_reads_for_whom_of_the_staff_it_is(sign_in: SignIn, cast: Cast) -> None:
    """And asks as often for one request as for three; a bureau reads how many."""
    clerk, leader, city = sign_in("clerk"), sign_in("leader"), sign_in("city")
    url, names = reverse("slips:list"), ("周敏甲", "工勤甲")

    def asked(client: Client) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    clerk.post(reverse("slips:new"), {"whom": "staff"})
    SlipRequest.objects.update(above=True)
    assert all(name in html_of(leader.get(url)) for name in names)
    assert not any(name in html_of(city.get(url)) for name in names)
    one = [asked(client) for client in (leader, city)]
    clerk.post(reverse("slips:new"), {"whom": "staff"})
    assert SlipRequest.objects.count() == 1  # it waits already
    decide(leader, SlipRequest.objects.get())
    clerk.post(reverse("slips:new"), {"whom": "staff"})
    ask(clerk, "staff", cast.own.posts["second"].pk)
    SlipRequest.objects.update(above=True)
    assert SlipRequest.objects.count() == 3
    assert (one, [asked(client) for client in (leader, city)]) == ([13, 12], [13, 12])
    assert not any(name in html_of(city.get(url)) for name in names)


def test_two_give_a_new_password_and_the_owner_hears_of_it_before_and_after(
    sign_in: SignIn, cast: Cast
) -> None:
    account = in_use(cast, "mentor")
    owner, clerk = sign_in("mentor"), sign_in("clerk")
    row = ask(clerk, "staff", cast.own.posts["mentor"].pk)
    assert "有人替您申请换启用字条" in Notice.objects.get(person=account.person_id).title
    decide(sign_in("leader"), row)
    (code,) = printed(clerk, row)
    assert owner.get("/").status_code == 200  # nothing has happened yet
    thief = activate(account.login, code)
    assert owner.get("/").status_code == 302  # signed in nowhere any more
    account.refresh_from_db()
    assert (account.locked, account.narrowed_to) == (True, str(cast.own.school.pk))
    assert Notice.objects.filter(person=account.person_id, title__contains="重设过密码").count() == 1
    assert "请核实是您本人" in html_of(thief.get("/"))
    for kind in ("account.slips", "account.reset"):
        entry = Entry.objects.filter(type=kind).latest("at")
        assert str(account.pk) in {entry.object, *entry.detail.get("accounts", ())}
    assert Entry.objects.get(type="account.reset").account == str(account.pk)


def test_what_only_the_owner_reads_stays_closed_until_he_proves_it(sign_in: SignIn, cast: Cast) -> None:
    thief = reset(sign_in, cast)
    for route in ("talks:notes", "relations:mine"):
        assert thief.get(reverse(route))["Location"] == reverse("account:proof")
    proof = reverse("account:proof")
    assert "不对。" in html_of(thief.post(proof, {"secret": NEW}))
    assert thief.post(proof, {"secret": PASSWORD})["Location"] == "/"
    assert thief.get(reverse("talks:notes")).status_code == 200
    account = cast.person("mentor").account
    account.refresh_from_db()
    assert (account.locked, account.narrowed_to, account.former_password) == (False, "", "")


def test_level_two_and_drafts_stay_closed_too(sign_in: SignIn, cast: Cast) -> None:
    """Neither the page, the list, the correction nor a draft of a talk that is its author's alone."""
    mentor = cast.actor("mentor")
    child = cast.own.student.pk

    def said(level: Level) -> Talk:
        facts = TalkFacts(day=today(), mode="face", strategies=["SX"], gist=f"第{level}级的话", level=level)
        return save_talk(students=[child], facts=facts, key=new_key(), actor=mentor)

    talks = {level: said(level) for level in (Level.SCHOOL, Level.AUTHOR)}
    TALK_DRAFTS.keep({"students": [str(child)], "gist": ["没有存的话"]}, key=new_key(), actor=mentor)
    thief = reset(sign_in, cast)
    listed = html_of(thief.get(reverse("talks:list")))
    assert "第1级的话" in html_of(thief.get(reverse("talks:talk", args=[talks[Level.SCHOOL].pk])))
    for route in ("talk", "edit", "versions", "void"):
        assert thief.get(reverse(f"talks:{route}", args=[talks[Level.AUTHOR].pk])).status_code == 404
    assert "第2级的话" not in listed
    assert "没写完" not in html_of(thief.get(reverse("talks:new")))


def test_while_it_waits_for_its_owner_nobody_is_said_to_have_no_talk(sign_in: SignIn, cast: Cast) -> None:
    thief = reset(sign_in, cast)
    page = html_of(thief.get("/"))
    assert "核实后可见" in page
    assert "还没谈过" not in page
    thief.post(reverse("account:proof"), {"secret": PASSWORD})
    assert "核实后可见" not in html_of(thief.get("/"))


def test_five_wrong_proofs_and_only_two_officers_help(sign_in: SignIn, cast: Cast) -> None:
    thief = reset(sign_in, cast)
    for _ in range(5):
        thief.post(reverse("account:proof"), {"secret": "guess-again"})
    assert "当面核实" in html_of(thief.post(reverse("account:proof"), {"secret": PASSWORD}))
    account = cast.person("mentor").account
    account.refresh_from_db()
    assert account.locked
    clerk = sign_in("clerk")
    row = ask(clerk, "staff", cast.own.posts["mentor"].pk, act="met")
    assert printed(clerk, row) == []
    assert "同样的两位" in html_of(decide(sign_in("leader"), row))  # those who gave him the reset
    account.refresh_from_db()
    assert account.locked
    decide(sign_in("county"), row)
    assert printed(clerk, row) == []  # to have met him is no slip
    account.refresh_from_db()
    assert (account.locked, account.narrowed_to) == (False, "")  # no other place had given him anything
    assert Notice.objects.filter(person=account.person_id, title__contains="当面核实过").exists()


def test_a_colleague_is_staff_from_whatever_page_his_slip_is_asked(sign_in: SignIn, cast: Cast) -> None:
    account, clerk, friend = in_use(cast, "mentor"), sign_in("clerk"), sign_in("adviser")
    mentor, child = cast.person("mentor"), cast.own.students[1]
    given = {"name": mentor.name, "relation": "99", "mobile": mentor.mobile}
    clerk.post(reverse("rosters:guardian_new", args=[child.pk]), given)
    row = ask(clerk, "guardian", GuardianLink.objects.get(student=child, person=mentor).pk)
    assert (row.whom, row.student_id) == ("staff", None)
    assert decide(friend, row).status_code in (302, 404)
    assert printed(clerk, row) == []
    SlipRequest.objects.filter(pk=row.pk).update(
        whom="guardians", student=child
    )  # he was nobody's colleague then
    decide(friend, row)
    row.refresh_from_db()
    assert row.state == "asked"
    assert printed(clerk, row) == []
    activate(account.login, *(reset_code(sign_in, cast, account)))
    met = ask(clerk, "guardian", GuardianLink.objects.get(student=child, person=mentor).pk, act="met")
    assert met.above  # a leader or the bureau alone


def reset_code(sign_in: SignIn, cast: Cast, account: Account) -> list[str]:
    clerk = sign_in("clerk")
    SlipRequest.objects.all().delete()
    row = ask(clerk, "staff", account.person.posts.get().pk)
    decide(sign_in("leader"), row)
    return printed(clerk, row)


def test_those_who_gave_a_reset_do_not_meet_him_whatever_came_on_top(sign_in: SignIn, cast: Cast) -> None:
    grant(cast.person("second"), Role.CLERK, school=cast.own.school)
    account, pk = in_use(cast, "student"), cast.own.student.pk
    clerk, leader = sign_in("clerk"), sign_in("leader")
    row = ask(clerk, "student", pk)
    decide(sign_in("second", Role.CLERK), row)
    thief = activate(account.login, *printed(clerk, row))
    met = ask(clerk, "student", pk, act="met")
    later = ask(clerk, "student", pk)
    decide(leader, later)  # never printed
    thief.post(reverse("slips:stop", args=[later.pk]))
    assert "同样的两位" in html_of(decide(sign_in("second", Role.CLERK), met))
    account.refresh_from_db()
    assert account.locked


def test_to_have_met_him_is_about_one_reset_and_none_later(sign_in: SignIn, cast: Cast) -> None:
    account, pk, clerk = in_use(cast, "student"), cast.own.student.pk, sign_in("clerk")
    row = ask(clerk, "student", pk)
    decide(sign_in("leader"), row)
    activate(account.login, *printed(clerk, row))
    met = ask(clerk, "student", pk, act="met")
    account.refresh_from_db()
    prove(account, secret=PASSWORD, actor=cast.actor("student"))
    with time_machine.travel(now() + dt.timedelta(days=60)):
        clerk = sign_in("clerk")
        row = ask(clerk, "student", pk)
        decide(sign_in("leader"), row)
        activate(account.login, *printed(clerk, row), password="bai-yun-lan-tian")
        assert "更早一次重设" in html_of(decide(sign_in("adviser"), met))
        account.refresh_from_db()
        assert account.locked


def test_a_second_reset_does_not_replace_what_the_owner_is_asked_for(sign_in: SignIn, cast: Cast) -> None:
    reset(sign_in, cast)
    account = cast.person("mentor").account
    account.refresh_from_db()
    first = account.former_password
    clerk = sign_in("clerk")
    row = ask(clerk, "staff", cast.own.posts["mentor"].pk)
    decide(sign_in("leader"), row)
    activate(account.login, *printed(clerk, row), password="bai-yun-lan-tian")
    account.refresh_from_db()
    assert account.former_password == first


def test_a_reset_opens_no_more_than_the_school_that_gave_it(sign_in: SignIn, cast: Cast) -> None:
    """A parent with a child at each school, who also teaches at the other: reset here, he is only this child's parent."""
    shared = cast.person("guardian")
    guardian(cast.other.student, shared)
    Staff.objects.create(school=cast.other.school, staff_no="T77", person=shared)
    account, clerk = in_use(cast, "guardian"), sign_in("clerk")
    row = ask(clerk, "guardian", cast.own.student.guardian_links.get().pk)
    decide(sign_in("adviser"), row)
    taken = activate(account.login, *printed(clerk, row))
    assert taken.get(reverse("dossier:student", args=[cast.own.student.pk])).status_code == 200
    assert taken.get(reverse("dossier:student", args=[cast.other.student.pk])).status_code == 404
    assert "示范乙" not in html_of(taken.get(reverse("home:hats")))
    # Two officers here do not open what the other school gave him; he does.
    row = ask(clerk, "guardian", cast.own.student.guardian_links.get().pk, act="met")
    decide(sign_in("leader"), row)
    account.refresh_from_db()
    assert (account.locked, account.narrowed_to) == (False, str(cast.own.school.pk))
    taken.post(reverse("account:proof"), {"secret": PASSWORD})
    taken.post(reverse("home:hats"), {"hat": "guardian:"})
    assert taken.get(reverse("dossier:student", args=[cast.other.student.pk])).status_code == 200


def test_the_owner_stops_it_and_the_code_is_dead(sign_in: SignIn, cast: Cast) -> None:
    account, clerk = in_use(cast, "mentor"), sign_in("clerk")
    owner = sign_in("mentor")
    row = ask(clerk, "staff", cast.own.posts["mentor"].pk)
    decide(sign_in("leader"), row)
    (code,) = printed(clerk, row)
    assert "干事甲" in html_of(owner.get(reverse("slips:own")))
    assert sign_in("worker").post(reverse("slips:stop", args=[row.pk])).status_code == 404
    later = ask(clerk, "staff", cast.own.posts["mentor"].pk)
    waits = "1 次启用字条等您决定"
    assert waits in html_of(sign_in("leader").get("/agenda/"))
    for each in (row, later):
        owner.post(reverse("slips:stop", args=[each.pk]))
    assert waits not in html_of(sign_in("leader").get("/agenda/"))
    activate(account.login, code)
    account.refresh_from_db()
    assert account.check_password(PASSWORD)
    assert printed(clerk, row) == []
    assert Notice.objects.filter(title__contains="已叫停", role="leader").exists()


def test_what_was_used_is_not_stopped_any_more_and_he_is_told_what_to_do(sign_in: SignIn, cast: Cast) -> None:
    account, clerk = in_use(cast, "mentor"), sign_in("clerk")
    row = ask(clerk, "staff", cast.own.posts["mentor"].pk)
    decide(sign_in("leader"), row)
    owner = activate(account.login, *printed(clerk, row))
    page = html_of(owner.get(reverse("slips:own")))
    assert "这张字条已经用过" in page
    assert "叫停</button>" not in page
    assert "叫停来不及了" in html_of(owner.post(reverse("slips:stop", args=[row.pk]), follow=True))
    row.refresh_from_db()
    assert row.stopped_at is None


def test_nobody_agrees_to_what_its_owner_stopped_at_the_same_moment(sign_in: SignIn, cast: Cast) -> None:
    in_use(cast, "mentor")
    owner, row = sign_in("mentor"), ask(sign_in("clerk"), "staff", cast.own.posts["mentor"].pk)
    held = SlipRequest.objects.get(pk=row.pk)  # as the leader's page had it
    owner.post(reverse("slips:stop", args=[row.pk]))
    with pytest.raises(DomainError) as refused:
        DECISIONS.take(held, "agree", url="/", actor=cast.actor("leader"))
    assert refused.value.code == "stopped"
    assert SlipRequest.objects.get(pk=row.pk).state == "asked"


def test_a_first_slip_opens_no_account_that_has_been_opened_meanwhile(sign_in: SignIn, cast: Cast) -> None:
    clerk, account = sign_in("clerk"), cast.person("mentor").account
    row = ask(clerk, "staff", cast.own.posts["mentor"].pk)
    decide(sign_in("leader"), row)
    (code,) = printed(clerk, row)
    in_use(cast, "mentor")
    activate(account.login, code)
    account.refresh_from_db()
    assert account.check_password(PASSWORD)
    assert printed(clerk, row) == []


def test_slips_for_a_class_are_random_shown_once_and_for_those_who_wait(sign_in: SignIn, cast: Cast) -> None:
    clerk = sign_in("clerk")
    in_use(cast, "student")
    clerk.post(reverse("slips:new"), {"whom": "students", "group": str(cast.own.class_1.pk)})
    row = SlipRequest.objects.get()
    assert row.what == "高一(1)班学生 2 人"
    decide(sign_in("adviser"), row)  # the class adviser knows who they are
    page = clerk.post(reverse("slips:print", args=[row.pk]))
    codes = codes_on(page)
    assert len(codes) == len(set(codes)) == 2
    assert all(re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", code) for code in codes)
    assert page["Cache-Control"] == "no-store"
    stored = " ".join(ActivationCode.objects.values_list("code_digest", flat=True))
    assert not any(code.replace("-", "") in stored for code in codes)
    assert Entry.objects.filter(type="slips.printed", subject=str(cast.own.students[1].pk)).exists()
    logins = re.findall(r"账号：<b>(\w+)</b>", page.content.decode())
    activate(logins[0], codes[0])
    account = Account.objects.get(login=logins[0])
    assert account.check_password(NEW)
    assert (account.locked, account.narrowed_to) == (False, "")
    assert len(printed(clerk, row)) == 1  # who has used his is not given another
    assert ActivationCode.objects.filter(used_at__isnull=True).count() == 1


def test_a_code_follows_from_nothing(cast: Cast) -> None:
    """Neither from the account nor from a number of its owner; and without one nothing opens the account."""
    account = cast.person("student").account
    first, second = (issue_codes([account], actor=installer())[account.pk] for _ in range(2))
    assert first != second
    letters = "".join(new_code().replace("-", "") for _ in range(200))
    assert (len(letters), set(letters)) == (200 * 12, set(ALPHABET))
    newcomer = Person.objects.create(name="新来的")
    ensure_accounts({newcomer.pk: "new*"})
    made = Account.objects.get(person=newcomer)
    assert not made.has_usable_password()
    assert re.fullmatch(r"new\d{6}", made.login)


def test_who_left_since_gets_no_slip_and_after_a_week_nobody_does(sign_in: SignIn, cast: Cast) -> None:
    clerk = sign_in("clerk")
    row = ask(clerk, "staff", cast.own.posts["worker"].pk)
    decide(sign_in("leader"), row)
    cast.own.posts["worker"].state = StaffState.GONE
    cast.own.posts["worker"].save()
    assert printed(clerk, row) == []
    Staff.objects.filter(pk=cast.own.posts["worker"].pk).update(state=StaffState.ON_DUTY)
    with time_machine.travel(now() + dt.timedelta(8)):
        assert "超过 7 天" in html_of(
            sign_in("clerk").post(reverse("slips:print", args=[row.pk]), follow=True)
        )
    assert len(printed(clerk, row)) == 1


def test_nobody_waits(sign_in: SignIn, cast: Cast) -> None:
    clerk = sign_in("clerk")
    Account.objects.exclude(pk=cast.person("clerk").account.pk).update(password="argon2$used")
    in_use(cast, "clerk")
    page = sign_in("clerk").post(reverse("slips:new"), {"whom": "staff"})
    assert "都已经启用了账号" in html_of(page)
    assert clerk.get("/").status_code == 302


def test_who_leads_the_school_is_reset_by_a_leader_or_the_bureau(sign_in: SignIn, cast: Cast) -> None:
    """Two of the office cannot take the leader's account; the bureau decides without reading a name."""
    in_use(cast, "leader")
    grant(cast.person("second"), Role.CLERK, school=cast.own.school)
    row = ask(sign_in("clerk"), "staff", cast.own.posts["leader"].pk)
    assert row.above
    assert "校领导或教育局" in html_of(decide(sign_in("second", Role.CLERK), row))
    assert "给您自己的字条" in html_of(decide(sign_in("leader"), row))
    county = sign_in("county")
    page = html_of(county.get(reverse("slips:list")))
    assert "示范甲中学：教职工 1 人" in page
    assert "书记甲" not in page
    assert decide(sign_in("other_county"), row).status_code == 404
    decide(county, row)
    row.refresh_from_db()
    assert row.state == Decision.AGREED


def test_the_city_asks_for_an_officer_whom_nobody_at_the_school_can_help(sign_in: SignIn, cast: Cast) -> None:
    in_use(cast, "clerk")
    held, city = cast.person("clerk").grants.get(), sign_in("city")
    assert reverse("slips:officer", args=[held.pk]) in html_of(
        city.get(reverse("dashboards:school_grants", args=[cast.own.school.pk]))
    )
    row = ask(city, "officer", held.pk)
    decide(city, row)
    row.refresh_from_db()
    assert row.state == Decision.ASKED
    decide(sign_in("leader"), row)
    assert len(printed(city, row)) == 1
    assert sign_in("county").post(reverse("slips:officer", args=[held.pk])).status_code == 403


def test_the_city_gives_a_county_its_slip_alone_and_it_opens_no_children(sign_in: SignIn, cast: Cast) -> None:
    assert covers(Role.CITY, Role.COUNTY)
    official = in_use(cast, "county")
    guardian(cast.own.student, cast.person("county"))
    held = cast.person("county").grants.get()
    page = sign_in("city").post(reverse("dashboards:grant_code", args=[held.pk])).content.decode()
    code = re.search(r"启用码 <b class=\"number\">([^<]+)<", page)[1]
    activate(official.login, code)
    official.refresh_from_db()
    hats = hats_of(cast.person("county"), today(), official.narrowed_to)
    assert [hat.role for hat in hats] == [Role.COUNTY]
    own = cast.person("city").grants.get()
    refused = sign_in("city").post(reverse("dashboards:grant_code", args=[own.pk]), follow=True)
    assert "启用码" not in html_of(refused)


@pytest.mark.parametrize(
    "owner", [Role.LEADER, Role.GRADE_HEAD, Role.ADVISER, Role.MENTOR, Role.STUDENT, Role.GUARDIAN]
)
@pytest.mark.parametrize("issuer", [Role.LEADER, Role.CLERK, Role.COUNTY])
def test_by_the_table_nobody_in_a_school_covers_an_owner(issuer: Role, owner: Role) -> None:
    """So every slip there takes two: there is no way past `ask` and another's word."""
    assert not covers(issuer, owner)


def test_a_teacher_of_another_school_is_not_there(sign_in: SignIn, cast: Cast) -> None:
    for route, pk in (
        ("staff", cast.other.posts["mentor"].pk),
        ("student", cast.other.student.pk),
        ("guardian", cast.other.student.guardian_links.get().pk),
    ):
        assert sign_in("clerk").get(reverse(f"slips:{route}", args=[pk])).status_code == 404
    row = ask(sign_in("other_clerk"), "staff", cast.other.posts["mentor"].pk)
    assert decide(sign_in("leader"), row).status_code == 404
    assert Mentorship.objects.exists()


def test_two_schools_of_one_parent_know_nothing_of_each_others_requests(sign_in: SignIn, cast: Cast) -> None:
    shared = cast.person("guardian")
    links = (
        cast.own.student.guardian_links.get(person=shared).pk,
        guardian(cast.other.student, shared, is_primary=False).pk,
    )
    account = in_use(cast, "guardian")
    here, there = sign_in("clerk"), sign_in("other_clerk")

    def asked(**data: str) -> list[SlipRequest]:
        return [
            ask(client, "guardian", link, **data) for client, link in zip((here, there), links, strict=True)
        ]

    rows = asked()
    assert [row.school for row in rows] == [cast.own.school, cast.other.school]
    decide(sign_in("adviser"), rows[0])
    activate(account.login, *printed(here, rows[0]))
    seen = asked(act="met")  # one person there has met him, and one here: that is no second word
    assert [(row.school, row.kind, row.state) for row in seen] == [
        (cast.own.school, "met", Decision.ASKED),
        (cast.other.school, "met", Decision.ASKED),
    ]
    for row in seen:
        row.refresh_from_db()
        assert row.state == Decision.ASKED
    account.refresh_from_db()
    assert account.locked


def test_who_waits_for_his_owner_says_no_second_word(sign_in: SignIn, cast: Cast) -> None:
    """Else one who took another's account would be two."""
    in_use(cast, "leader")
    row = ask(sign_in("clerk"), "staff", cast.own.posts["leader"].pk)
    decide(sign_in("county"), row)
    taken = activate(cast.person("leader").account.login, *printed(sign_in("clerk"), row))
    other = ask(sign_in("clerk"), "staff", cast.own.posts["mentor"].pk)
    assert decide(taken, other).redirect_chain[0][0] == reverse("account:proof")
    other.refresh_from_db()
    assert other.state == Decision.ASKED
    mobile = {"mobile": "13912345678", "password": NEW}
    assert taken.post(reverse("account:mobile"), mobile)["Location"] == reverse("account:proof")


def test_a_slip_agreed_to_before_somebody_leads_the_school_opens_nothing_after(
    sign_in: SignIn, cast: Cast
) -> None:
    clerk = sign_in("clerk")
    clerk.post(reverse("slips:new"), {"whom": "staff"})
    batch = SlipRequest.objects.get()
    assert not batch.lines.filter(account__person=cast.person("leader")).exists()
    decide(sign_in("leader"), batch)
    grant(cast.person("second"), Role.LEADER, school=cast.own.school)
    page = clerk.post(reverse("slips:print", args=[batch.pk])).content.decode()
    assert cast.person("mentor").name in page
    assert cast.person("second").name not in page


def test_a_first_slip_opens_what_its_school_has_given_and_no_more(sign_in: SignIn, cast: Cast) -> None:
    """Of somebody who has a child at another school as well, and an account that he has never opened."""
    shared = cast.person("guardian")
    guardian(cast.other.student, shared)
    row = ask(sign_in("clerk"), "guardian", cast.own.student.guardian_links.get().pk)
    decide(sign_in("adviser"), row)
    taken = activate(shared.account.login, *printed(sign_in("clerk"), row))
    assert taken.get(reverse("dossier:student", args=[cast.own.student.pk])).status_code == 200
    assert taken.get(reverse("dossier:student", args=[cast.other.student.pk])).status_code == 404


def test_a_calendar_ends_with_a_reset(sign_in: SignIn, cast: Cast) -> None:
    account = in_use(cast, "mentor")
    sign_in("mentor").post(reverse("agenda:subscribe"))
    assert account.feeds.as_system("a test").exists()
    reset(sign_in, cast)
    assert not account.feeds.as_system("a test").exists()
