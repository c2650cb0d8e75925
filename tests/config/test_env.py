"""A typo in the environment stops the start, with a sentence that says what was meant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from liangshi.config import cli, env


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LIANGSHI_DATABSE", "x", "是不是想写 LIANGSHI_DATABASE"),
        ("LIANGSHI_QQQ", "x", "不认识的环境变量 LIANGSHI_QQQ"),
        ("LIANGSHI_DEBUG", "ja", "只能是 1 或 0"),
        ("LIANGSHI_DATABASE", "mysql://x/y", "读不懂"),
        ("LIANGSHI_DATABASE", "sqlite://relative", "读不懂"),
        ("LIANGSHI_SECRET_KEY", "short", "至少 32 个字符"),
        ("LIANGSHI_FIELD_KEY", "short", "至少 32 个字符"),
        ("LIANGSHI_AUDIT_KEY", "short", "至少 32 个字符"),
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
    assert len({first.secret_key, first.field_key, first.audit_key}) == 3
    assert len(first.secret_key) >= 48
    for name in ("secret.key", "field.key", "audit.key"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert first.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert not first.debug
    assert first.proxies == 0
    assert env.read({"LIANGSHI_HOME": str(tmp_path), "LIANGSHI_PROXIES": "2"}).proxies == 2


def test_a_key_that_is_given_is_taken_and_none_is_made(tmp_path: Path) -> None:
    given = {"LIANGSHI_HOME": str(tmp_path), "LIANGSHI_AUDIT_KEY": "k" * 32}
    assert env.read(given).audit_key == "k" * 32
    assert not (tmp_path / "audit.key").exists()


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


def modes(*paths: Path) -> list[str]:
    return [oct(path.stat().st_mode & 0o777) for path in paths]


def test_the_data_are_their_user_s_alone(tmp_path: Path) -> None:
    """A folder that anybody could enter is closed at the next start, and so is what lies in it."""
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    kept = [home / f"liangshi.sqlite3{end}" for end in ("", "-wal", "-shm")]
    for path in (*kept, home / "secret.key", home / "field.key"):
        path.write_text("x" * 40)
        path.chmod(0o644)
    home.chmod(0o755)
    env.read({"LIANGSHI_HOME": str(home)})
    assert modes(home) == ["0o700"]
    assert modes(*kept, home / "secret.key", home / "field.key") == ["0o600"] * 5


def test_a_database_that_lies_elsewhere_is_closed_and_its_folder_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "srv"
    elsewhere.mkdir()
    elsewhere.chmod(0o755)
    file = elsewhere / "city.sqlite3"
    file.touch(0o644)
    env.read({"LIANGSHI_HOME": str(tmp_path / "home"), "LIANGSHI_DATABASE": f"sqlite://{file}"})
    assert modes(tmp_path / "home", file, elsewhere) == ["0o700", "0o600", "0o755"]


def test_somebody_else_s_open_folder_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_ours(self: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", not_ours)
    with pytest.raises(env.EnvironmentProblem, match=f"chmod 700 {tmp_path}"):
        env.read({"LIANGSHI_HOME": str(tmp_path)})


@pytest.mark.parametrize("says_so", [True, False])
def test_a_disk_without_rights_is_said_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], says_so: bool
) -> None:
    """A share either refuses or does as if."""

    def in_vain(self: Path, mode: int) -> None:
        if says_so:
            raise OSError(95, "Operation not supported")

    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", in_vain)
    assert env.read({"LIANGSHI_HOME": str(tmp_path)}).field_key
    assert "不支持文件权限" in capsys.readouterr().err


def test_what_a_command_makes_is_its_user_s_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.umask(0o022)
    try:
        assert cli.main(["no-such-command"]) == 1
        (tmp_path / "made").touch()
        assert modes(tmp_path / "made") == ["0o600"]
        os.umask(0o022)
        monkeypatch.setattr(cli, "answers", lambda host, port: True)
        assert cli.main(["serve"]) == 1
        (tmp_path / "served").touch()
        assert modes(tmp_path / "served") == ["0o600"]
    finally:
        os.umask(before)


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
