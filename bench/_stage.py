"""Who opens the measured pages, and which rows of the first school they open: the same in a larger city."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import NoReverseMatch, resolve, reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Programme, Round
from liangshi.practice.needs.models import Need
from liangshi.practice.relations.models import Absence, ChangeRequest
from liangshi.practice.talks.models import LifeEvent, Talk
from liangshi.registry.access.actor import Hat
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.policy import ROUTES, may_open
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import Post, StaffState
from liangshi.registry.people.models import ClassPost, Enrolment, GuardianLink, Person, Staff
from liangshi.registry.schools.models import School, SchoolYear

OFFICE = frozenset({Role.LEADER, Role.CLERK})
NEAR = OFFICE | {Role.GRADE_HEAD, Role.ADVISER, Role.MENTOR, Role.STUDENT, Role.GUARDIAN}


@dataclass(frozen=True, slots=True)
class Page:
    """An address that everybody may open who stands in the policy table. `pk` names the row of the stage that it
    opens; `roles` narrows that down to those for whom that row is theirs to see."""

    route: str
    pk: str = ""
    query: str = ""
    roles: frozenset[Role] = frozenset(Role)

    @property
    def name(self) -> str:
        return self.route + (f" ?{self.query}" if self.query else "")

    def readers(self) -> list[Role]:
        return [role for role in Role if role in self.roles and may_open(role, self.route)]


class Stage:
    """One person under each hat, about one student and his mentor. Raises LookupError in a database without them."""

    def __init__(self) -> None:
        self.school: School = _first(School.objects.order_by("code"))
        here = Mentorship.objects.filter(
            span_at(today()), kind=Kind.PRIMARY, mentor__school=self.school, mentor__state=StaffState.ON_DUTY
        )
        busiest = here.order_by().values("mentor").annotate(talks=Count("mentor__talks"))
        self.mentor: Staff = Staff.objects.get(pk=_first(busiest.order_by("-talks", "mentor"))["mentor"])
        choosing = Q(student__rounds__round__state=RoundState.OPEN)
        mine = here.filter(mentor=self.mentor).annotate(
            talks=Count("student__talks", distinct=True), open=Count("student__rounds", choosing)
        )
        self.bond: Mentorship = _first(mine.filter(talks__gt=0).order_by("-open", "-talks", "pk"))
        self.student = self.bond.student
        self.group = Enrolment.objects.get(span_at(today()), student=self.student).class_group

    def row(self, name: str) -> UUID | None:
        """The key of the row that a page opens; None where the city has none."""
        found: UUID | None = self.rows[name]()
        return found

    @cached_property
    def rows(self) -> dict[str, Callable[[], Any]]:
        rounds = Round.objects.filter(school=self.school).order_by("pk")
        return {
            "student": lambda: self.student.pk,
            "staff": lambda: self.mentor.pk,
            "class": lambda: self.group.pk,
            "school": lambda: self.school.pk,
            "year": lambda: _key(SchoolYear.objects.filter(school=self.school).order_by("-start_year")),
            "talk": lambda: _key(
                Talk.objects.filter(author=self.mentor, students__student=self.student, level__lt=2).filter(
                    voided_at__isnull=True
                )
            ),
            "event": lambda: _key(LifeEvent.objects.filter(school=self.school).order_by("pk")),
            "programme": lambda: _key(
                Programme.objects.filter(school=self.school, published_at__isnull=False).order_by("-pk")
            ),
            "published": lambda: _key(rounds.filter(state=RoundState.PUBLISHED).reverse()),
            "proposed": lambda: _key(rounds.filter(state=RoundState.PROPOSED)),
            "open": lambda: _key(rounds.filter(state=RoundState.OPEN, students__student=self.student)),
            "change": lambda: _key(ChangeRequest.objects.filter(mentorship__mentor__school=self.school)),
            "absence": lambda: _key(Absence.objects.filter(staff__school=self.school)),
            "need": lambda: _key(Need.objects.filter(student__school=self.school)),
        }

    def person(self, role: Role) -> Person | None:
        if role in {Role.CITY, Role.COUNTY}:
            grants = RoleGrant.objects.filter(span_at(today()), role=role)
        else:
            grants = RoleGrant.objects.filter(span_at(today()), role=role, school=self.school)
        if role == Role.GRADE_HEAD:
            grants = grants.filter(cohort=self.group.cohort)
        if held := grants.order_by("person_id").select_related("person").first():
            return held.person
        return self._by_relation(role)

    def _by_relation(self, role: Role) -> Person | None:
        links = GuardianLink.objects.filter(span_at(today()), student=self.student, restricted=False)
        others = Staff.objects.filter(
            ~Q(post__in=[Post.TEACHER, Post.MANAGER]), school=self.school, state=StaffState.ON_DUTY
        ).exclude(person__grants__isnull=False)
        adviser = ClassPost.objects.filter(span_at(today()), class_group=self.group, is_adviser=True)
        found: dict[Role, Callable[[], Any]] = {
            Role.ADVISER: adviser.first,
            Role.STAFF: lambda: others.order_by("pk").first(),
            Role.GUARDIAN: lambda: links.order_by("pk").first(),
        }
        if role == Role.MENTOR:
            return self.mentor.person
        if role == Role.STUDENT:
            return self.student.person
        held = found[role]() if role in found else None
        if isinstance(held, ClassPost):
            return held.staff.person
        return held.person if held else None

    def hat(self, role: Role) -> tuple[Person, Hat] | None:
        person = self.person(role)
        hats = hats_of(person, today()) if person else []
        hat = next((hat for hat in hats if hat.role == role), None)
        return (person, hat) if person and hat else None

    def address(self, page: Page) -> str | None:
        """Where the page is; None where the city has no such row."""
        if not page.pk:
            return reverse(page.route) + (f"?{page.query}" if page.query else "")
        key = self.row(page.pk)
        return reverse(page.route, args=[key]) + (f"?{page.query}" if page.query else "") if key else None


def _first(rows: Any) -> Any:
    found = rows.first()
    if found is None:
        raise LookupError("this database holds no city: liangshi city makes one")
    return found


def _key(rows: Any) -> UUID | None:
    found: UUID | None = rows.values_list("pk", flat=True).first()
    return found


def without_argument(route: str) -> bool:
    try:
        reverse(route)
    except NoReverseMatch:
        return False
    return True


def _is_page(route: str) -> bool:
    """Whether an address without an argument answers to GET, as far as its view says."""
    view = resolve(reverse(route)).func
    methods = inspect.getclosurevars(view).nonlocals.get("request_method_list", ["GET"])
    return "GET" in methods


# Addresses that open a row, ask for something, or are not for everybody who may open them.
NAMED = (
    Page("dossier:search", query="q=li"),
    Page("dossier:student", "student", roles=NEAR),
    Page("dossier:log", "student"),
    Page("dossier:staff_member", "staff"),
    Page("dossier:class", "class"),
    Page("dashboards:school", "school", roles=OFFICE | {Role.CITY}),
    Page("dashboards:year", "year"),
    Page("rounds:programme", "programme"),
    Page("rounds:outcome", "programme"),
    Page("rounds:round", "published"),
    Page("rounds:students", "published"),
    Page("rounds:result", "published"),
    Page("rounds:loads", "published"),
    Page("rounds:fairness", "published"),
    Page("rounds:moves", "proposed"),
    Page("rounds:board", "proposed"),
    Page("rounds:my_round", "open", roles=frozenset({Role.STUDENT})),
    Page("rounds:my_mentors", "open", roles=frozenset({Role.STUDENT})),
    Page("relations:change", "change", roles=frozenset({Role.CLERK})),
    Page("relations:absence", "absence"),
    Page("needs:need", "need", roles=OFFICE),
    Page("talks:list", roles=frozenset(Role) - {Role.STAFF}),
    Page("talks:new", roles=frozenset({Role.MENTOR})),
    Page("talks:talk", "talk", roles=frozenset({Role.MENTOR, Role.ADVISER, Role.STUDENT})),
    Page("talks:forecast", roles=frozenset({Role.MENTOR})),
    Page("talks:event", "event", roles=OFFICE),
    Page("growth:subjects", "student", roles=frozenset({Role.CLERK, Role.ADVISER})),
    Page("growth:shine_new", "student", roles=frozenset({Role.MENTOR})),
)
# Addresses without an argument that are measured nowhere, and why.
LEFT_OUT = {
    "home:sign_in": "nobody is signed in",
    "home:activate": "nobody is signed in",
    "home:no_hat": "one sentence, for who has no hat today",
    "dashboards:bureau_new": "an empty form of two fields",
    "dashboards:school_new": "a form as empty as that",
    "dashboards:year_new": "a form as empty as that",
    "plans:policy_edit": "the form of a page that is measured",
    "rounds:lottery_script": "a file",
    "rounds:mine": "leads on to the one round that there is, which is measured",
    "rosters:upload": "an empty form",
    "rosters:export": "a form; its downloads are no pages",
    "rosters:export_students": "a download",
    "rosters:export_staff": "a download",
    "relations:absence_new": "a form over the staff list, which is measured",
    "talks:activity_new": "a form over the mentees, as is talks:new",
    "talks:unmet_new": "a question with one button",
    "growth:activity_new": "an empty form",
    "agenda:calendar": "one address and two buttons",
    "burden:cap": "a form of two fields",
}
# Everything else is measured as it is, by itself.
PAGES = (
    *NAMED,
    *(
        Page(route)
        for route in ROUTES
        if route not in {*LEFT_OUT, *(page.route for page in NAMED)}
        and without_argument(route)
        and _is_page(route)
    ),
)
