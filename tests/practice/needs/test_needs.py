"""特需: proposed by one, approved by another; co-mentors from the engine; the primary is never just removed."""

from __future__ import annotations

import datetime as dt
import random
from itertools import product
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.notices.models import Notice
from liangshi.portal.agenda.queries import agenda
from liangshi.practice.needs import actions, tasks
from liangshi.practice.needs.choices import NeedState
from liangshi.practice.needs.models import Need, NeedStrategy
from liangshi.practice.needs.queries import needs as queries
from liangshi.practice.needs.queries.engine import suggest
from liangshi.practice.needs.queries.needs import CoTeacher
from liangshi.practice.plans.actions import ensure_policy
from liangshi.practice.plans.models import Policy
from liangshi.practice.relations.actions import changes
from liangshi.practice.relations.choices import ChangeState
from liangshi.practice.relations.models import HandOver
from liangshi.practice.waiting.tasks import end_bonds_of_gone
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import Pair, begin, begin_co, cover, end
from liangshi.registry.mentorships.choices import MAX_CO_MENTEES, EndReason, Kind, Origin
from liangshi.registry.mentorships.models import MentorPlaces, MentorProfile, Mentorship
from liangshi.registry.people import actions as people
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import Staff, Student
from liangshi.registry.schools.choices import Strategy
from tests.asking import refused
from tests.cast import Cast, build, installer, student
from tests.inboxes import heard, told
from tests.races import at_once

LATER = dt.timedelta(days=100)


class Care:
    """The own school: the mentor has one student with a need; three teachers say what they are good at."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.own = cast, cast.own
        self.clerk, self.leader = cast.actor("clerk"), cast.actor("leader")
        for post, codes in (("second", ["XY", "XL"]), ("adviser", ["SH"]), ("grade_head", ["XY", "SY"])):
            MentorProfile.objects.create(staff=self.own.posts[post], good_at=codes)

    def propose(self, *strategies: str, n: int = 0, by: str = "adviser", **change: Any) -> Need:
        fields: dict[str, Any] = {"category": "left", "review_on": today() + LATER, **change}
        return actions.propose_need(
            self.own.students[n],
            strategies=strategies or ("XY", "XL"),
            by=self.own.people[by],
            actor=self.cast.actor(by),
            **fields,
        )

    def approve(self, need: Need) -> Need:
        return actions.decide_need(need, approve=True, by=self.own.people["leader"], actor=self.leader)

    def give_mentor(self, n: int, post: str = "mentor") -> Mentorship:
        who = self.own.students[n]
        begin(
            [Pair(who.pk, self.own.posts[post].pk, today())],
            origin=Origin.ASSIGNED, actor=installer(), chain=str(self.own.school.pk),
        )  # fmt: skip
        return Mentorship.objects.get(student=who, ends_on__isnull=True)

    def suggest_and_choose(self) -> dict[str, str]:
        """The engine's suggestion as the office's choice: strategy → 工号."""
        found = actions.propose_co_mentors(self.clerk)
        assert found.obstacles == ()
        actions.choose_co_mentors(dict(found.chosen), actor=self.clerk)
        rows = NeedStrategy.objects.filter(suggested__isnull=False).select_related("suggested")
        return {
            f"{row.need.student_id}:{row.strategy}": row.suggested.staff_no for row in rows if row.suggested
        }

    def grant(self, need: Need) -> int:
        seen = [row.suggested_id for row in need.strategies.all() if row.suggested_id]
        return actions.grant_co_mentors(need, seen=seen, actor=self.leader)

    def staffed(self, *strategies: str) -> Need:
        need = self.approve(self.propose(*strategies))
        self.suggest_and_choose()
        need = Need.objects.get(pk=need.pk)
        self.grant(need)
        need.refresh_from_db()
        return need


@pytest.fixture
def care(cast: Cast) -> Care:
    return Care(cast)


def co(who: Student) -> dict[str, str]:
    rows = Mentorship.objects.filter(student=who, kind=Kind.CO, ends_on__isnull=True).select_related("mentor")
    return {row.strategy: row.mentor.staff_no for row in rows}


# Refusals


@pytest.mark.parametrize(
    ("change", "strategies", "code"),
    [
        ({"category": "抑郁症"}, ("XY",), "need_category"),
        ({}, ("XY", "XL", "SH", "SY"), "need_strategies"),
        ({}, ("ZZ",), "need_strategies"),
        ({"review_on": None}, ("XY",), "need_review_date"),
        ({"review_on": dt.date(2020, 1, 1)}, ("XY",), "need_review_date"),
        ({"review_on": dt.date(2099, 1, 1)}, ("XY",), "need_review_date"),
    ],
)
def test_a_need_that_does_not_say_enough_is_refused(
    care: Care, change: dict[str, Any], strategies: tuple[str, ...], code: str
) -> None:
    assert refused(lambda: care.propose(*strategies, **change)) == code
    assert not Need.objects.exists()


@pytest.mark.row("R48")
def test_the_school_s_policy_says_how_many_co_mentors(care: Care) -> None:
    ensure_policy(care.own.school, care.own.year)
    care.give_mentor(1)

    def allow(number: int) -> None:
        Policy.objects.filter(year=care.own.year).update(co_limit=number)

    allow(2)
    assert refused(lambda: care.propose("XY", "XL", "SH")) == "need_strategies"
    allow(0)
    assert refused(lambda: care.propose("XY")) == "no_co_mentors"
    allow(2)
    need = care.approve(care.propose("XY", "SH"))
    care.suggest_and_choose()
    allow(1)  # tightened between the choice and the leader's yes
    assert refused(lambda: care.grant(need)) == "co_limit"


def test_a_student_has_one_need_in_hand(care: Care) -> None:
    first = care.propose()
    assert refused(care.propose) == "need_exists"
    actions.end_need(first, actor=care.clerk)
    assert care.propose().state == NeedState.PROPOSED


def test_nobody_approves_his_own_proposal_even_past_the_form(care: Care) -> None:
    need = care.propose()
    by = care.own.people["adviser"]
    assert (
        refused(lambda: actions.decide_need(need, approve=True, by=by, actor=care.leader)) == "own_decision"
    )
    with pytest.raises(IntegrityError, match=r"need_decided_by_another|CHECK"), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(decided_by=by)


def test_a_refusal_gives_a_listed_reason_and_is_the_end(care: Care) -> None:
    need, leader = care.propose(), care.own.people["leader"]
    assert (
        refused(lambda: actions.decide_need(need, approve=False, by=leader, actor=care.leader))
        == "refusal_reason"
    )
    actions.decide_need(need, approve=False, refusal="enough", by=leader, actor=care.leader)
    assert refused(lambda: care.approve(need)) == "invalid_transition"
    assert queries.unmet_in(care.own.school.pk) == []


def test_what_the_office_chooses_by_hand_must_fit(care: Care) -> None:
    need = care.approve(care.propose("XY", "SY"))
    rows = {row.strategy: row.pk for row in need.strategies.all()}
    posts = care.own.posts
    begin_co(
        care.own.student,
        posts["adviser"],
        Strategy.SH,
        on=today(),
        actor=installer(),
        chain=str(care.own.school.pk),
    )
    MentorProfile.objects.create(staff=posts["mentor"], good_at=["XY"])
    MentorProfile.objects.filter(staff=posts["adviser"]).update(good_at=["SH", "XY"])

    def choose(**by_strategy: str) -> str:
        choice = {rows[code]: posts[post].pk for code, post in by_strategy.items()}
        return refused(lambda: actions.choose_co_mentors(choice, actor=care.clerk))

    assert choice_is_unknown(care, rows["XY"])
    assert choose(SY="away") == "not_in_pool"
    assert choose(XY="mentor") == "already_mentor"  # the primary
    assert choose(XY="adviser") == "already_mentor"  # a co-mentor already
    assert choose(XY="grade_head", SY="grade_head") == "same_teacher_twice"
    assert NeedStrategy.objects.filter(suggested__isnull=False).count() == 0


def choice_is_unknown(care: Care, row: Any) -> bool:
    foreign = {row: care.cast.other.posts["second"].pk}
    return refused(lambda: actions.choose_co_mentors(foreign, actor=care.clerk)) == "not_in_pool"


def unread() -> list[str]:
    keys = Notice.objects.filter(read_at__isnull=True, key__startswith="need-").values_list("key", flat=True)
    return [key.partition(":")[0] for key in keys]


def test_the_office_may_choose_somebody_who_did_not_tick_the_strategy(care: Care) -> None:
    MentorProfile.objects.all().delete()  # a new school: nobody has ticked anything
    need = care.approve(care.propose("XY"))
    (row,) = need.strategies.all()
    found = actions.propose_co_mentors(care.clerk)
    assert found.chosen == {}
    assert "可以在下面直接选一位老师" in found.obstacles[0]

    def choose(post: str | None) -> int:
        chosen = care.own.posts[post].pk if post else None
        return actions.choose_co_mentors({row.pk: chosen}, actor=care.clerk)

    assert refused(lambda: choose(None)) == "nobody_chosen"
    need.refresh_from_db()
    assert need.state == NeedState.APPROVED
    assert unread() == ["need-staff"]
    assert choose("second") == 1
    assert unread() == ["need-grant"]
    assert choose(None) == 0  # taken back
    assert unread() == []
    assert choose("second") == 1
    assert care.grant(Need.objects.get()) == 1
    assert unread() == []
    assert co(care.own.student) == {"XY": "T06"}


def test_family_is_never_given(care: Care) -> None:
    care.give_mentor(3)  # the adviser is the father of student 3
    need = care.approve(care.propose("SH", n=3, by="clerk"))
    (row,) = need.strategies.all()
    choice = {row.pk: care.own.posts["adviser"].pk}
    assert refused(lambda: actions.choose_co_mentors(choice, actor=care.clerk)) == "family"
    found = actions.propose_co_mentors(care.clerk)
    assert found.chosen == {}
    assert "王明甲（生活指导）" in found.obstacles[0]


def test_the_leader_approves_what_he_was_shown(care: Care) -> None:
    need = care.approve(care.propose("XY"))
    assert refused(lambda: actions.grant_co_mentors(need, seen=[], actor=care.leader)) == "nobody_suggested"
    (row,) = need.strategies.all()
    actions.choose_co_mentors({row.pk: care.own.posts["second"].pk}, actor=care.clerk)
    shown = [care.own.posts["second"].pk]
    actions.choose_co_mentors({row.pk: care.own.posts["grade_head"].pk}, actor=care.clerk)
    assert (
        refused(lambda: actions.grant_co_mentors(need, seen=shown, actor=care.leader)) == "suggestion_changed"
    )
    assert co(care.own.student) == {}


# The way from proposal to end


@pytest.mark.row("R48")
def test_one_primary_and_co_mentors_each_with_a_strategy_approved_by_a_leader(care: Care) -> None:
    need = care.propose("XY", "XL")
    assert need.state == NeedState.PROPOSED
    assert Notice.objects.filter(role=Role.LEADER, title__contains="等您批准").exists()
    care.approve(need)
    assert need.state == NeedState.APPROVED
    chosen = care.suggest_and_choose()
    key = care.own.student.pk
    assert chosen == {
        f"{key}:XL": "T06",
        f"{key}:XY": "T03",
    }  # T06 alone can do 心理疏导, so 学业 goes to T03
    need.refresh_from_db()
    assert (need.state, co(care.own.student)) == (
        NeedState.SEEKING,
        {},
    )  # nobody begins before the leader agrees
    assert care.grant(need) == 2
    need.refresh_from_db()
    assert need.state == NeedState.STAFFED
    assert co(care.own.student) == {"XL": "T06", "XY": "T03"}
    assert refused(lambda: care.grant(need)) == "nobody_suggested"  # the second click
    primary = Mentorship.objects.get(student=care.own.student, kind=Kind.PRIMARY, ends_on__isnull=True)
    assert primary.mentor == care.own.posts["mentor"]
    for post in ("second", "grade_head"):
        person = care.own.posts[post].person_id
        assert Notice.objects.filter(person=person, title__contains="协同导师").count() == 1
    names = [title for title in told(care.own.people["student"]) if "也会陪伴你" in title]
    assert len(names) == 1
    assert "周敏甲老师" in names[0]
    assert any("也会陪伴" in title for title in told(care.own.people["guardian"]))


@pytest.mark.parametrize(("by", "role"), [("adviser", Role.ADVISER), ("mentor", Role.MENTOR)])
def test_whoever_asked_reads_the_answer_under_the_hat_he_asked_in(care: Care, by: str, role: Role) -> None:
    """The class adviser mentors, too; his mentor's inbox is another one."""
    care.approve(care.propose(by=by))
    assert heard(care.own.people[by]) == [(role, "您为欧阳雨桐甲提出的多位导师申请批准了")]


def test_ending_the_need_ends_the_bonds_and_leaves_the_primary(care: Care) -> None:
    need = care.staffed()
    assert actions.end_need(need, actor=care.clerk) == 2
    assert told(care.own.people["second"]) == [
        "您对一名学生的协同指导结束了，谢谢您"
    ]  # and of the rest nothing more
    over = [title for title in told(care.own.people["student"]) if title.endswith("你的导师没有变")]
    assert len(over) == 2
    assert any("周敏甲老师" in title for title in over)
    assert co(care.own.student) == {}
    ended = Mentorship.objects.filter(kind=Kind.CO)
    assert {row.end_reason for row in ended} == {EndReason.NEED_OVER}
    assert Mentorship.objects.filter(
        student=care.own.student, kind=Kind.PRIMARY, ends_on__isnull=True
    ).exists()
    assert refused(lambda: actions.end_need(need, actor=care.clerk)) == "invalid_transition"


def test_a_need_is_reviewed_and_goes_on(care: Care) -> None:
    need = care.staffed("XY")
    Need.objects.filter(pk=need.pk).update(review_on=today())
    tasks.look_after_needs()
    assert Notice.objects.filter(role=Role.LEADER, title="1 项特需到了复核的日子").exists()
    assert queries.listed([Need.objects.get(pk=need.pk)])[0].due
    actions.renew_need(need, today() + LATER, actor=care.leader)
    assert not queries.listed([Need.objects.get(pk=need.pk)])[0].due
    actions.end_need(need, actor=care.clerk)
    assert refused(lambda: actions.renew_need(need, today() + LATER, actor=care.leader)) == "need_over"


def test_a_co_mentor_who_goes_opens_the_need_again(care: Care) -> None:
    need = care.staffed("XY")
    bond = Mentorship.objects.get(kind=Kind.CO)
    end(bond, on=today(), reason=EndReason.MENTOR_LEFT, actor=installer(), chain=str(care.own.school.pk))
    tasks.look_after_needs()
    need.refresh_from_db()
    assert need.state == NeedState.SEEKING
    assert [row.strategy for row in queries.unmet_in(care.own.school.pk)] == ["XY"]
    assert Notice.objects.filter(role=Role.CLERK, title__contains="空缺").exists()
    assert f"给{care.own.student}选协同导师" in titles(care.clerk)
    care.suggest_and_choose()
    assert f"给{care.own.student}选协同导师" not in titles(care.clerk)
    assert f"批准{care.own.student}的协同导师" in titles(care.leader)


def titles(actor: Actor) -> list[str]:
    return [due.title for due in agenda(actor)]


def test_a_student_who_leaves_takes_the_need_along(care: Care) -> None:
    need = care.staffed()
    people.change_state(care.own.student, StudentState.TRANSFERRED, on=today(), note="转学", actor=care.clerk)
    tasks.end_needs_of_gone()
    end_bonds_of_gone()
    need.refresh_from_db()
    assert need.state == NeedState.ENDED
    assert not Mentorship.objects.filter(student=care.own.student, ends_on__isnull=True).exists()


# The primary


@pytest.mark.row("R48")
def test_removing_the_primary_asks_to_promote_a_co_mentor(care: Care) -> None:
    need = care.staffed()
    student, posts = care.own.student, care.own.posts
    with pytest.raises(DomainError) as problem:
        actions.end_primary(student, actor=care.clerk)
    assert problem.value.code == "promote_or_replace"
    assert "周敏甲老师" in problem.value.message
    assert (
        refused(lambda: actions.end_primary(student, promote=posts["adviser"], actor=care.clerk))
        == "not_co_mentor"
    )
    assert (
        refused(lambda: actions.end_primary(student, successor=posts["mentor"], actor=care.clerk))
        == "same_mentor"
    )
    assert (
        refused(lambda: actions.end_primary(student, successor=posts["away"], actor=care.clerk))
        == "not_in_pool"
    )
    bond = actions.end_primary(student, promote=posts["second"], actor=care.clerk)
    assert (bond.mentor, bond.kind, bond.starts_on) == (posts["second"], Kind.PRIMARY, today())
    assert co(student) == {"XY": "T03"}
    places = dict(
        MentorPlaces.objects.values_list("staff__staff_no", "taken").filter(staff__school=care.own.school)
    )
    assert (places["T05"], places["T06"]) == (0, 1)
    need.refresh_from_db()
    assert need.state == NeedState.SEEKING  # 心理疏导 is open again
    assert [row.strategy for row in queries.unmet_in(care.own.school.pk)] == ["XL"]


def test_another_teacher_may_follow_and_the_co_mentors_stay(care: Care) -> None:
    care.staffed()
    old = Mentorship.objects.get(student=care.own.student, kind=Kind.PRIMARY)
    asked = changes.ask(old, wished=None, reason="", safety=False, actor=care.cast.actor("guardian"))
    actions.end_primary(care.own.student, successor=care.own.posts["adviser"], actor=care.clerk)
    assert co(care.own.student) == {"XL": "T06", "XY": "T03"}
    asked.refresh_from_db()
    assert asked.state == ChangeState.LAPSED
    assert HandOver.objects.get().successor == care.own.posts["adviser"]
    assert told(care.own.people["guardian"])[0] == "欧阳雨桐甲的导师调整：从今天起是班任甲老师"
    assert "导师调整：从今天起，您的 1 名学生由别的老师指导" in told(care.own.people["mentor"])
    without = care.own.students[1]
    assert (
        refused(lambda: actions.end_primary(without, successor=care.own.posts["second"], actor=care.clerk))
        == "no_primary"
    )


# Who knows


def test_who_reads_a_need(care: Care) -> None:
    need = care.staffed("SY")
    cast, own = care.cast, care.own
    bond = Mentorship.objects.get(student=own.student, kind=Kind.PRIMARY)
    cover([bond], own.posts["adviser"], on=today(), actor=installer(), chain=str(own.school.pk))

    def reads(name: str, role: Role | None = None) -> bool:
        return queries.need_for(cast.actor(name, role), need.pk) is not None

    assert {name for name in ("clerk", "leader", "mentor") if reads(name)} == {"clerk", "leader", "mentor"}
    assert reads("grade_head", Role.MENTOR)  # the co-mentor, under that hat
    assert not reads("adviser", Role.MENTOR)  # looks after him for a time, and reads nothing
    for name in (
        "grade_head",
        "adviser",
        "worker",
        "student",
        "guardian",
        "city",
        "county",
        "other_clerk",
        "other_mentor",
    ):
        assert not reads(name), name
    actions.end_need(need, actor=care.clerk)
    assert not reads("mentor")


def test_neither_log_nor_notice_tells_the_category(care: Care) -> None:
    care.staffed()
    told = " ".join(Notice.objects.values_list("title", flat=True))
    kept = " ".join(str(row.detail) for row in Entry.objects.filter(type__startswith="need."))
    assert "留守" not in told + kept
    assert "left" not in kept


# The engine


def teacher(no: str, strategies: str, free: int = 1) -> CoTeacher:
    person = SimpleNamespace(name=f"师{no}")
    staff = SimpleNamespace(pk=f"pk-{no}", staff_no=no, person=person)
    return CoTeacher(staff, frozenset(strategies.split()), free)  # type: ignore[arg-type]


def line(number: int, student: str, strategy: str) -> Any:
    class Row:
        pk = UUID(int=number)
        need = SimpleNamespace(student_id=student, student=f"生{student}")

        def __str__(self) -> str:
            return str(Strategy(strategy).label)

    row = Row()
    row.strategy = strategy  # type: ignore[attr-defined]
    return row


def ask(lines: list[Any], teachers: list[CoTeacher], banned: dict[Any, set[Any]] | None = None) -> Any:
    return suggest(lines, teachers, banned=banned or {}, near={}, seed="s")


@pytest.mark.row("R48")
def test_the_hall_set_is_named_and_the_others_are_served() -> None:
    teachers = [teacher("T1", "XL", 2), teacher("T2", "XY", 3)]
    lines = [line(n, f"S{n}", "XL") for n in range(3)] + [line(9, "S9", "XY")]
    found = ask(lines, teachers)
    (sentence,) = found.obstacles
    for name in ("生S0（心理疏导）", "生S1（心理疏导）", "生S2（心理疏导）"):
        assert name in sentence
    assert "还能带 2 名，还差 1 名" in sentence
    assert "S9" not in sentence
    assert list(found.chosen.values()) == ["pk-T2"]


def test_one_teacher_never_serves_a_student_twice_though_a_flow_would() -> None:
    teachers = [teacher("T1", "XL XY", 5), teacher("T2", "XL", 1)]
    found = ask([line(1, "S1", "XL"), line(2, "S1", "XY")], teachers)
    assert sorted(found.chosen.values()) == ["pk-T1", "pk-T2"]
    impossible = ask([line(1, "S1", "XL"), line(2, "S1", "XY")], [teacher("T1", "XL XY", 5)])
    assert impossible.obstacles
    assert len(impossible.chosen) < 2


def every_way(lines: list[Any], teachers: list[CoTeacher], banned: dict[Any, set[Any]]) -> bool:
    """Brute force: can all rows be covered?"""
    for given in product(teachers, repeat=len(lines)):
        pairs = list(zip(lines, given, strict=True))
        fits = all(
            row.strategy in each.strategies and each.staff.pk not in banned.get(row.need.student_id, set())
            for row, each in pairs
        )
        loads = all(sum(each is one for one in given) <= each.free for each in teachers)
        once = len({(row.need.student_id, each.staff.pk) for row, each in pairs}) == len(pairs)
        if fits and loads and once:
            return True
    return False


@pytest.mark.parametrize("seed", range(60))
def test_all_are_covered_exactly_when_brute_force_can(seed: int) -> None:
    dice = random.Random(seed)
    codes = list(Strategy.values)
    teachers = [
        teacher(f"T{n}", " ".join(dice.sample(codes, dice.randint(1, 3))), dice.randint(0, 2))
        for n in range(4)
    ]
    lines = []
    for who in range(3):
        for code in dice.sample(codes, dice.randint(1, 2)):
            lines.append(line(len(lines), f"S{who}", code))
    banned = {f"S{n}": {f"pk-T{dice.randrange(4)}"} for n in range(2)}
    found = ask(lines, teachers, banned)
    assert (found.obstacles == ()) == every_way(lines, teachers, banned)
    served = {row.pk: row for row in lines}
    for key, staff in found.chosen.items():
        row, who = served[key], next(each for each in teachers if each.staff.pk == staff)
        assert row.strategy in who.strategies
        assert staff not in banned.get(row.need.student_id, set())
    assert len({(served[key].need.student_id, staff) for key, staff in found.chosen.items()}) == len(
        found.chosen
    )
    if found.obstacles == ():
        assert found.chosen.keys() == served.keys()


# Rivals


@pytest.mark.django_db(transaction=True)
@pytest.mark.row("R48")
def test_two_leaders_want_the_last_place_of_one_co_mentor() -> None:
    with transaction.atomic():
        care = Care(build())
        own, chain = care.own, str(care.own.school.pk)
        second = own.posts["second"]
        for n in range(MAX_CO_MENTEES - 1):
            who = student(own.school, own.class_2, f"协同{n}", 700 + n, since=own.year.starts_on)
            own.students.append(who)
            care.give_mentor(len(own.students) - 1)
            begin_co(who, second, Strategy.XL, on=today(), actor=installer(), chain=chain)
        care.give_mentor(1)
        wanted = [care.approve(care.propose("XL", n=n, by="clerk")) for n in (0, 1)]
        for need in wanted:
            (row,) = need.strategies.all()
            actions.choose_co_mentors({row.pk: second.pk}, actor=care.clerk)
    deeds = [
        lambda need=need: actions.grant_co_mentors(need, seen=[second.pk], actor=care.leader)
        for need in wanted
    ]
    assert at_once(deeds) == {"done": 1, "co_load": 1}
    assert (
        Mentorship.objects.filter(mentor=second, kind=Kind.CO, ends_on__isnull=True).count() == MAX_CO_MENTEES
    )
    assert Staff.objects.get(pk=second.pk) == second
