"""Rows about people are handed out by a rule or for a reason; sealed texts open for whom a rule hands them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.test import Client

from liangshi.foundation.base import guard
from liangshi.foundation.base.guard import NotSeen, as_system, closed, hand_out
from liangshi.foundation.base.sealed import Sealed
from liangshi.practice.growth.policy import GOAL_WRITE
from liangshi.practice.talks.models import Talk, TalkStudent
from liangshi.practice.talks.policy import TALK_READ
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STUDENT_READ
from liangshi.registry.people.models import Club, Student
from liangshi.registry.schools.models import ClassGroup, School
from tests.architecture.tree import CODE
from tests.cast import Cast
from tests.practice.talks.desk import Desk

ASKING: dict[str, Callable[[], object]] = {
    "list": lambda: list(Talk.objects.all()),
    "first": Talk.objects.first,
    "get": Talk.objects.get,
    "count": Talk.objects.count,
    "exists": lambda: Talk.objects.filter(level=1).exists(),
    "values": lambda: list(Talk.objects.values_list("day")),
    "iterator": lambda: list(Talk.objects.iterator()),
    "aggregate": lambda: Talk.objects.aggregate(n=guard.models.Count("pk")),
    "update": lambda: Talk.objects.update(level=0),
    "delete": lambda: TalkStudent.objects.all().delete(),
    "either": lambda: list(Talk.objects.as_system("half of it") | Talk.objects.all()),
    "in bulk": Talk.objects.in_bulk,
    "len": lambda: len(Talk.objects.order_by("day")),
}


@pytest.mark.parametrize("asking", ASKING.values(), ids=ASKING)
def test_what_nobody_handed_out_raises_however_it_is_asked_for(
    desk: Desk, asking: Callable[[], object]
) -> None:
    desk.talk(0)
    with closed(), pytest.raises(NotSeen, match=r"talks\.Talk"):
        asking()
    with closed(), as_system("a test"):
        asking()


def test_children_and_prefetches_of_a_row_are_no_way_round(desk: Desk) -> None:
    talk = desk.talk(0)
    with closed():
        with pytest.raises(NotSeen):
            list(talk.students.all())
        with pytest.raises(NotSeen):
            list(desk.student(0).talks.all())
        with pytest.raises(NotSeen):
            list(Talk.objects.seen_by(desk.mentor, TALK_READ).prefetch_related("students"))


def test_a_rule_hands_out_its_rows_and_what_hangs_on_them(desk: Desk, cast: Cast) -> None:
    talk = desk.talk(0)
    with closed():
        assert list(Talk.objects.seen_by(desk.mentor, TALK_READ)) == [talk]
        assert not Talk.objects.seen_by(cast.actor("second", Role.MENTOR), TALK_READ).exists()
        mine = Talk.objects.seen_by(desk.mentor, TALK_READ).filter(level=talk.level)
        assert TalkStudent.objects.of(talk=mine).count() == 1
        with pytest.raises(NotSeen, match=r"TalkStudent\.talk"):
            TalkStudent.objects.of(talk=Talk.objects.all())
        assert Student.objects.seen_by(desk.mentor, GOAL_WRITE).exists()


def test_what_hangs_on_a_row_in_hand_is_handed_out_with_it(desk: Desk) -> None:
    """On one row, on several, and on what was joined to it in the same question; not on a row from elsewhere."""
    held = desk.talk(0)
    with closed():
        talk = Talk.objects.seen_by(desk.mentor, TALK_READ).select_related("author").get()
        assert TalkStudent.objects.of(talk=talk).count() == TalkStudent.objects.of(talk=[talk]).count() == 1
        assert list(Talk.objects.of(author=talk.author)) == [talk]
        assert not Talk.objects.of(author=[]).exists()
        loose = Talk.objects.seen_by(desk.mentor, TALK_READ).get()
        for rows in (held, [talk, held], loose.author):
            with pytest.raises(NotSeen, match=r"TalkStudent\.talk"):
                TalkStudent.objects.of(talk=rows)


def test_a_child_keeps_the_row_that_it_was_asked_of(desk: Desk, django_assert_num_queries: Any) -> None:
    desk.talk(0)
    with closed():
        talk = Talk.objects.seen_by(desk.mentor, TALK_READ).get()
        with django_assert_num_queries(1):
            (named,) = TalkStudent.objects.of(talk=talk)
            assert named.talk is talk
        assert TalkStudent.objects.of(student__talks=named).get() == named


def test_what_was_read_for_a_reason_hands_out_nothing_beyond_it(desk: Desk) -> None:
    desk.talk(0)
    with closed():
        with as_system("a test"):
            read = Talk.objects.get()
            assert TalkStudent.objects.of(talk=read).count() == 1
            later = TalkStudent.objects.of(talk=read)
        with pytest.raises(NotSeen):
            later.count()
        with pytest.raises(NotSeen, match=r"TalkStudent\.talk"):
            TalkStudent.objects.of(talk=read)


def test_a_reason_has_words_and_ends_with_its_block(desk: Desk) -> None:
    desk.talk(0)
    with pytest.raises(ValueError, match="say why"):
        Talk.objects.as_system("")
    with closed():
        with as_system("for a moment"):
            assert Talk.objects.exists()
        with pytest.raises(NotSeen):
            Talk.objects.exists()


@contextmanager
def openings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The columns whose texts are opened in the block."""
    opened: list[str] = []
    real = Sealed.open

    def spy(self: Sealed) -> str:
        opened.append(self.label)
        return real(self)

    monkeypatch.setattr(Sealed, "open", spy)
    yield opened
    monkeypatch.undo()


def test_a_sealed_text_opens_for_whom_a_rule_hands_it_out(desk: Desk) -> None:
    desk.talk(0, gist="他爱画画", place="画室")
    with closed():
        row = Talk.objects.seen_by(desk.mentor, TALK_READ).get()
        with pytest.raises(NotSeen, match="gist"):
            _ = row.gist
        assert hand_out(row, "gist").gist == "他爱画画"
        row.refresh_from_db()  # carries sealed what it carried sealed
        with pytest.raises(NotSeen, match="place"):
            _ = row.place


def test_a_list_of_talks_opens_nothing(
    desk: Desk, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 talks on a page that promises no word of their text: 0 texts are opened, where it used to be 101."""
    for number in range(20):
        desk.talk(0, gist=f"谈话 {number}", agreed="再谈", place="操场")
    client = sign_in("mentor")
    with openings(monkeypatch) as opened:
        assert client.get("/talks/").status_code == 200
    assert opened == []
    with openings(monkeypatch) as opened:
        page = client.get(f"/talks/{Talk.objects.first().pk}")  # type: ignore[union-attr]
    assert page.status_code == 200
    assert sorted(set(opened)) == ["talks_talk.agreed", "talks_talk.gist", "talks_talk.place"]


def test_an_unopened_text_is_saved_as_it_lies(desk: Desk) -> None:
    talk = desk.talk(0, gist="原来的话")

    def lying() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT gist FROM talks_talk")
            return str(cursor.fetchone()[0])

    before = lying()
    with closed(), as_system("it is saved again"):
        row = Talk.objects.get(pk=talk.pk)
        row.save()
    assert lying() == before


def test_no_combination_opens_what_one_of_its_parts_keeps_shut(desk: Desk) -> None:
    desk.talk(0)
    with closed():
        mine, all_of_them = Talk.objects.seen_by(desk.mentor, TALK_READ).order_by(), Talk.objects.order_by()
        for rows in (mine | all_of_them, mine & all_of_them, mine ^ all_of_them, mine.union(all_of_them)):
            with pytest.raises(NotSeen):
                list(rows)
        for way in (
            lambda: Talk.objects.raw("SELECT * FROM talks_talk"),
            lambda: Talk.objects.all().explain(),
        ):
            with pytest.raises(NotSeen):
                way()
        with pytest.raises(ValueError, match="of what"):
            Talk.objects.of()
        assert list(mine.union(mine)) == list(mine)


def test_a_row_of_a_school_does_not_hand_out_the_school(desk: Desk) -> None:
    """What was joined is in hand if it is about people; else a pupil would lead to everybody at his school."""
    desk.talk(0)
    with closed():
        talk = Talk.objects.seen_by(desk.mentor, TALK_READ).select_related("school").get()
        with pytest.raises(NotSeen, match=r"Talk\.school"):
            Talk.objects.of(school=talk.school)


def pupils() -> Any:
    return Student.objects.filter(person__name__contains="芳")


ROUND: dict[str, Callable[[], object]] = {
    "values": lambda: list(School.objects.values_list("staff__person__name")),
    "filter": lambda: School.objects.filter(students__person__name__contains="芳").exists(),
    "exclude": lambda: School.objects.exclude(students__person__name__contains="芳").count(),
    "count": lambda: list(School.objects.annotate(n=Count("students"))),
    "aggregate": lambda: School.objects.aggregate(n=Count("staff")),
    "of a class": lambda: list(ClassGroup.objects.values("enrolments__student__person__name")),
    "in": lambda: School.objects.filter(pk__in=pupils().values("school")).exists(),
    "exists": lambda: School.objects.filter(Exists(pupils().filter(school=OuterRef("pk")))).count(),
    "subquery": lambda: list(School.objects.annotate(x=Subquery(pupils().values("school_no")[:1]))),
    "twice": lambda: ClassGroup.objects.filter(
        cohort__school__in=School.objects.filter(students__school_no="1")
    ).count(),
    "order": lambda: list(School.objects.order_by("students__school_no").values("pk")),
    "by a rule for schools": lambda: list(
        School.objects.seen_by(ROOT, AnySchool()).values("staff__staff_no")
    ),
}


class AnySchool:
    def rows(self, actor: object) -> Q:
        return Q()


ROOT = object()


@pytest.mark.parametrize("asking", ROUND.values(), ids=ROUND)
def test_a_plain_table_is_no_way_round_to_people(cast: Cast, asking: Callable[[], object]) -> None:
    with closed(), pytest.raises(NotSeen, match=r"people\.\w+ through schools\.\w+"):
        asking()
    with closed(), as_system("a test"):
        asking()


def test_what_a_rule_hands_out_may_choose_among_plain_rows(cast: Cast) -> None:
    clerk = cast.actor("clerk")
    with closed():
        mine = Student.objects.seen_by(clerk, STUDENT_READ)
        assert list(School.objects.filter(pk__in=mine.values("school"))) == [cast.own.school]
        assert School.objects.filter(Exists(mine.filter(school=OuterRef("pk")))).count() == 1
        counted = School.objects.as_system("how large schools are").annotate(n=Count("students"))
        assert {row.n for row in counted} == {6}
        assert ClassGroup.objects.filter(cohort__school=cast.own.school).count() == 2
        assert list(Club.objects.values_list("adviser__person__name")) == [], "where a plain row points to"


# What hands out rows without a queryset of ours: bulk writes, compare-and-set, catalogues, the rows of the log, and what a
# migration seals.
BELOW = ("_base_manager", "RawSQL", ".extra(", ".raw(", "connection.cursor(", "connection.execute(")
MAY = {
    "foundation/base/guard.py", "foundation/base/spans.py", "foundation/base/workflow.py", "foundation/jobs.py",
    "foundation/base/city/makers.py", "foundation/base/city/rows.py", "foundation/base/postgresql/base.py",
    "foundation/base/postgresql/policies.py", "foundation/records/writing.py", "registry/access/drafts.py",
    "portal/demo/actions.py", "foundation/base/triggers.py", "foundation/audit/storage.py",
    "foundation/base/sealing.py",
}  # fmt: skip


def test_nothing_goes_below_the_guard_but_what_stands_here() -> None:
    found = {
        str(file.relative_to(CODE))
        for file in CODE.rglob("*.py")
        if any(word in file.read_text(encoding="utf-8") for word in BELOW)
    }
    assert found == MAY


# Plain rows, and why nobody has to be let in to read them.
LOGIN = "asked by the login alone, by what was typed"
SCHOOL_FACT = "tells of a school, not of a person"
PROGRAM = "the program's own"
PLAIN = {
    "accounts.Account": LOGIN,
    "accounts.ActivationCode": LOGIN,
    "accounts.Device": LOGIN,
    "accounts.FailedTry": LOGIN,
    "audit.Chain": PROGRAM,
    "audit.Entry": "append-only, asked by the log's own queries with the chain or the student",
    **dict.fromkeys(("base.FormTime", "base.ScheduledRun", "base.WorkerBeat"), PROGRAM),
    **dict.fromkeys(("schools.Bureau", "schools.School", "schools.SchoolYear", "schools.Term"), SCHOOL_FACT),
    **dict.fromkeys(("schools.CalendarEvent", "schools.CompulsoryField", "schools.Cohort"), SCHOOL_FACT),
    **dict.fromkeys(("schools.ClassGroup", "people.Club", "plans.Policy", "burden.BurdenCap"), SCHOOL_FACT),
    **dict.fromkeys(("matching.Programme", "matching.Round", "growth.SubjectWindow"), SCHOOL_FACT),
}


def test_a_table_is_about_people_unless_it_is_named_here() -> None:
    ours = [each for each in apps.get_models() if each.__module__.startswith("liangshi.")]
    assert {each._meta.label for each in ours if not getattr(each, "personal", False)} == PLAIN.keys()
