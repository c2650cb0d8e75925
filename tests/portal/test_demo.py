"""The demo city: what was promised is there, twice the same, and every printed login opens a home page."""

from __future__ import annotations

import hashlib
import io
import json
import re
from functools import partial
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Q
from django.test import Client
from django.urls import resolve, reverse

from liangshi.foundation.audit.queries import verify_all
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.timing import medians
from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.foundation.notices.models import Notice
from liangshi.portal.demo.actions import SEED, load
from liangshi.portal.demo.logins import LOGINS, PASSWORD
from liangshi.portal.demo.plan import SCHOOLS
from liangshi.portal.demo.rows import ORDER
from liangshi.practice.matching.choices import ProgrammeKind, RoundState
from liangshi.practice.matching.models import Placement, Programme, Round, Wish
from liangshi.practice.matching.queries.fairness import fairness
from liangshi.practice.matching.queries.programmes import (
    outcome,
    placed_in,
    programme_shares,
    released,
    standing,
    steps,
)
from liangshi.practice.matching.queries.rounds import summary
from liangshi.practice.matching.queries.runs import done_run
from liangshi.practice.relations.models import Concern
from liangshi.practice.slips.models import SlipRequest
from liangshi.practice.talks.models import Activity, LifeEvent, ScratchNote, Talk, Unmet
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.inboxes import POST
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.policy import may_open
from liangshi.registry.accounts.models import Account
from liangshi.registry.mentorships.apart import named_by
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.models import MentorPlaces, MentorProfile, Mentorship, RatioException
from liangshi.registry.mentorships.queries import active_students, with_mentor
from liangshi.registry.people.codes import national_no_fault
from liangshi.registry.people.models import GuardianLink, Person, Staff, Student, StudentSpan
from liangshi.registry.schools.models import Bureau, CalendarEvent, School, SchoolYear
from tests.city import SMALL, demo_city
from tests.inboxes import heard

pytestmark = pytest.mark.both


class Undone(Exception):
    """Takes back what a fixture wrote for a whole module."""


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """The whole city, once for this module."""
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                demo_city()
                yield
                raise Undone
        except Undone:
            pass


@pytest.fixture
def inside(city, django_db_blocker):
    """One test's own changes to the city, taken back afterwards."""
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                yield
                raise Undone
        except Undone:
            pass


def digest() -> str:
    """Everything that was loaded, but for what is new each time: hours, ciphers and password salts."""
    volatile = {"created_at", "password"}
    found = []
    for model in (*ORDER, Mentorship, RoleGrant):
        fields = [field.attname for field in model._meta.concrete_fields if field.attname not in volatile]
        if model in (Mentorship, RoleGrant):  # made by actions, which draw keys of their own
            fields = [name for name in fields if name not in {"id", "exception_id"}]
        rows = [[str(getattr(row, field)) for field in fields] for row in model._default_manager.all()]
        found.append([model.__name__, sorted(rows)])
    wishes = Wish.objects.values_list(
        "round_student__round__title", "round_student__number", "rank", "mentor__code"
    )
    placed = Placement.objects.values_list("round_student__number", "mentor__code", "reason", "run__seed")
    found += [sorted(map(list, wishes)), sorted(map(list, placed))]
    return hashlib.sha256(json.dumps(found, default=lambda sealed: sealed.open()).encode()).hexdigest()


def digest_after(fill) -> str:
    try:
        with transaction.atomic():
            fill()
            found = digest()
            raise Undone
    except Undone:
        return found


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_city():
    again, other = (digest_after(partial(load, seed=seed, scale=SMALL)) for seed in (SEED, SEED + 1))
    assert digest_after(partial(demo_city, SMALL)) == again != other


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["2027-09-01", "2028-02-29"])
def test_it_can_be_loaded_on_any_day(day):
    with time_machine.travel(f"{day}T09:00:00+08:00", tick=False):
        load(scale=SMALL)
        assert not Mentorship.objects.filter(starts_on__gt=today()).exists()
        assert not StudentSpan.objects.filter(starts_on__gt=today()).exists()
        assert Round.objects.filter(state=RoundState.OPEN).exists()


def test_the_city_has_what_was_promised(inside):
    assert School.objects.count() == 4
    assert {school.standing for school in School.objects.all()} == {
        "公办 · 甲区教育局",
        "民办 · 乙县社会事业局",
        "公办 · 市直属",
        "高校附属 · 市直属",
    }
    assert Bureau.objects.count() == 3
    assert Student.objects.count() == 2400
    assert Staff.objects.count() == 220
    assert SchoolYear.objects.values_list("start_year").distinct().count() == SchoolYear.objects.count() / 4
    assert SchoolYear.objects.filter(start_year=2022).count() == 4
    links = Student.objects.annotate(n=Count("guardian_links"))
    assert links.filter(n=2).count() > 0.9 * 2400 > 0 < links.filter(n=1).count()
    assert not links.filter(n=0).exists()
    assert set(StudentSpan.objects.values_list("state", flat=True)) == {
        "enrolled",
        "guest",
        "suspended",
        "transferred",
    }
    assert all(CalendarEvent.objects.filter(kind=kind).exists() for kind in ("midterm", "gaokao", "subjects"))


def test_a_term_of_talks_is_there(inside):
    assert Talk.objects.count() > 100
    assert Activity.objects.count() == 2
    assert (
        LifeEvent.objects.get().lead == LifeEvent.objects.get().student.mentorships.get(ends_on=None).mentor
    )
    assert Unmet.objects.filter(contacted_at=None).count() == ScratchNote.objects.count() == 1
    (_, seconds, number), *_ = medians("talk")
    assert 8 <= seconds <= 50
    assert number > 20


def test_awkward_people_are_there(inside):
    one_class = Student.objects.filter(person__name="王芳").values("enrolments__class_group")
    assert one_class.annotate(n=Count("pk")).filter(n=2).exists()
    assert Person.objects.filter(name__in=["王明", "王明明", "欧阳雨桐", "阿依古丽·买买提"]).count() >= 4
    assert GuardianLink.objects.filter(restricted=True).count() == 1
    families = GuardianLink.objects.values("person").annotate(
        n=Count("pk"), schools=Count("student__school", distinct=True)
    )
    assert families.filter(n=3, schools=2).exists(), "twins here, their sister elsewhere"
    teacher = Person.objects.filter(posts__isnull=False, wards__isnull=False).get()
    assert teacher.posts.get().school == teacher.wards.get().student.school


def test_nothing_in_it_could_be_real(inside):
    """Numbers have the right form, but a region that does not exist and phones in plain sequence."""
    numbers = [student.national_no for student in Student.objects.all()]
    assert len(set(numbers)) == 2400
    assert not [number for number in numbers if national_no_fault(number)]
    assert all(number[1:3] == "99" for number in numbers), "GB/T 2260 has no region 99"
    assert {number[0] for number in numbers} == {"G", "J", "L"}
    mobiles = sorted(person.mobile for person in Person.objects.all() if person.mobile)
    assert mobiles == [f"139{number:08d}" for number in range(1, len(mobiles) + 1)]
    assert all("示范" in school.name for school in School.objects.all())


def test_mentors_introduce_themselves_without_a_way_to_reach_them(inside):
    intros = list(MentorProfile.objects.values_list("intro", flat=True))
    assert len(set(intros)) > 0.95 * len(intros) > 150
    assert not [text for text in intros if re.search(r"\d{5}|微信|QQ|电话|@", text) or len(text) > 300]


def test_mentorships_hold_the_ratio_but_for_one_exception(inside):
    loads = Mentorship.objects.filter(ends_on__isnull=True).values("mentor").annotate(n=Count("pk"))
    beyond = loads.filter(n__gt=15)
    assert [row["n"] for row in beyond] == [16]
    assert RatioException.objects.get().staff_id == beyond[0]["mentor"]
    held = dict(loads.values_list("mentor", "n"))
    assert all(held.get(row.staff_id, 0) == row.taken for row in MentorPlaces.objects.all())
    assert not Mentorship.objects.filter(mentor__not_mentoring__isnull=False).exists()


def test_one_programme_is_published_one_waits_for_it_and_one_is_open(inside):
    school = School.objects.get(short_name="甲区一中")
    finished, reviewed, ongoing = Programme.objects.order_by("created_at")
    assert {finished.school, reviewed.school, ongoing.school} == {school}
    assert [row.state for row in (finished, reviewed, ongoing)] == ["trial", "ready", "running"]
    modes = [[step.round.mode for step in steps(row)] for row in (finished, reviewed, ongoing)]
    assert modes == [["clubs", "two_sided", "assign"], ["continue", "wishes"], ["wishes", "assign"]]
    held = standing(finished)
    assert held.students == held.placed > 200
    assert all(step.placed for step in steps(finished)), "each mode has placed somebody"
    shares = programme_shares(finished)
    assert shares[0].count > shares[1].count > 0
    opened = Round.objects.get(state=RoundState.OPEN)
    numbers = summary(opened)
    assert 0.4 * numbers.students < numbers.submitted < 0.8 * numbers.students
    people = {entry.login: Account.objects.get(login=entry.login).person for entry in LOGINS}
    waiting = opened.students.get(student__person=people["xuesheng1"])
    assert waiting.submitted_at is None, "the one who signs in has his wishes to give"
    placement = outcome(finished).get(round_student__student__person=people["xuesheng2"])
    mentorship = Mentorship.objects.get(student__person=people["xuesheng2"])
    assert mentorship.mentor == placement.mentor.staff
    assert mentorship.origin == Origin.ROUND


def test_the_review_has_a_proposal_to_look_at(inside):
    """Released students, differences that a leader has to see, a proposal to move somebody in."""
    reviewed = Programme.objects.get(kind=ProgrammeKind.REVIEW)
    proposal = reviewed.rounds.get(state=RoundState.PROPOSED)
    assert proposal.way.movable
    assert 5 < len(released(reviewed)) == placed_in(proposal).count()
    run = done_run(proposal)
    assert run
    assert fairness(run).filled == sum(run.profile) + run.unlisted
    both = reviewed.rounds.get(seq=1).students
    assert (
        both.filter(student_objected_at__isnull=False).count()
        > both.filter(mentor_objected_at__isnull=False).count()
        > 0
    )
    assert Mentorship.objects.filter(student__rounds__round=proposal, ends_on__isnull=True).count() == len(
        released(reviewed)
    ), "nobody has lost his mentor before the publication"


def test_every_active_student_elsewhere_has_a_mentor(inside):
    without = with_mentor(active_students(today()), today()).filter(has_mentor=False)
    opened = Round.objects.get(state=RoundState.OPEN)
    assert set(without.values_list("pk", flat=True)) == set(
        opened.students.values_list("student_id", flat=True)
    )


def test_grants_are_approved_by_somebody_else_and_run_out(inside):
    grants = RoleGrant.objects.all()
    ways = dict(grants.values_list("way").annotate(number=Count("pk")).order_by())
    assert ways.pop("founding") == 1 + len(SCHOOLS)
    assert ways.pop("keyboard") == 1, "the second of the city"
    assert ways.keys() == {"two"}
    assert not grants.filter(Q(ends_on__lte=today())).exists()
    assert {grant.role for grant in grants} == {"city", "county", "leader", "clerk", "grade_head"}


def test_slips_and_a_word_about_safety_wait_for_the_office(inside):
    clerk = Account.objects.get(login="bangongshi").person
    assert {(row.kind, row.state) for row in SlipRequest.objects.exclude(asked_by=clerk)} == {
        ("first", "asked"),
        ("reset", "asked"),
    }
    (concern,) = Concern.objects.all()
    assert (concern.state, concern.about_id in named_by(concern.student_id)) == ("open", True)
    assert concern.about_id not in Account.objects.filter(
        login__in=[each.login for each in LOGINS]
    ).values_list("person", flat=True)


def test_there_is_a_login_for_each_role():
    assert {entry.role for entry in LOGINS} == set(Role)


@pytest.mark.parametrize("entry", LOGINS, ids=lambda entry: entry.login)
def test_each_login_opens_its_home(inside, entry):
    client = Client()
    answer = client.post(reverse("home:sign_in"), {"login": entry.login, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [(reverse("home:home"), 302)]
    assert answer.status_code == 200
    assert answer.context["actor"].role == entry.role


def test_every_notice_is_read_under_the_hat_it_was_written_for(inside):
    """One of each kind: under exactly one hat of his, and its link leads to a page that is open to it."""
    kinds = {}
    for row in Notice.objects.filter(person__isnull=False):
        view = resolve(urlsplit(row.url).path).view_name
        kinds.setdefault((row.role, view, row.title[-12:]), (row, view))
    people = Person.objects.in_bulk([row.person for row, _ in kinds.values()])
    assert len(kinds) > 15
    for row, view in kinds.values():
        (role,) = [role for role, title in heard(people[row.person]) if title == row.title]
        assert row.role in (role, EVERY_HAT) or {role, row.role} <= set(POST), row
        assert may_open(role, view), (row, row.url)


def test_a_notice_that_names_a_student_is_about_him(inside):
    """So that it goes when its reader may not read him any more."""
    names = dict(Student.objects.values_list("pk", "person__name"))
    named = re.compile(
        "|".join(rf"{name}(?!\()" for name in set(names.values()))
    )  # 高一 is one's name, 「高一(5)班」 not
    staff = re.compile("|".join(Staff.objects.values_list("person__name", flat=True)))
    for row in Notice.objects.filter(person__isnull=False):
        title = row.title.replace(names[row.student], "") if row.student else row.title
        title = staff.sub("", title)  # a colleague's name may begin like a student's
        assert not named.search(title), row


def test_one_person_wears_three_hats(inside):
    person = Account.objects.get(login="banzhuren").person
    assert [hat.role for hat in hats_of(person, today())] == [Role.ADVISER, Role.MENTOR, Role.GUARDIAN]


def test_nobody_else_can_sign_in(inside):
    usable = [account.login for account in Account.objects.all() if account.has_usable_password()]
    assert sorted(usable) == sorted(entry.login for entry in LOGINS)


def test_the_audit_log_holds(inside):
    assert not [problem for _, problem in verify_all().values() if problem]


def test_a_second_load_is_refused(inside):
    with pytest.raises(DomainError, match="只能装进空的数据库"):
        load()
    with pytest.raises(CommandError, match="空的数据库"):
        call_command("demo_city")
    out = io.StringIO()
    call_command("demo_city", "--if-empty", stdout=out)
    assert "不用再装" in out.getvalue()
    assert Student.objects.count() == 2400


def test_logins_are_printed_with_a_changed_password_hidden(inside):
    account = Account.objects.get(login="daoshi")
    account.set_password("my-own-password")
    account.save()
    out = io.StringIO()
    call_command("demo_city", "--logins", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(LOGINS) + 1
    assert [PASSWORD in line for line in lines[1:]] == [entry.login != "daoshi" for entry in LOGINS]


@pytest.mark.django_db
def test_logins_of_an_empty_database_are_a_sentence():
    with pytest.raises(CommandError, match="没有演示城市"):
        call_command("demo_city", "--logins")
