"""`liangshi demo-city [--if-empty] [--logins]`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liangshi.foundation.base.errors import DomainError
from liangshi.portal.demo.actions import is_empty, load
from liangshi.portal.demo.logins import lines


class Command(BaseCommand):
    help = "装入演示城市：市教育局、两个县区、四所学校、约 2400 名学生，全部为虚构"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="数据库里已有学校就什么也不做")
        parser.add_argument("--logins", action="store_true", help="只列出各身份的演示账号")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["logins"]:
            self.print_logins()
        elif options["if_empty"] and not is_empty():
            self.stdout.write("数据库里已有学校，不用再装演示城市。")
        else:
            self.load()

    def load(self) -> None:
        if is_empty():
            self.stdout.write("正在装入演示城市……")
        try:
            load()
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write("演示城市已装好，人名、号码全部为虚构。liangshi demo-city --logins 列出账号。")

    def print_logins(self) -> None:
        table = list(lines())
        if not table:
            raise CommandError("这个数据库里没有演示城市。先运行 liangshi demo-city 装入。")
        self.stdout.write("\n".join(table))
