"""The command `liangshi`: one verb, one function, imported when it is called.

`pair`, `certify` and a dry run of `import-roster` work on files alone and never load the web framework.
Every verb takes the words after it and returns an exit code; a refusal is one sentence on stderr, code 1.
"""

from __future__ import annotations

import datetime
import difflib
import importlib
import os
import socket
import sys
from collections.abc import Callable

from liangshi.config import env, private
from liangshi.foundation.base.errors import DomainError

Verb = Callable[[list[str]], int]

HELP = """良师：普通高中全员导师制平台

用法：liangshi 命令 [参数……]        每个命令加 --help 看它的参数

不需要服务器和数据库：
  pair 志愿表.xlsx --out 结果.xlsx        按志愿匹配导师，写出结果、理由和凭证
  certify 志愿表.xlsx 结果.xlsx           独立复核一份结果
  certify 凭证.json                       独立复核学校公布的一轮匹配
  import-roster 名册.xlsx --dry-run       只检查名册，不写入
  bench 名称                              测量：匹配引擎、各身份的页面（在源代码目录中）

使用本机的数据库：
  migrate                                 建立或更新数据表
  create-city --name 全称 --admin 姓名    建立市教育局和第一位管理员（真实使用的第一步）
  confirm-grant [序号]                    市教育局只有一位管理员时，在服务器上确认他提出的身份
  import-roster 名册.xlsx --school 代码   导入名册
  audit heads [--append 文件]             印出操作记录的链头，带签名，请留存在别的机器上
  audit verify [--heads 文件……]           核对操作记录的哈希链，并与留存的链头对照
  demo-city                               装入演示城市（全部为虚构）
  city [--schools 60 --students 70000]    装入一座虚构的大城市，供测量用
  serve [--port 8000]                     启动网站
  worker                                  启动后台任务

其余命令（check、shell、createsuperuser 等）交给 Django。
"""


def said(text: str) -> int:
    """Say on stderr why the command was refused. Returns the exit code."""
    print(text, file=sys.stderr)
    return 1


def offline(module: str, function: str) -> Verb:
    """A verb that lives elsewhere, imported only when it is called."""

    def verb(arguments: list[str]) -> int:
        code: int = getattr(importlib.import_module(module), function)(arguments)
        return code

    return verb


def import_roster(arguments: list[str]) -> int:
    """A dry run with no school in mind needs the file only; anything else needs the database."""
    names = {word.partition("=")[0] for word in arguments}
    if "--dry-run" in names and "--school" not in names:
        from liangshi.practice.rosters.offline import run_dry

        return run_dry(arguments, today=datetime.date.today())
    return django("import_roster", arguments)


def bench(arguments: list[str]) -> int:
    """Run bench/NAME.py of the source tree."""
    folder = env.ROOT / "bench"
    names = sorted(file.stem for file in folder.glob("*.py") if not file.stem.startswith("_"))
    if not names:
        return said("这里没有测量程序：bench 只能在良师的源代码目录中运行。")
    if not arguments or arguments[0] not in names:
        return said(f"用法：liangshi bench 名称。可用的名称：{'、'.join(names)}。")
    sys.path.insert(0, str(env.ROOT))
    return offline(f"bench.{arguments[0]}", "main")(arguments[1:])


def audit(arguments: list[str]) -> int:
    """`audit verify` and `audit heads`: all that one may do to the log from outside."""
    if arguments[:1] not in (["verify"], ["heads"]):
        return said("用法：liangshi audit verify [--heads 文件……]，或 liangshi audit heads [--append 文件]")
    return django(f"audit_{arguments[0]}", arguments[1:])


def serve(arguments: list[str]) -> int:
    """The website. One process on SQLite, which has one writer; one for each core on PostgreSQL."""
    import argparse

    parser = argparse.ArgumentParser(prog="liangshi serve", description="启动网站")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认只供本机）")
    parser.add_argument("--port", type=int, default=8000, help="端口")
    options = parser.parse_args(arguments)

    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    private.mask()
    os.environ["LIANGSHI_DEBUG"] = "0"  # whatever a developer has set: this is for people
    environment = env.read(os.environ)
    embedded = environment.database["ENGINE"] == "django.db.backends.sqlite3"
    if answers(options.host, options.port):
        return said(f"端口 {options.port} 已被别的程序占用。请用 --port 换一个。")
    if warning := env.warning(environment):
        said(warning)
    Server(
        "liangshi.config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=1 if embedded else os.cpu_count() or 1,
        blocking_threads=4,
        workers_kill_timeout=3,  # seconds: less than a launcher waits
        log_level=LogLevels.warning,
    ).serve()
    return 0


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def django(name: str, arguments: list[str]) -> int:
    """Run a management command. Its CommandError is a sentence for people, not a traceback."""
    private.mask()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liangshi.config.settings")
    import django as framework
    from django.core.management import CommandError, get_commands, load_command_class

    from liangshi.foundation.base.wall import program

    framework.setup()
    applications = get_commands()
    if name not in applications:
        near = difflib.get_close_matches(name, [*VERBS, *applications], 1)
        hint = f"是不是 {near[0]}？" if near else ""
        return said(f"没有「{name.replace('_', '-')}」这个命令。{hint}运行 liangshi help 看全部命令。")
    application = applications[name]
    command = application if not isinstance(application, str) else load_command_class(application, name)
    try:
        with program(f"command {name}"):  # no reader waits for it; the gate closes what a server answers
            command.run_from_argv(["liangshi", name, *arguments, "--traceback"])
    except CommandError as refusal:
        said(str(refusal))
        return refusal.returncode
    return 0


def show_help(_arguments: list[str]) -> int:
    print(HELP)
    return 0


VERBS: dict[str, Verb] = {
    "pair": offline("liangshi.offline.commands", "run_pair"),
    "certify": offline("liangshi.offline.commands", "run_certify"),
    "import-roster": import_roster,
    "bench": bench,
    "audit": audit,
    "serve": serve,
    "help": show_help,
    "--help": show_help,
    "-h": show_help,
}


def main(argv: list[str] | None = None) -> int:
    """Run `liangshi VERB …`; `argv` is what stands after the program's name. Returns the exit code."""
    verb, *arguments = (sys.argv[1:] if argv is None else argv) or ["help"]
    try:
        if verb in VERBS:
            return VERBS[verb](arguments)
        return django(verb.replace("-", "_"), arguments)
    except DomainError as refusal:
        return said(str(refusal))
    except KeyboardInterrupt:
        return said("已中断。")
