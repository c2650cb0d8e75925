"""The home page of each role: what exists so far, the first thing first. One builder per role.

A builder returns the template and its context; `desk` looks it up in `DESKS`. Links come from `address`, which
gives "" for a page that is not there or not open to the role; the templates leave such links out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.charts import Chart, Series
from liangshi.oversight.coverage.queries import Share, class_figures, school_figures, total
from liangshi.portal.home import queries
from liangshi.practice.growth.queries import due_goals, unnoticed
from liangshi.practice.matching.queries import to_answer
from liangshi.practice.relations.queries.changes import offers
from liangshi.practice.relations.queries.handovers import waiting_letters
from liangshi.practice.relations.queries.meetings import first_meetings
from liangshi.practice.talks import queries as talks
from liangshi.practice.waiting.queries.students import paused
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.links import address

Desk = tuple[str, dict[str, Any]]


def _student(actor: Actor) -> Desk:
    mine = queries.own_students(actor)
    return "student", {
        "mine": mine,
        "round_url": address(actor, "rounds:mine"),
        "cared_for": any(each.bonds for each in mine),  # then the mentor comes before the choosing of one
        "growing": [queries.growing(actor, each.student) for each in mine],
        "portrait_url": address(actor, "growth:portrait"),
        **_talk_links(actor),
        "unmet": talks.pressable(actor),
        "unmet_url": address(actor, "talks:unmet_new"),
        "meetings": first_meetings(actor),
        "letters": waiting_letters(actor),
        "asks": True,
    }


def _guardian(actor: Actor) -> Desk:
    return "guardian", {"children": queries.own_students(actor), "asks": True, **_talk_links(actor)}


def _talk_links(actor: Actor) -> dict[str, str]:
    """What a teacher or a student finds under 谈话, as far as his role goes."""
    names = ("new", "list", "forecast", "follow_ups", "notes", "activities", "events", "event_new")
    return {f"talk_{name}_url": address(actor, f"talks:{name}") for name in names}


def _shining(actor: Actor) -> dict[str, Any]:
    """Where good things are written down, and who waits for the first one this term."""
    return {
        "shine_url": address(actor, "growth:shine"),
        "waiting": len(unnoticed(actor)),
        "waiting_url": address(actor, "growth:unnoticed"),
    }


def _mentor(actor: Actor) -> Desk:
    lighter = talks.lighter(actor.staff_id, today())
    return "mentor", {
        "post": queries.own_post(actor),
        "mentees": talks.mentees_by_contact(actor),
        "lighter": lighter,
        "untalked": [] if lighter else talks.untalked(actor),
        "follow_ups": talks.follow_ups(actor).count(),
        "events": talks.open_events_of(actor),
        **_talk_links(actor),
        "paused": paused(actor),
        "places": queries.places(actor),
        "introduced": queries.has_introduction(actor),
        "due_goals": due_goals(actor),
        "profile_url": address(actor, "dossier:profile"),
        "burden_url": address(actor, "burden:budget"),
        "rounds": queries.rounds_behind(actor),
        "asking": to_answer(actor),
        **_shining(actor),
        **({"waiting": 0} if lighter else {}),
        "meetings": first_meetings(actor),
        "offers": offers(actor),
        "letters": waiting_letters(actor),
    }


def _adviser(actor: Actor) -> Desk:
    rows = queries.in_care(actor)
    return "adviser", {
        "groups": queries.by_class(rows),
        "share": Share(len(rows), sum(row.mentor_id is not None for row in rows)),
        **_talk_links(actor),
        "list_url": address(actor, "dossier:students"),
        "none_url": address(actor, "dossier:students", mentor="no"),
        "profile_url": address(actor, "dossier:profile"),
        "rounds": queries.rounds_behind(actor),
        **_shining(actor),
    }


def _grade_head(actor: Actor) -> Desk:
    rows = class_figures(actor)
    return "grade_head", {
        "classes": rows,
        **_talk_links(actor),
        "moments_url": address(actor, "dashboards:moments"),
        "share": sum((row.share for row in rows), Share()),
        "shine_url": address(actor, "growth:shine"),
        "list_url": address(actor, "dossier:students"),
        "none_url": address(actor, "dossier:students", mentor="no"),
    }


def _staff(actor: Actor) -> Desk:
    return "staff", {
        "post": queries.own_post(actor),
        **_talk_links(actor),
        **(
            {} if talks.notes(actor).exists() else {"talk_notes_url": ""}
        ),  # without students none can be added
        "letters": waiting_letters(actor),
        "staff_url": address(actor, "dossier:staff"),
        **_shining(actor),
        "years_url": address(actor, "dashboards:years"),
    }


def _office(actor: Actor) -> Desk:
    (row,) = school_figures(actor)
    return "office", {
        "row": row,
        **_talk_links(actor),
        "moments_url": address(actor, "dashboards:moments"),
        "follow_ups": talks.follow_ups(actor).count(),
        "unmet": talks.open_unmet(actor),
        "unmet_url": address(actor, "talks:unmet"),
        "empty": not row.share.active and not queries.colleagues(actor) > 1,
        "list_url": address(actor, "dossier:students"),
        "burden_url": address(actor, "burden:budget"),
        "none_url": address(actor, "dossier:students", mentor="no"),
        "teachers_url": address(actor, "dossier:staff", standing="teachers"),
        "mentors_url": address(actor, "dossier:staff", standing="pool"),
        "left_out_url": address(actor, "dossier:not_mentoring"),
        "classes_url": address(actor, "dossier:classes"),
        "years_url": address(actor, "dashboards:years"),
        "import_url": address(actor, "rosters:list"),
        "rounds_url": address(actor, "rounds:list"),
        "relations_url": address(actor, "relations:office"),
        "grants_url": address(actor, "dashboards:school_grants", actor.school_id),
        "shine_url": address(actor, "growth:shine"),
        "windows_url": address(actor, "growth:windows"),
    }


def _bureau(actor: Actor) -> Desk:
    rows = sorted(school_figures(actor), key=lambda row: not row.red)
    begun = [row for row in rows if row.share.active]
    chart = Chart(
        "coverage",
        "各校有导师的学生",
        [row.school.short_name for row in begun],
        [Series("比例", [row.share.percent for row in begun])],
        unit="%",
        horizontal=True,
    )
    return "bureau", {
        "chart": chart if begun else None,
        "rows": rows,
        "total": total(rows),
        "schools_url": address(actor, "dashboards:schools"),
        "burden_url": address(actor, "burden:budget"),
        "red_url": address(actor, "dashboards:schools", red="1"),
        "private_url": address(actor, "dashboards:schools", ownership="2"),
        "org_url": address(actor, "dashboards:org"),
    }


DESKS: dict[Role, Callable[[Actor], Desk]] = {
    Role.CITY: _bureau,
    Role.COUNTY: _bureau,
    Role.LEADER: _office,
    Role.CLERK: _office,
    Role.GRADE_HEAD: _grade_head,
    Role.ADVISER: _adviser,
    Role.MENTOR: _mentor,
    Role.STAFF: _staff,
    Role.STUDENT: _student,
    Role.GUARDIAN: _guardian,
}


def desk(actor: Actor) -> Desk:
    """The template under home/ and its context, for the hat the actor wears; unread notices on all."""
    name, context = DESKS[actor.role](actor)
    return f"home/{name}.html", context | {"news": queries.unread(actor)}
