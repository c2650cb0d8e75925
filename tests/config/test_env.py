"""A typo in the environment stops the start, with a sentence that says what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from liangshi.config import env


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LIANGSHI_DATABSE", "x", "是不是想写 LIANGSHI_DATABASE"),
        ("LIANGSHI_QQQ", "x", "不认识的环境变量 LIANGSHI_QQQ"),
        ("LIANGSHI_DEBUG", "ja", "只能是 1 或 0"),
        ("LIANGSHI_DATABASE", "mysql://x/y", "读不懂"),
        ("LIANGSHI_DATABASE", "sqlite://relative", "读不懂"),
        ("LIANGSHI_SECRET_KEY", "short", "至少 32 个字符"),
        ("LIANGSHI_LOG_LEVEL", "LOUD", "只能是 DEBUG"),
        ("LIANGSHI_PROXIES", "viele", "只能是 0 到 9"),
        ("LIANGSHI_PROXIES", "-1", "只能是 0 到 9"),
    ],
)
def test_what_is_not_understood_stops_the_start(tmp_path: Path, name: str, value: str, says: str) -> None:
    with pytest.raises(env.EnvironmentProblem) as stopped:
        env.read({"LIANGSHI_HOME": str(tmp_path), name: value})
    assert says in str(stopped.value)


def test_defaults_are_an_embedded_database_and_secrets_that_stay(tmp_path: Path) -> None:
    first = env.read({"LIANGSHI_HOME": str(tmp_path)})
    second = env.read({"LIANGSHI_HOME": str(tmp_path)})
    assert first == second
    assert first.secret_key != first.field_key
    assert len(first.secret_key) >= 48
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
    assert first.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert not first.debug
    assert first.proxies == 0
    assert env.read({"LIANGSHI_HOME": str(tmp_path), "LIANGSHI_PROXIES": "2"}).proxies == 2


def test_postgresql_by_one_setting(tmp_path: Path) -> None:
    given = {
        "LIANGSHI_HOME": str(tmp_path),
        "LIANGSHI_DATABASE": "postgresql://li:a%40b@db.local:5433/liangshi",
    }
    database = env.read(given).database
    assert database["ENGINE"] == "liangshi.foundation.base.postgresql", "the one that says who reaches what"
    assert (database["USER"], database["PASSWORD"], database["HOST"], database["PORT"], database["NAME"]) == (
        "li",
        "a@b",
        "db.local",
        "5433",
        "liangshi",
    )
