"""A small city: every room's records are in it, the database has nothing against them, and people find their pages full."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from bench._stage import PAGES, Stage
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Count, F, Q
from django.test import Client

from liangshi.foundation.audit.queries import verify_all
from liangshi.foundation.base.city.makers import make_city
from liangshi.foundation.base.city.plan import Dice, Plan
from liangshi.foundation.base.city.rows import Rows
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.sealed import Sealed
from liangshi.practice.matching.models import Placement
from liangshi.practice.talks.models import Talk, TalkStudent
from liangshi.registry.access.choices import Role
from liangshi.registry.access.middleware import SESSION_KEY
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship
from liangshi.registry.mentorships.queries import active_students
from liangshi.registry.people.models import OPEN, Enrolment, Student

SIZE = (2, 120, 1)  # schools, students, years
# What a city has none of: marks of the worker, and files that are erased once they are read.
NONE_OF = {"base.scheduledrun", "base.workerbeat", "rosters.stagedfile"}
# The lists that each role works with; none is empty.
LISTS = {
    Role.CITY: ["dashboards:schools", "dashboards:org"],
    Role.COUNTY: ["dashboards:schools"],
    Role.LEADER: [
        "dossier:students",
        "dossier:staff",
        "dossier:classes",
        "rounds:list",
        "relations:exceptions",
    ],
    Role.CLERK: ["dossier:students", "dossier:staff", "rosters:list", "rounds:students", "rounds:board"],
    Role.GRADE_HEAD: ["dossier:students", "dossier:classes"],
    Role.ADVISER: ["dossier:students", "dossier:class", "talks:list"],
    Role.MENTOR: [
        "dossier:students",
        "talks:list",
        "talks:new",
        "talks:talk",
        "growth:unnoticed",
    ],
    Role.STAFF: ["dossier:staff", "growth:shine"],
    Role.STUDENT: ["talks:list", "dossier:student", "growth:portrait"],
    Role.GUARDIAN: ["dossier:student"],  # of the talks he sees those that are shared, if there are any
}


def ours() -> list[type[models.Model]]:
    return sorted(
        (one for one in apps.get_models() if one.__module__.startswith("liangshi.")),
        key=lambda one: one._meta.label_lower,
    )


def digest() -> str:
    """Of every row as the program reads it: what is sealed is opened, because each sealing is another text."""
    said = hashlib.sha256()
    for model in ours():
        for row in model._default_manager.order_by("pk").values_list(named=False):
            said.update(repr([each.open() if isinstance(each, Sealed) else each for each in row]).encode())
    return said.hexdigest()


@dataclass(frozen=True)
class Made:
    rows: Rows
    first: str
    second: str


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Made]:
    """Made twice from one seed; the second one stays while the tests of this file run."""

    def make() -> Rows:
        return make_city(Plan(*SIZE, seed=1, today=today()))

    with django_db_blocker.unblock(), transaction.atomic():
        with transaction.atomic():
            make()
            first = digest()
            transaction.set_rollback(True)
        rows = make()
        yield Made(rows, first, digest())
        transaction.set_rollback(True)


@pytest.fixture
def stage(city: Made, db: None) -> Stage:
    return Stage()


def test_one_seed_makes_one_city(city):
    assert city.first == city.second


def test_every_kind_of_record_is_in_it(city, db):
    empty = {model._meta.label_lower for model in ours() if not model._default_manager.exists()}
    small = {
        "mentorships.notmentoringspan",
        "mentorships.exemption",
        "rollover.rollover",
        "relations.concern",
        "mentorships.apart",
    }  # rare, or of years over
    assert empty - small <= NONE_OF | {
        "accounts.failedtry", "talks.unmet", "records.draft", "schools.compulsoryfield",
    }  # fmt: skip


def test_what_was_counted_is_there(city, db):
    for model in ours():
        assert city.rows.counts[model._meta.db_table] == model._default_manager.count(), model


def test_the_database_has_nothing_against_it(city, db):
    connection.check_constraints()


@pytest.mark.parametrize("model", ours(), ids=lambda model: model._meta.label_lower)
def test_the_values_are_those_of_their_fields(city, db, model):
    """SQLite looks neither at lengths nor at choices."""
    for row in model._default_manager.order_by("pk")[:40]:
        row.clean_fields(exclude=["password"])


def test_places_and_seats_agree_with_the_bonds(city, db):
    held = MentorPlaces.objects.annotate(
        bonds=Count(
            "staff__mentorships", Q(staff__mentorships__kind=Kind.PRIMARY, staff__mentorships__ends_on=None)
        )
    )
    assert held.filter(bonds__gt=0).exists()
    assert not held.exclude(taken=F("bonds")).exists()


def test_nobody_has_two_mentors_on_one_day(city, db):
    spans = Mentorship.objects.filter(kind=Kind.PRIMARY).order_by("student", "starts_on")
    last: dict[object, dt.date] = {}
    for row in spans:
        assert row.starts_on >= last.get(row.student_id, row.starts_on)
        last[row.student_id] = row.ends_on or dt.date.max


def test_so_many_students_are_there_today_each_in_one_class(city, db):
    active = active_students(today())
    assert active.count() == SIZE[1]
    assert Enrolment.objects.filter(OPEN, student__in=active).count() == SIZE[1]
    assert Student.objects.count() > SIZE[1]


def test_what_was_placed_is_what_came_into_force(city, db):
    published = Placement.objects.filter(run__round__published_at__isnull=False)
    assert published.exists()
    bonds = set(Mentorship.objects.values_list("student", "mentor"))
    assert set(published.values_list("round_student__student", "mentor__staff")) <= bonds


def test_talks_are_skewed(city, db):
    """Busy and quiet mentors, a few void, late and corrected, none in the future."""
    by_author = sorted(
        Talk.objects.order_by().values("author").annotate(n=Count("pk")).values_list("n", flat=True)
    )
    assert by_author[-1] > 3 * by_author[len(by_author) // 2]
    assert Talk.objects.filter(late_by__gt=7).exists()
    assert not Talk.objects.filter(day__gte=today()).exists()
    assert TalkStudent.objects.count() > Talk.objects.count()


def test_the_chains_hold(city, db):
    results = verify_all()
    assert len(results) == SIZE[0] + 1
    assert [problem for _, problem in results.values() if problem] == []


@pytest.mark.parametrize("role", Role)
def test_people_find_their_pages_full(stage, role):
    person, hat = stage.hat(role)
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SESSION_KEY] = hat.key
    session.save()
    pages = {page.route: page for page in PAGES}
    for route in ["home:home", "home:notices", *LISTS[role]]:
        answer = client.get(stage.address(pages[route]))
        assert answer.status_code == 200, route
        table = (answer.context or {}).get("table")
        assert table is None or len(table.rows) > 0, route


def test_a_database_with_a_school_is_refused(city, db):
    with pytest.raises(DomainError, match="空的数据库"):
        make_city(Plan(*SIZE, seed=2, today=today()))


def test_the_first_school_is_the_same_in_a_larger_city():
    small, large = (Plan(number, number * 100, 1, 7, today()) for number in (2, 9))
    assert small.sizes[0] == large.sizes[0]
    assert (sum(small.sizes), sum(large.sizes)) == (200, 900)
    assert min(large.sizes) > 0


def test_keys_are_of_version_7_in_the_order_of_time():
    dice = Dice(1)
    first, second = dice.key(dt.date(2026, 9, 1)), dice.key(dt.datetime(2026, 9, 1, 8, 30, tzinfo=dt.UTC))
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first < second


def test_a_misspelled_column_is_refused():
    with pytest.raises(LookupError, match="tilte"):
        Rows().add(Talk, tilte="")


def test_nothing_of_it_is_loaded_at_the_start():
    said = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'liangshi.config.settings'; django.setup();"
        "print([name for name in sys.modules if name.startswith('liangshi.') and '.city' in name])"
    )
    done = subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
