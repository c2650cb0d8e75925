"""Which tests run on both databases: `pytest -m both`, on PostgreSQL after the whole suite has run on SQLite.

What commits, races, counts queries, meets a refusal of the database or asks which one it is, and every page that is
opened behind the gate (PostgreSQL has a wall between schools), carries the marker `both` by
itself. Where order, search, JSON or days decide in SQL, a test or a file is marked by hand.
"""

from __future__ import annotations

import pytest

FIXTURES = {"sign_in", "transactional_db", "django_assert_num_queries", "django_assert_max_num_queries"}
NAMES = {
    "at_once", "Thread", "CaptureQueriesContext", "IntegrityError", "DatabaseError", "OperationalError",
    "ProgrammingError", "DataError", "triggers", "vendor", "select_for_update",
}  # fmt: skip


def differs(item: pytest.Function) -> bool:
    """Whether it shows by what it uses that the database matters. Journeys in a browser are about screens."""
    fixtures = set(item.fixturenames)
    if "live_server" in fixtures:
        return False
    commits = any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db"))
    return commits or bool(fixtures & FIXTURES) or bool(NAMES & set(item.function.__code__.co_names))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and differs(item):
            item.add_marker(pytest.mark.both)
