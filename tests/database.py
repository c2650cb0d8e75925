"""The database of the tests: migrated once a run, copied for each worker, and given back by copy after a test that
commits. What many tests stand on is built once a run too, and put in again row by row (`remembered`).

On SQLite a database is a file in pytest's temporary folder; on PostgreSQL it is cloned from a template database.
"""

from __future__ import annotations

import hashlib
import pickle
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import django
import pytest
from django.apps import apps
from django.core.files import locks
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import TransactionTestCase

from liangshi.foundation.base.postgresql.policies import demand_wall

T = TypeVar("T")
Rows = list[tuple[Any, ...]]
CODE = Path(__file__).resolve().parents[1] / "src" / "liangshi"
MANY = 5000  # rows
PATIENCE = (
    120  # seconds for a lock: on a machine with other work to do, races take long and still end as they must
)
MIGRATED_BY = (
    "*/*/migrations/*.py",
    "*/*/models.py",
    "*/*/models/*.py",
    "*/*/triggers.py",
    "foundation/base/*.py",
    "foundation/audit/*.py",
)


# The workers of a run share a folder -------------------------------------------------------------------------


class Folder:
    """What the workers of one run share, in pytest's temporary folder."""

    place: Path
    worker: str

    def find(self, request: pytest.FixtureRequest, own: Path) -> None:
        """`own` is this worker's folder; alone, one shares it with nobody."""
        self.worker = getattr(request.config, "workerinput", {}).get("workerid", "")
        self.place = own.parent if self.worker else own


FOLDER = Folder()


@contextmanager
def locked(path: Path) -> Iterator[Path]:
    """The path, which nobody else looks at meanwhile."""
    with path.with_name(f"{path.name}.lock").open("w") as held:
        locks.lock(held, locks.LOCK_EX)
        yield path


# Databases ---------------------------------------------------------------------------------------------------


def fingerprint() -> str:
    """Of all that says what a migrated database looks like: migrations, and the modules that they may import."""
    digest = hashlib.sha256(django.__version__.encode())
    for place in MIGRATED_BY:
        for file in sorted(CODE.glob(place)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:20]


def migrate(name: str) -> None:
    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0)
    demand_wall()  # under a superuser the tests would prove nothing
    connection.close()


class Files:
    """SQLite. The migrated file is kept from run to run until a migration changes. A file that a test gave up may
    still be open in a thread: the next one has another name."""

    def __init__(self, kept: Path) -> None:
        self.original = kept / f"{fingerprint()}.sqlite3"
        self.numbers = count(1)

    def migrate(self) -> None:
        with locked(self.original.with_name("migrated")):
            file = self.original
            if not file.exists():
                for old in file.parent.glob("*.sqlite3*"):
                    old.unlink()
                draft = file.with_name("draft.sqlite3")
                migrate(str(draft))
                draft.replace(file)

    def take(self) -> None:
        file = FOLDER.place / f"test{FOLDER.worker}-{next(self.numbers)}.sqlite3"
        shutil.copyfile(self.original, file)
        connection.settings_dict["NAME"] = str(file)

    def drop(self) -> None:
        connection.close()
        for end in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{end}").unlink(missing_ok=True)

    def leave(self) -> None:
        self.drop()


class Clones:
    """PostgreSQL: the first worker makes a template, each clones it, the last one to leave drops it."""

    def __init__(self) -> None:
        self.template = f"test_{connection.settings_dict['NAME']}"
        self.name = f"{self.template}_{FOLDER.worker or 'one'}"
        self.users = FOLDER.place / self.template

    def migrate(self) -> None:
        with locked(self.users) as users:
            if not users.exists():
                self.create(self.template, source="template1")
                migrate(self.template)
                users.mkdir()
            (users / self.name).touch()

    def take(self) -> None:
        self.create(self.name, source=self.template)
        connection.settings_dict["NAME"] = self.name

    def drop(self) -> None:
        self.remove(self.name)

    def leave(self) -> None:
        self.drop()
        with locked(self.users) as users:
            (users / self.name).unlink()
            if not any(users.iterdir()):
                users.rmdir()
                self.remove(self.template)

    def create(self, name: str, *, source: str) -> None:
        self.remove(name)
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')

    def remove(self, name: str) -> None:
        """End what a test left open there; DROP … FORCE would fail on an autovacuum worker, which is not ours."""
        connection.close()
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend'",
            name,
        )
        self.execute(f'DROP DATABASE IF EXISTS "{name}"')

    def execute(self, statement: str, *values: str) -> None:
        with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(statement, values or None)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_test_environment: None,
    django_db_blocker: Any,
) -> Iterator[None]:
    """A migrated database for this worker; a test that commits gives it up and takes another copy."""
    given = connection.settings_dict["NAME"]
    FOLDER.find(request, tmp_path_factory.getbasetemp())
    assert request.config.cache
    kept = request.config.cache.mkdir("migrated")
    if connection.vendor == "postgresql":
        mine: Clones | Files = Clones()
    else:
        mine = Files(kept)
        connection.settings_dict["OPTIONS"]["timeout"] = PATIENCE

    def give_back(_case: object) -> None:
        mine.drop()
        mine.take()

    with django_db_blocker.unblock():
        mine.migrate()
        mine.take()
    with pytest.MonkeyPatch.context() as patch:
        # In place of deleting from every table, which the audit log refuses.
        patch.setattr(TransactionTestCase, "_fixture_teardown", give_back)
        yield
    with django_db_blocker.unblock():
        mine.leave()
    connection.settings_dict["NAME"] = given


# What many tests stand on ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Memory:
    """What a builder wrote (table → its columns and rows) and gave back."""

    tables: dict[str, tuple[list[str], Rows]]
    made: bytes

    def put_in(self) -> None:
        """Insert the rows as they were. Keys are checked at the end of the transaction."""
        quote = connection.ops.quote_name
        with transaction.atomic(), connection.cursor() as cursor:
            for table, (columns, rows) in self.tables.items():
                names, marks = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})", rows)
            models = [model for model in apps.get_models() if model._meta.db_table in self.tables]
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
            if (
                connection.vendor == "postgresql"
                and sum(len(rows) for _, rows in self.tables.values()) > MANY
            ):
                cursor.execute("ANALYZE")  # it counts by itself only after a commit


def everything() -> dict[str, tuple[list[str], Rows]]:
    """All rows of all tables."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    return found


def memory_of(build: Callable[[], object]) -> Memory:
    """Build, and remember what is there that was not there before."""
    before = everything()
    made = build()
    tables = {}
    for table, (columns, rows) in everything().items():
        if new := list((Counter(rows) - Counter(before[table][1])).elements()):
            tables[table] = (columns, new)
    return Memory(tables, pickle.dumps(made))


MEMORIES: dict[str, Memory] = {}


def remembered(name: str, build: Callable[[], T]) -> T:
    """What `build` writes is in the database, and what it gives back is the caller's own.

    It is built the first time in a run that somebody asks for `name`. The builder writes new rows and changes none.
    """
    if memory := MEMORIES.get(name):
        memory.put_in()
    else:
        with locked(FOLDER.place / f"{name}.pickle") as file:
            if file.exists():
                memory = pickle.loads(file.read_bytes())
                memory.put_in()
            else:
                memory = memory_of(build)
                file.write_bytes(pickle.dumps(memory))
        MEMORIES[name] = memory
    made: T = pickle.loads(memory.made)
    return made
