"""What depends on the database cannot forget to run on both."""

from __future__ import annotations

import pytest

SUITE = """
import threading
import pytest
from tests.races import at_once
from django.db import IntegrityError, connection

@pytest.fixture
def transactional_db():
    pass

@pytest.fixture
def live_server(transactional_db):
    pass

@pytest.fixture
def stage(transactional_db):
    pass

def test_races():
    at_once([])

def test_threads():
    threading.Thread()

def test_commits(stage):
    pass

@pytest.mark.django_db(transaction=True)
def test_commits_too():
    pass

def test_constraint():
    with pytest.raises(IntegrityError):
        pass

@pytest.mark.parametrize("n", [1, 2])
def test_asks(n):
    assert connection.vendor

@pytest.mark.both
def test_marked():
    pass

@pytest.mark.django_db
def test_plain():
    assert sorted([])

def test_journey(live_server):
    pass
"""


def test_what_depends_on_the_database_is_marked(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(test_suite=SUITE)
    markers = "markers=both\ndjango_db"
    ran = pytester.runpytest_inprocess(
        "-p", "tests.both", "-m", "both", "-o", markers, "--collect-only", "-q"
    )
    names = [line.partition("::")[2] for line in ran.outlines if "::" in line]
    assert names == [
        "test_races",
        "test_threads",
        "test_commits",
        "test_commits_too",
        "test_constraint",
        "test_asks[1]",
        "test_asks[2]",
        "test_marked",
    ]
