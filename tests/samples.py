"""What the matrix puts into the addresses: for a resource (or one route) the keys to try in a school, each with
the key of the row that decides whether a reader reaches it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.notices.actions import tell_people
from liangshi.foundation.notices.models import Notice
from liangshi.portal.agenda.actions import make_feed
from liangshi.practice.growth.models import Goal, Shine
from liangshi.practice.matching.actions import create_programme
from liangshi.practice.matching.choices import Mode as RoundMode
from liangshi.practice.matching.choices import MoveReason, ProgrammeKind, RoundState, RunState
from liangshi.practice.matching.models import Round, RoundStudent, Run
from liangshi.practice.needs.models import Need
from liangshi.practice.relations.choices import ChangeState
from liangshi.practice.relations.models import Absence, ChangeRequest, HandOver
from liangshi.practice.rollover.models import Rollover
from liangshi.practice.rosters.actions.jobs import upload
from liangshi.practice.rosters.models import ImportJob
from liangshi.practice.talks.choices import EventState, Family, FollowUpKind, Happening, Mode
from liangshi.practice.talks.models import Activity, LifeEvent, ScratchNote, Talk, TalkDraft, Unmet
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.mentorships.actions import Pair, begin
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Student
from liangshi.registry.schools.choices import Strategy
from tests.cast import Troupe

Sample = Callable[[Troupe], list[tuple[dict[str, Any], Any]]]


def _rows(*rows: Any) -> list[tuple[dict[str, Any], Any]]:
    return [({"pk": row.pk}, row.pk) for row in rows]


def _notices(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    tell_people([troupe.people["mentor"].pk], title="结果已公布", url="/")
    return _rows(Notice.objects.filter(person=troupe.people["mentor"].pk).first())


def _clerk(troupe: Troupe) -> Actor:
    clerk = troupe.people["clerk"]
    hat = next(hat for hat in hats_of(clerk, today()) if hat.role == Role.CLERK)
    return Actor(clerk.account.pk, clerk.pk, clerk.name, hat)


def _round(troupe: Troupe) -> Round:
    """A round of the school that students are filling in; the student who has a mentor takes part too."""
    found = Round.objects.filter(school=troupe.school, mode=RoundMode.WISHES).first()
    if found:
        return found
    made = create_programme(
        actor=_clerk(troupe),
        title="高一选导师",
        cohorts=[troupe.cohort],
        closes_at=now() + dt.timedelta(days=7),
    )
    RoundStudent.objects.create(round=made, student=troupe.student, number=99)
    Round.objects.filter(pk=made.pk).update(state=RoundState.OPEN)
    made.refresh_from_db()
    return made


def _wishes(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    return [({"pk": _round(troupe).pk}, troupe.student.pk)]


def _run(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    row = _round(troupe)
    if not row.runs.exists():
        Run.objects.create(round=row, state=RunState.DONE, aim=row.aim)
        Round.objects.filter(pk=row.pk).update(state=RoundState.PROPOSED)
    return _rows(row)


def _programme(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    return _rows(_round(troupe).programme)


def _result(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    _run(troupe)
    return _programme(troupe)


def _asking(troupe: Troupe, mode: RoundMode) -> Round:
    """A round of the school that asks its mentors, or its students in another way, now."""
    found = Round.objects.filter(school=troupe.school, mode=mode).first()
    if found:
        return found
    made = create_programme(
        actor=_clerk(troupe),
        title=f"高一{mode.label}",
        cohorts=[troupe.cohort],
        closes_at=now() + dt.timedelta(days=7),
        mode=mode,
        kind=ProgrammeKind.REVIEW,
    )
    asks = {"state": RoundState.ANSWERING, "answers_until": now() + dt.timedelta(days=7)}
    state = asks if mode == RoundMode.TWO_SIDED else {"state": RoundState.OPEN, "opened_at": now()}
    Round.objects.filter(pk=made.pk).update(**state)
    made.refresh_from_db()
    return made


def _answers(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    row = _asking(troupe, RoundMode.TWO_SIDED)
    return [({"pk": row.pk}, troupe.posts["mentor"].pk)]


def _of_mode(mode: RoundMode) -> Sample:
    return lambda troupe: [({"pk": _asking(troupe, mode).pk}, troupe.student.pk)]


def _with_each(name: str, key: str) -> Sample:
    """Addresses of a round that name one of its students or mentors too."""

    def sample(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
        row = _round(troupe)
        return [({"pk": row.pk, name: getattr(row, key).first().pk}, row.pk)]

    return sample


def _placed(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    """A student of the round's proposal."""
    ((_, key),) = _run(troupe)
    row, run = Round.objects.get(pk=key), Run.objects.get(round=key)
    if not run.placements.exists():
        run.placements.create(round_student=row.students.first(), mentor=row.mentors.first(), reason="—")
    return [({"pk": key, "student": run.placements.get().round_student_id}, key)]


def _moved(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    ((keys, key),) = _placed(troupe)
    run = Run.objects.get(round=key)
    if not run.moves.exists():
        held, given = run.round.mentors.all()[:2]
        run.moves.create(
            seq=1,
            round_student_id=keys["student"],
            held=held,
            given=given,
            reason=MoveReason.LODGING,
            sentence="—",
            by=troupe.people["clerk"],
        )
    return [({"pk": key, "move": run.moves.get().pk}, key)]


def _import(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    found = ImportJob.objects.filter(school=troupe.school).first()
    if found is None:
        file = "姓名,性别,学号,班级\n新生,女,000901,高一(1)班\n".encode()
        year = troupe.year.start_year
        actor = _clerk(troupe)
        found = upload(
            troupe.school, file, "新生.csv", kind="students", year_start=year, by=actor.person_id, actor=actor
        )
    return _rows(found)


def _guardian(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    return [({"pk": troupe.student.guardian_links.first().pk}, troupe.student.pk)]


def _exception(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    mentor, leader = troupe.posts["mentor"], troupe.people["leader"]
    found = mentor.ratio_exceptions.first() or mentor.ratio_exceptions.create(
        extra=1, reason="同组老师产假", until=today() + dt.timedelta(days=30), allowed_by=leader
    )
    return _rows(found)


def _calendar(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    day = troupe.year.starts_on + dt.timedelta(days=70)
    found = troupe.year.events.first() or troupe.year.events.create(
        kind="midterm", title="期中考试", starts_on=day, last_on=day
    )
    return [({"pk": troupe.year.pk, "event": found.pk}, troupe.year.pk)]


def _goal(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    """A goal of the student with a mentor; one address names it with somebody else's student."""
    who = troupe.student
    found = Goal.objects.filter(student=who).first() or Goal.objects.create(
        student=who, term=troupe.year.terms.order_by("opens_on")[0], strategy="XY", text="每天读半小时书",
        owner="student", review_on=today() + dt.timedelta(30), seat=1, set_by=who.person,
    )  # fmt: skip
    return [({"pk": who.pk, "goal": found.pk}, who.pk)]


def _shine(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    """A shining moment that the mentor wrote down: his alone to take back."""
    author = troupe.posts["mentor"]
    found = Shine.objects.filter(author=author.person).first() or Shine.objects.create(
        student=troupe.student, author=author.person, text="主动扶起摔倒的同学", virtue="moral", on=today()
    )
    return [({"pk": found.pk}, author.pk)]


def _career(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    who = troupe.student
    found = who.career_activities.first() or who.career_activities.create(on=today(), title="参观船厂")
    return [({"pk": found.pk}, who.pk)]


def _talk(troupe: Troupe) -> Talk:
    """A talk of the mentor with his student that the student's family may read."""
    found = Talk.objects.filter(author=troupe.posts["mentor"]).first()
    if found:
        return found
    return _talk_of(troupe, "mentor", troupe.student)


def _talk_of(troupe: Troupe, post: str, student: Student) -> Talk:
    made = Talk.objects.create(
        school=troupe.school,
        author=troupe.posts[post],
        day=today(),
        mode=Mode.FACE,
        level=0,
        family=Family.NEEDED,
        key=uuid.uuid4(),
    )
    made.students.create(student=student)
    made.tags.create(code=Strategy.XY)
    return made


def _talks(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    """One with the mentor's student, one of a colleague with another."""
    far = troupe.students[5]
    other = Talk.objects.filter(students__student=far).first() or _talk_of(troupe, "second", far)
    return [({"pk": _talk(troupe).pk}, troupe.student.pk), ({"pk": other.pk}, far.pk)]


def _of_mentor(row: Any, troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    return [({"pk": row.pk}, troupe.posts["mentor"].pk)]


def _follow_up(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    talk, owner = _talk(troupe), troupe.people["mentor"]
    found = talk.follow_ups.first() or talk.follow_ups.create(
        kind=FollowUpKind.FAMILY, owner=owner, due_on=today()
    )
    return _of_mentor(found, troupe)


def _draft(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    key = uuid.uuid5(troupe.school.pk, "draft")
    TalkDraft.objects.get_or_create(author=troupe.posts["mentor"], key=key, defaults={"typed": "{}"})
    return [({"pk": key}, troupe.posts["mentor"].pk)]


def _note(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    about = {"author": troupe.posts["mentor"], "student": troupe.student}
    found = ScratchNote.objects.filter(**about).first() or ScratchNote.objects.create(text="记得问", **about)
    return _of_mentor(found, troupe)


def _activity(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    owner = troupe.posts["mentor"]
    found = Activity.objects.filter(owner=owner).first()
    if found is None:
        found = Activity.objects.create(
            school=troupe.school, owner=owner, name="读书会", day=today(), key=uuid.uuid4()
        )
        found.students.create(student=troupe.student)
    return _of_mentor(found, troupe)


def _events(troupe: Troupe) -> list[LifeEvent]:
    """One of the mentor's student, led by the colleague who has no other hat; one of another student."""
    if not LifeEvent.objects.filter(school=troupe.school).exists():
        for student, lead in ((troupe.student, troupe.posts["worker"]), (troupe.students[5], None)):
            LifeEvent.objects.create(
                school=troupe.school,
                student=student,
                kind=Happening.ILLNESS,
                state=EventState.LED if lead else EventState.REPORTED,
                reported_by=troupe.people["guardian"],
                reported_on=today(),
                lead=lead,
                lead_on=today() if lead else None,
                key=uuid.uuid4(),
            )
    return list(LifeEvent.objects.filter(school=troupe.school).order_by("-lead"))


def _event(**more: Any) -> Sample:
    return lambda troupe: [({"pk": row.pk, **more}, row.student_id) for row in _events(troupe)]


def _unmet(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    """The mentor's student has asked the school, and does not want the mentor to know."""
    who = troupe.student
    found = who.unmet.first() or Unmet.objects.create(
        student=who, mentorship=who.mentorships.filter(ends_on__isnull=True).first(), due_on=today()
    )
    return [({"pk": found.pk}, who.pk)]


def _bond(troupe: Troupe, number: int) -> Mentorship:
    """The present relation of a student: that of the cast begins today, the next one is begun for him."""
    student = troupe.students[number]
    if number and not student.mentorships.exists():
        begin(
            [Pair(student.pk, troupe.posts["second"].pk, today())],
            origin=Origin.ASSIGNED,
            actor=_clerk(troupe),
            chain=str(troupe.school.pk),
        )
    student.mentorships.filter(ends_on__isnull=True).update(starts_on=today())
    return student.mentorships.get(ends_on__isnull=True, kind="primary")


def _bonds(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    return [({"pk": row.student_id}, row.student_id) for row in (_bond(troupe, 0), _bond(troupe, 1))]


def _meetings(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    return [({"pk": row.pk}, row.student_id) for row in (_bond(troupe, 0), _bond(troupe, 1))]


def _change(troupe: Troupe, number: int, **fields: Any) -> ChangeRequest:
    student = troupe.students[number]
    return ChangeRequest.objects.get_or_create(
        mentorship=_bond(troupe, number),
        asker="student",
        asked_by=student.person,
        year_start=troupe.year.start_year,
        defaults=fields,
    )[0]


def _offers(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    mentor = troupe.posts["mentor"]
    return [
        ({"pk": _change(troupe, 1, target=mentor, state=ChangeState.AGREED, answer_by=today()).pk}, mentor.pk)
    ]


def _absence(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    _bond(troupe, 1)
    return _rows(
        Absence.objects.get_or_create(
            staff=troupe.posts["second"],
            kind="sick",
            state="waiting",
            starts_on=today(),
            registered_by=troupe.people["clerk"],
        )[0]
    )


def _letter(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    ended = Mentorship.objects.get_or_create(
        student=troupe.student,
        mentor=troupe.posts["second"],
        origin=Origin.ROUND,
        starts_on=troupe.year.terms.earliest("opens_on").opens_on,
        ends_on=today(),
    )[0]
    letter = HandOver.objects.get_or_create(ended=ended, successor=troupe.posts["mentor"])[0]
    return [({"pk": letter.pk}, frozenset({"clerk", "mentor", "student"}))]


def _need(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    found = Need.objects.filter(student=troupe.student).first() or Need.objects.create(
        student=troupe.student,
        category="left",
        review_on=today() + dt.timedelta(days=90),
        proposed_by=troupe.people["adviser"],
    )
    return [({"pk": found.pk}, troupe.student.pk)]


def _rollover(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    found = Rollover.objects.filter(year=troupe.year).first() or Rollover.objects.create(
        year=troupe.year,
        graduated_on=today(),
        report={"graduates": 0, "bonds": 0},
        journal={"rows": [], "places": {}},
        run_at=now(),
        run_by=troupe.people["leader"],
    )
    return _rows(found)


SAMPLES: dict[str, Sample] = {
    "agenda:feed": lambda troupe: [({"token": make_feed(_clerk(troupe))}, troupe.school.pk)],
    "bond": _bonds,
    "change": lambda troupe: [({"pk": _change(troupe, 0).pk}, frozenset({"clerk"}))],
    "offer": _offers,
    "absence": _absence,
    "hand_over": _letter,
    "relations:meeting": _meetings,
    "need": _need,
    "year": lambda troupe: _rows(troupe.year),
    "rollover": _rollover,
    "school": lambda troupe: _rows(troupe.school),
    "student": lambda troupe: _rows(troupe.students[0], troupe.students[1], troupe.students[5]),
    "staff": lambda troupe: _rows(troupe.posts["adviser"], troupe.posts["mentor"], troupe.posts["second"]),
    "round": lambda troupe: _rows(_round(troupe)),
    "wish": _wishes,
    "answer": _answers,
    "rounds:my_club": _of_mode(RoundMode.CLUBS),
    "rounds:my_keep": _of_mode(RoundMode.CONTINUE),
    **dict.fromkeys(
        (
            "rounds:programme",
            "rounds:add_round",
            "rounds:abort",
            "rounds:publish",
            "rounds:released",
            "rounds:left",
        ),
        _programme,
    ),
    "rounds:outcome": _result,
    "rounds:outcome_loads": _result,
    "rounds:result": _run,
    "rounds:loads": _run,
    "rounds:quota": _with_each("mentor", "mentors"),
    "rounds:drop": _with_each("student", "students"),
    "rounds:choose_aim": lambda troupe: [({"pk": _round(troupe).pk, "aim": "greedy"}, _round(troupe).pk)],
    "rounds:correct": _with_each("student", "students"),
    "rounds:move": _placed,
    "rounds:undo": _moved,
    "dossier:contact": lambda troupe: [
        ({"pk": troupe.student.pk, "link": troupe.student.guardian_links.first().pk}, troupe.student.pk)
    ],
    "dashboards:bureau_grants": lambda troupe: _rows(troupe.school.bureau),
    "dashboards:revoke": lambda troupe: _rows(troupe.people["clerk"].grants.first()),
    "dashboards:year": lambda troupe: _rows(troupe.year),
    "dashboards:term": lambda troupe: [({"pk": troupe.year.pk, "seq": 1}, troupe.year.pk)],
    "dashboards:event_new": lambda troupe: _rows(troupe.year),
    "dashboards:event": _calendar,
    "dashboards:event_withdraw": _calendar,
    "dashboards:year_close": lambda troupe: _rows(troupe.year),
    "dashboards:year_reopen": lambda troupe: _rows(troupe.year),
    "import": _import,
    "rosters:guardian_slip": _guardian,
    "rosters:guardian_end": _guardian,
    "rosters:guardian_restrict": _guardian,
    "rosters:exception_void": _exception,
    "home:notice": _notices,
    "cohort": lambda troupe: _rows(troupe.cohort),
    "growth:goal_close": _goal,
    "growth:shine_void": _shine,
    "growth:activity_remove": _career,
    "talk": _talks,
    "own_talk": _talks,
    "followup": _follow_up,
    "note": _note,
    "talks:draft_drop": _draft,
    "activity": _activity,
    "event": _event(),
    "unmet": _unmet,
    "talks:event_move": _event(step="accept"),
    "class": lambda troupe: _rows(troupe.class_1, troupe.class_2),
}
