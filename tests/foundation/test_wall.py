"""The second wall: what a view that forgets its filter delivers of another school, and whether the wall stands.

SQLite has no such wall; there the same views show that without it everything is delivered.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.base import wall
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.postgresql import policies
from liangshi.foundation.base.postgresql.policies import build, demand_wall, lifted, own_column, parents
from liangshi.registry.access.policy import PUBLIC, ROUTES, SIGNED_IN
from liangshi.registry.people.models import ClassPost, Club, Student
from liangshi.registry.schools.models import Cohort, School
from tests.asking import SignIn
from tests.cast import Cast
from tests.foundation import forgetful
from tests.walk.test_walk import NOON
from tests.walk.world import plant

pytestmark = [pytest.mark.both, pytest.mark.django_db]

# Tables of ours outside the wall, and why: people and their accounts are the city's, schools and bureaus are public,
# a draft is found by its writer alone, and the worker's own are about nobody.
OUTSIDE = {
    "people_person", "accounts_account", "accounts_activationcode", "accounts_device",
    "accounts_failedtry", "agenda_calendarfeed", "burden_burdencap",
    "schools_bureau", "schools_school", "records_draft", "base_scheduledrun", "base_workerbeat",
}  # fmt: skip
# Tables without a text that could carry a marker, in which the world of the walk has no row.
NOT_PLANTED = {
    "base_formtime", "mentorships_exemption", "matching_answer", "matching_fairnessseen", "schools_compulsoryfield",
    "growth_subjectwindow",
}  # fmt: skip


def walls() -> bool:
    return connection.vendor == "postgresql"


@pytest.fixture
def forgotten(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROOT_URLCONF = "tests.foundation.forgetful"
    for entry in forgetful.urlpatterns:
        monkeypatch.setitem(ROUTES, str(entry.name), SIGNED_IN)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a program: what nobody has said does not hold."""
    monkeypatch.setattr(wall, "outside", wall.NONE)


def path_to_school(model: type[models.Model]) -> str:
    """The lookup from a row to what names its school."""
    if own_column(model):
        return str(own_column(model).attname)  # type: ignore[union-attr]
    above = next(parents(model))
    return f"{above.name}__{path_to_school(above.related_model)}"  # type: ignore[arg-type]


def rows_of(schools: set[UUID], chain: str = "") -> dict[str, set[str]]:
    """Table → keys of the rows of these schools and of none, found by joins and not by policies."""
    held = {}
    for model in policies.walled_models():
        path = path_to_school(model)
        wanted: set[Any] = {*map(str, schools), chain} if path in {"chain", "key"} else schools
        mine = models.Q(**{f"{path}__in": wanted}) | models.Q(**{f"{path}__isnull": True})
        held[model._meta.db_table] = {
            str(pk) for pk in model._base_manager.filter(mine).values_list("pk", flat=True)
        }
    return held


def delivered(client: Client) -> dict[str, set[str]]:
    return {table: set(keys) for table, keys in client.get("/everything").json().items()}


def test_a_view_that_forgets_its_filter_delivers_nothing_of_another_school(
    cast: Cast, sign_in: SignIn, forgotten: None
) -> None:
    everybody = {School.objects.get(pk=each.school.pk).pk for each in (cast.own, cast.other)}
    own = {cast.own.school.pk}
    reach = {"clerk": own, "mentor": own, "student": own, "county": own, "guardian": own, "city": everybody}
    for name, schools in reach.items():
        logged = "city" if name in {"county", "guardian", "city"} else ""
        expected = rows_of(schools if walls() else everybody, logged if walls() else "city")
        assert delivered(sign_in(name)) == expected, name


def test_who_is_not_signed_in_reaches_no_school(
    cast: Cast, forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for entry in forgetful.urlpatterns:
        monkeypatch.setitem(ROUTES, str(entry.name), PUBLIC)
    everybody = {cast.own.school.pk, cast.other.school.pk}
    assert delivered(Client()) == (rows_of(set()) if walls() else rows_of(everybody, "city"))


def test_the_same_of_every_table(request: pytest.FixtureRequest) -> None:
    """In the world of the walk the rooms have planted rows of nearly all of their tables, in both schools."""
    with time_machine.travel(NOON, tick=False):
        world = plant()
        request.getfixturevalue("forgotten")
        own = {world.own.troupe.school.pk}
        sides = (world.own, world.other)
        theirs = {side.troupe.school.pk for side in sides} | {side.elsewhere.school_id for side in sides}
        everything = rows_of(theirs, "city")
        assert {table for table, keys in everything.items() if not keys} <= NOT_PLANTED
        mine = rows_of(own)
        client = Client()
        client.force_login(
            world.own.people["clerk"].account, backend="django.contrib.auth.backends.ModelBackend"
        )
        assert delivered(client) == (mine if walls() else everything)


def test_rows_for_another_school_are_not_written(cast: Cast, sign_in: SignIn, forgotten: None) -> None:
    clerk, other = sign_in("clerk"), cast.other.school
    assert clerk.get(f"/found/{cast.own.school.pk}").status_code == 200
    for address in (f"/found/{other.pk}", f"/moved/{other.pk}"):
        if walls():
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                clerk.get(address)
        else:
            assert clerk.get(address).status_code == 200
    assert Cohort.objects.filter(entry_year=forgetful.YEAR).count() == (1 if walls() else 2)


def test_no_row_joins_two_schools(cast: Cast) -> None:
    """A row that hangs on one's own school and names somebody of another would tell of him, and stand behind the wall
    that is not his."""
    own, other = cast.own, cast.other
    joined = {
        "class": lambda: ClassPost.objects.create(
            staff=own.posts["second"], class_group=other.class_1, starts_on=today()
        ),
        "adviser": lambda: Club.objects.create(year=own.year, name="棋社", adviser=other.posts["mentor"]),
        "changed": lambda: ClassPost.objects.filter(staff=own.posts["adviser"]).update(
            class_group=other.class_2
        ),
    }
    with wall.closed():
        wall.narrow({own.school.pk})
        Club.objects.create(year=own.year, name="画社", adviser=own.posts["mentor"])
        for deed in joined.values():
            if walls():
                with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                    deed()
            else:
                deed()


def test_whatever_a_row_names_behind_the_wall_is_asked_when_it_is_written() -> None:
    unasked = set()
    for model in policies.walled_models():
        asked = {own_column(model) or next(parents(model)), *policies.also_named(model)}
        keys = [each for each in model._meta.concrete_fields if isinstance(each, models.ForeignKey)]
        behind = [each for each in keys if policies.condition(each.related_model)]  # type: ignore[arg-type]
        unasked |= {str(each) for each in behind if each not in asked}
    # A policy cannot ask its own table: what a role follows is of the same place by the action alone.
    assert unasked == {"access.RoleGrant.follows"}


def test_rows_of_another_school_are_not_changed(cast: Cast, sign_in: SignIn, forgotten: None) -> None:
    assert sign_in("clerk").get("/spoiled").content == (b"6" if walls() else b"12")
    assert Student.objects.filter(school=cast.other.school, school_no="").count() == (0 if walls() else 6)


def test_who_says_nothing_reaches_nobody(cast: Cast, silent: None) -> None:
    assert Student.objects.exists() is not walls()
    assert School.objects.count() == 2
    with wall.everywhere("a test"):
        assert Student.objects.count() == 12
    assert Student.objects.exists() is not walls()
    with pytest.raises(ValueError, match="say why"), wall.everywhere(""):
        pass


def test_the_next_request_on_the_connection_begins_at_nothing(
    cast: Cast, sign_in: SignIn, forgotten: None, silent: None
) -> None:
    with wall.everywhere("a test"):
        own, other = sign_in("clerk"), sign_in("other_clerk")
    ours = {str(row.pk) for row in cast.own.students}
    theirs = {str(row.pk) for row in cast.other.students}
    assert delivered(own)["people_student"] == (ours if walls() else ours | theirs)
    assert delivered(other)["people_student"] == (theirs if walls() else ours | theirs)
    with pytest.raises(RuntimeError, match="in the middle"):
        own.get("/broken")
    assert Student.objects.exists() is not walls()
    assert delivered(other)["people_student"] == (theirs if walls() else ours | theirs)


def test_what_is_made_after_the_gate_has_closed_reaches_nobody(
    cast: Cast, sign_in: SignIn, forgotten: None, silent: None
) -> None:
    with wall.everywhere("a test"):
        client = sign_in("clerk")
    assert bool(b"".join(client.get("/late"))) is not walls()


@pytest.mark.parametrize("before", [None, "other"])
def test_a_rollback_takes_back_the_setting_and_it_is_said_again(cast: Cast, before: str | None) -> None:
    """The savepoint was made under another reach, to which the database returns without a word."""
    with wall.closed():
        wall.narrow({cast.other.school.pk} if before else None)
        with pytest.raises(RuntimeError), transaction.atomic():
            wall.narrow({cast.own.school.pk})
            assert Student.objects.count() == (6 if walls() else 12)
            raise RuntimeError
        assert {row.school_id for row in Student.objects.all()} == (
            {cast.own.school.pk} if walls() else {cast.own.school.pk, cast.other.school.pk}
        )


def test_a_broken_transaction_ends_as_ever(cast: Cast) -> None:
    """What is said on the way out of a failed block waits until the connection listens again."""
    with wall.closed():
        wall.narrow({cast.own.school.pk})
        with pytest.raises(DatabaseError), transaction.atomic(), wall.everywhere("a test"):
            Cohort.objects.create(school=cast.own.school, entry_year=cast.own.cohort.entry_year)
        assert Student.objects.count() == (6 if walls() else 12)


def test_it_costs_no_message(
    cast: Cast, sign_in: SignIn, forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes to PostgreSQL are the questions that Django counts, and no more."""
    client = sign_in("clerk")
    client.get("/spoiled")
    sent: list[Any] = []
    real = psycopg.ClientCursor.execute

    def spy(cursor: Any, query: Any, *args: Any, **options: Any) -> Any:
        sent.append(query)
        return real(cursor, query, *args, **options)

    monkeypatch.setattr(psycopg.ClientCursor, "execute", spy)
    with CaptureQueriesContext(connection) as asked:
        client.get("/spoiled")
    assert len(asked) > 3
    assert len(sent) == (len(asked) if walls() else 0)
    assert sum("set_config" in query for query in sent) == (3 if walls() else 0)


def asked(question: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return [row[0] for row in cursor.fetchall()]


def ours() -> set[str]:
    rooms = [room for room in apps.get_app_configs() if room.name.startswith("liangshi.")]
    return {model._meta.db_table for room in rooms for model in room.get_models(include_auto_created=True)}


def test_every_table_of_ours_is_behind_the_wall_or_stands_here_with_a_reason() -> None:
    assert ours() - set(policies.walled()) == OUTSIDE


def test_the_catalogue_says_so_too() -> None:
    if not walls():
        assert policies.walled()
        return
    forced = asked("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    assert set(forced) == ours() - OUTSIDE
    named = asked(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema "
        "AND column_name IN ('school', 'school_id', 'chain')"
    )
    assert set(named) <= set(forced)
    open_to_all = asked("SELECT tablename FROM pg_policies WHERE NOT qual LIKE '%liangshi_everywhere%'")
    assert open_to_all == []


HOLES = {
    "no policy": "DROP POLICY wall ON talks_talk",
    "switched off": "ALTER TABLE talks_talk DISABLE ROW LEVEL SECURITY",
    "not for the owner": "ALTER TABLE talks_talk NO FORCE ROW LEVEL SECURITY",
    "a door beside it": "CREATE POLICY door ON talks_talk USING (true)",
    "another condition": "DROP POLICY wall ON talks_talk; CREATE POLICY wall ON talks_talk USING (true)",
    "altered": "ALTER POLICY wall ON talks_talk USING (true)",
    "nothing asked of what is written": "ALTER POLICY wall ON talks_talk WITH CHECK (true)",
    "reading alone": "DROP POLICY wall ON talks_talk; CREATE POLICY wall ON talks_talk FOR SELECT USING (true)",
}


@pytest.mark.parametrize("hole", HOLES.values(), ids=HOLES)
def test_a_hole_stops_the_start(hole: str) -> None:
    if not walls():
        demand_wall()
        return
    demand_wall()
    with connection.cursor() as cursor:
        cursor.execute(hole)
    with pytest.raises(DomainError, match=r"talks_talk没有学校之间的墙.*liangshi migrate") as refusal:
        demand_wall()
    assert refusal.value.code == "no_wall"
    with pytest.raises(CommandError, match="talks_talk"):
        call_command("check")
    build()
    demand_wall()


def test_it_is_taken_down_and_put_up_by_its_migration() -> None:
    migration = import_module("liangshi.foundation.base.migrations.0002_wall")
    editor = connection.schema_editor()
    migration.remove(None, editor)
    build()  # as after each migrate: without what the policies read it builds nothing
    if walls():
        assert asked("SELECT count(*) FROM pg_class WHERE relrowsecurity OR relforcerowsecurity") == [0]
        assert asked("SELECT count(*) FROM pg_policy") == [0]
    migration.make(None, editor)
    build()
    demand_wall()


@pytest.mark.parametrize("right", ["rolsuper", "rolbypassrls"])
def test_who_walks_through_walls_stops_the_start(monkeypatch: pytest.MonkeyPatch, right: str) -> None:
    """No plain role can make itself another: the database is asked about one that has the right."""
    if not walls():
        demand_wall()
        return
    someone = f"(SELECT rolname FROM pg_roles WHERE {right} LIMIT 1)"
    monkeypatch.setattr(policies, "PLAIN", policies.PLAIN.replace("current_user", someone))
    with pytest.raises(DomainError, match=r"超级用户.*docs/operating.md") as refusal:
        demand_wall()
    assert refusal.value.code == "not_plain"


def test_a_bulk_load_leaves_the_wall_as_it_was(cast: Cast, silent: None) -> None:
    with lifted():
        assert Student.objects.count() == 12
    demand_wall()
    assert Student.objects.exists() is not walls()


@pytest.fixture
def stranger() -> Iterator[Any]:
    """A connection that does not come from Django."""
    held = connection.settings_dict
    words = {"host": held["HOST"], "port": held["PORT"], "user": held["USER"], "password": held["PASSWORD"]}
    with psycopg.connect(dbname=held["NAME"], **{key: word for key, word in words.items() if word}) as made:
        yield made


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_knows_nothing_of_it_sees_nothing(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("cast")
    if walls():
        made = request.getfixturevalue("stranger")
        assert made.execute("SELECT count(*) FROM people_student").fetchone() == (0,)
        made.execute("SELECT set_config('liangshi.reach', 'all', false)")
        assert made.execute("SELECT count(*) FROM people_student").fetchone() == (12,)
