"""`liangshi audit verify`: walk every chain of the audit log, and hold it against heads that were kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liangshi.foundation.audit import heads
from liangshi.foundation.audit.queries import verify_all
from liangshi.foundation.audit.signing import public_key
from liangshi.foundation.audit.triggers import GUARDS
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.tables import demand_tables
from liangshi.foundation.base.triggers import missing


class Command(BaseCommand):
    help = "逐条核对操作记录的哈希链；有一处不符就以 1 退出"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--heads", type=Path, nargs="+", action="extend", default=[], metavar="文件",
            help="与从前留存的链头对照：audit heads 印出的文件，或放着这些文件的文件夹",
        )  # fmt: skip
        parser.add_argument(
            "--key", action="append", default=[], metavar="公钥",
            help="换过操作记录的密钥时，从前的公钥（64 位十六进制），可以写几次",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        demand_tables()
        keys = options["key"]
        try:
            kept, problems = heads.read(options["heads"], {public_key(), *keys})
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        problems += [f"数据表 {table} 少了不许改动的触发器，或被换过。" for table in missing(GUARDS)]
        results = verify_all(kept, keys)
        breaks = [broken for _, broken in results.values() if broken]
        problems += [f"链 {broken.chain} 第 {broken.seq} 条：{broken.what}。" for broken in breaks]
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(
                f"操作记录有 {len(problems)} 处不符（{len(results)} 条链中 {len(breaks)} 条断了）。"
                "请先不要改动数据库，留下一份拷贝，联系管理员核查。"
            )
        total = sum(count for count, _ in results.values())
        self.stdout.write(f"操作记录完好：{len(results)} 条链，共 {total} 条记录，逐条相符。")
        self.stdout.write(self.compared(kept))

    def compared(self, kept: heads.Kept) -> str:
        if not kept:
            return "没有对照留存的链头，末尾有没有被截断看不出来：请加 --heads 文件。"
        number = sum(len(each) for lengths in kept.values() for each in lengths.values())
        return f"与留存的 {number} 个链头相符，没有被截断或重写。"
