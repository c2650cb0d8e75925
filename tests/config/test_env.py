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


@pytest.mark.parametrize("hosts", ["*", "", " ,", "a.edu.cn,*", "*.edu.cn", ".cn", ".edu.cn", ".com"])
def test_under_https_the_names_are_ones_own(tmp_path: Path, hosts: str) -> None:
    given = {"LIANGSHI_HOME": str(tmp_path), "LIANGSHI_HOSTS": hosts}
    env.read(given)
    with pytest.raises(env.EnvironmentProblem, match="要写明网站自己的域名"):
        env.read({**given, "LIANGSHI_HTTPS": "1"})


@pytest.mark.parametrize("hosts", ["a.edu.cn", " a.edu.cn , b.cn", ".school.edu.cn", "[::1],127.0.0.1"])
def test_names_that_say_whose_they_are(tmp_path: Path, hosts: str) -> None:
    read = env.read({"LIANGSHI_HOME": str(tmp_path), "LIANGSHI_HOSTS": hosts, "LIANGSHI_HTTPS": "1"})
    assert read.hosts == tuple(host.strip() for host in hosts.split(","))


@pytest.mark.parametrize("hosts", ["https://a.edu.cn", "a.edu.cn:8000", "a.edu.cn/liangshi"])
def test_a_name_is_a_name(tmp_path: Path, hosts: str) -> None:
    with pytest.raises(env.EnvironmentProblem, match="只写域名"):
        env.read({"LIANGSHI_HOME": str(tmp_path), "LIANGSHI_HOSTS": hosts})


@pytest.mark.parametrize(
    ("hosts", "https", "warned"),
    [
        ("a.edu.cn", "0", True),
        ("localhost,8.8.8.8", "0", True),
        ("*", "0", True),
        ("a.edu.cn", "1", False),
        ("localhost,192.168.1.5,school.lan", "0", False),
    ],
)
def test_who_serves_the_world_without_https_is_warned(
    tmp_path: Path, hosts: str, https: str, warned: bool
) -> None:
    given = {"LIANGSHI_HOME": str(tmp_path), "LIANGSHI_HOSTS": hosts, "LIANGSHI_HTTPS": https}
    assert ("密码会在网络上明文传送" in env.warning(env.read(given))) == warned
