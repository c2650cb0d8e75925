"""The environment, read once and strictly: a name or a value we do not know stops the start."""

from __future__ import annotations

import contextlib
import difflib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from liangshi.config import private

PREFIX = "LIANGSHI_"
ROOT = Path(__file__).resolve().parents[3]

WILDCARD_DOTS = 3  # .school.edu.cn is one operator's, .edu.cn and .cn are everybody's

# Read by start.py, .ci/run and the tests, not by the application.
TOOL_NAMES = {"CHROMIUM", "REQUIRE_BROWSER", "CI_DATABASE", "SHOTS"}


class EnvironmentProblem(SystemExit):
    """A setting that cannot be used. Ends the start with one sentence."""


@dataclass(frozen=True, slots=True)
class Environment:
    """All settings that come from outside. Paths are absolute."""

    home: Path
    database: dict[str, Any]
    secret_key: str
    field_key: str
    audit_key: str
    debug: bool
    hosts: tuple[str, ...]
    https: bool
    proxies: int
    log_level: str


def _flag(name: str, text: str) -> bool:
    try:
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
    except KeyError:
        raise EnvironmentProblem(f"环境变量 {PREFIX}{name} 只能是 1 或 0，现在是「{text}」。") from None


def _choice(name: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise EnvironmentProblem(f"环境变量 {PREFIX}{name} 只能是 {'、'.join(allowed)}，现在是「{text}」。")
    return text


def _count(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 1):
        raise EnvironmentProblem(f"环境变量 {PREFIX}{name} 只能是 0 到 9 的一个数字，现在是「{text}」。")
    return int(text)


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite for many writers: write-ahead log, the write lock taken at BEGIN, a long wait for it. What is deleted or
    written over leaves nothing behind in the file."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # Tests run on a file too: an in-memory database knows no rival writers.
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
                "PRAGMA mmap_size=134217728;PRAGMA cache_size=-32000;PRAGMA temp_store=MEMORY;"
                "PRAGMA recursive_triggers=ON;"  # what REPLACE throws out is asked like what DELETE does
                "PRAGMA secure_delete=ON;"
            ),
        },
    }


def database(url: str) -> dict[str, Any]:
    """Django's settings of one database.

    `url` is `sqlite:///absolute/path` or `postgresql://user:password@host:port/name`; an empty host is the
    local socket, `?host=/path` names a socket folder.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and not parts.netloc and parts.path.startswith("/"):
        return sqlite(Path(unquote(parts.path)))
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme in {"postgresql", "postgres"} and name:
        return {
            "ENGINE": "liangshi.foundation.base.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": dict(parse_qsl(parts.query)).get("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise EnvironmentProblem(
        f"环境变量 {PREFIX}DATABASE 读不懂：请写成 sqlite:///完整路径 或 postgresql://用户:密码@主机/库名。"
    )


def _kept_secret(given: str | None, file: Path, *, name: str) -> str:
    """A secret from the environment, or (on an embedded installation) one made once and kept in `file`."""
    if given:
        if len(given) < 32:
            raise EnvironmentProblem(f"环境变量 {PREFIX}{name} 太短，至少 32 个字符。")
        return given
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
        # link() refuses an existing name: of two processes that start at once, one secret is kept.
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip()


def _close(home: Path, base: Mapping[str, Any]) -> None:
    """Nobody else reads what lies in `home`, nor a database file that lies elsewhere."""
    files = [home / name for name in ("secret.key", "field.key", "audit.key")]
    if base["ENGINE"] == "django.db.backends.sqlite3":
        files += private.of_sqlite(Path(base["NAME"]))
    try:
        private.close(home, files)
    except private.NotPrivate as problem:
        raise EnvironmentProblem(str(problem)) from None


def _hosts(text: str, *, https: bool) -> tuple[str, ...]:
    """The names under which the site answers. Under https each is one that its operator holds: a name that a stranger
    chooses would stand in every link and redirect."""
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    if bad := next((host for host in hosts if "/" in host or (":" in host and host[0] != "[")), ""):
        raise EnvironmentProblem(
            f"环境变量 {PREFIX}HOSTS 里只写域名，不写 https://、端口和路径，现在是「{bad}」。"
        )
    open_ended = [
        host for host in hosts if "*" in host or (host[0] == "." and host.count(".") < WILDCARD_DOTS)
    ]
    if https and (open_ended or not hosts):
        now = f"现在是「{open_ended[0]}」，别人的域名也会被接受" if open_ended else "现在是空的"
        raise EnvironmentProblem(
            f"{PREFIX}HTTPS=1 时，{PREFIX}HOSTS 要写明网站自己的域名，例如 liangshi.example.edu.cn；{now}。"
        )
    return hosts


def warning(environment: Environment) -> str:
    """What an operator should hear before he serves people; "" where all is well."""
    public = [host for host in environment.hosts if not _is_near(host)]
    if environment.https or not public:
        return ""
    return (
        f"注意：网站用「{public[0]}」这个名字对外，却没有设 {PREFIX}HTTPS=1：密码会在网络上明文传送。"
        "请放在 https 后面（见 docs/operating.md），再设 LIANGSHI_HTTPS=1。"
    )


def _is_near(host: str) -> bool:
    """This machine, or an address of a school's own network."""
    with contextlib.suppress(ValueError):
        return ip_address(host.strip("[]")).is_private
    return host == "localhost" or host.endswith((".local", ".lan", ".localhost"))


def read(environ: Mapping[str, str]) -> Environment:
    """Read and check the environment. Raises EnvironmentProblem with a sentence that says what to do."""
    given = {name.removeprefix(PREFIX): text for name, text in environ.items() if name.startswith(PREFIX)}
    known = {
        "HOME", "DATABASE", "SECRET_KEY", "FIELD_KEY", "AUDIT_KEY", "DEBUG", "HOSTS", "HTTPS", "PROXIES", "LOG_LEVEL",
    }  # fmt: skip
    for name in sorted(given.keys() - known - TOOL_NAMES):
        near = difflib.get_close_matches(name, known, 1)
        hint = f"，是不是想写 {PREFIX}{near[0]}？" if near else f"。可用的有：{'、'.join(sorted(known))}。"
        raise EnvironmentProblem(f"不认识的环境变量 {PREFIX}{name}{hint}")
    home = Path(given.get("HOME", ROOT / "var")).resolve()
    debug = _flag("DEBUG", given.get("DEBUG", "0"))
    https = _flag("HTTPS", given.get("HTTPS", "0"))
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    base = database(given["DATABASE"]) if "DATABASE" in given else sqlite(home / "liangshi.sqlite3")
    _close(home, base)
    return Environment(
        home=home,
        database=base,
        secret_key=_kept_secret(given.get("SECRET_KEY"), home / "secret.key", name="SECRET_KEY"),
        field_key=_kept_secret(given.get("FIELD_KEY"), home / "field.key", name="FIELD_KEY"),
        audit_key=_kept_secret(given.get("AUDIT_KEY"), home / "audit.key", name="AUDIT_KEY"),
        debug=debug,
        hosts=_hosts(given.get("HOSTS", "127.0.0.1,localhost"), https=https),
        https=https,
        proxies=_count("PROXIES", given.get("PROXIES", "0")),
        log_level=_choice("LOG_LEVEL", given.get("LOG_LEVEL", "INFO"), ("DEBUG", "INFO", "WARNING", "ERROR")),
    )
