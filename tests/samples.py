"""What the matrix puts into the addresses: for a resource (or one route) the keys to try in a school, each with
the key of the row that decides whether a reader reaches it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.notices.actions import tell_people
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions import create_round
from liangshi.practice.matching.choices import RoundState, RunState
from liangshi.practice.matching.models import Round, RoundStudent, Run
from liangshi.practice.relations.models import Need, Rollover
from liangshi.practice.rosters.actions.jobs import upload
from liangshi.practice.rosters.models import ImportJob
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
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
    found = Round.objects.filter(school=troupe.school).first()
    if found:
        return found
    made = create_round(
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


def _with_each(name: str, key: str) -> Sample:
    """Addresses of a round that name one of its students or mentors too."""

    def sample(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
        row = _round(troupe)
        return [({"pk": row.pk, name: getattr(row, key).first().pk}, row.pk)]

    return sample


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
    "need": _need,
    "year": lambda troupe: _rows(troupe.year),
    "rollover": _rollover,
    "school": lambda troupe: _rows(troupe.school),
    "student": lambda troupe: _rows(troupe.students[0], troupe.students[1], troupe.students[5]),
    "staff": lambda troupe: _rows(troupe.posts["adviser"], troupe.posts["mentor"], troupe.posts["second"]),
    "round": lambda troupe: _rows(_round(troupe)),
    "wish": _wishes,
    "rounds:result": _run,
    "rounds:loads": _run,
    "rounds:quota": _with_each("mentor", "mentors"),
    "rounds:drop": _with_each("student", "students"),
    "rounds:choose_aim": lambda troupe: [({"pk": _round(troupe).pk, "aim": "greedy"}, _round(troupe).pk)],
    "rounds:correct": _with_each("student", "students"),
    "dossier:contact": lambda troupe: [
        ({"pk": troupe.student.pk, "link": troupe.student.guardian_links.first().pk}, troupe.student.pk)
    ],
    "dashboards:bureau_grants": lambda troupe: _rows(troupe.school.bureau),
    "dashboards:revoke": lambda troupe: _rows(troupe.people["clerk"].grants.first()),
    "dashboards:year": lambda troupe: _rows(troupe.year),
    "dashboards:term": lambda troupe: [({"pk": troupe.year.pk, "seq": 1}, troupe.year.pk)],
    "dashboards:event_new": lambda troupe: _rows(troupe.year),
    "dashboards:year_close": lambda troupe: _rows(troupe.year),
    "dashboards:year_reopen": lambda troupe: _rows(troupe.year),
    "import": _import,
    "rosters:guardian_slip": _guardian,
    "rosters:guardian_end": _guardian,
    "rosters:guardian_restrict": _guardian,
    "rosters:exception_void": _exception,
    "home:notice": _notices,
    "class": lambda troupe: _rows(troupe.class_1, troupe.class_2),
}
