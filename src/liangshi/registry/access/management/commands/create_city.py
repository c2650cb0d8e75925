"""`liangshi create-city --name 某某市教育局 --admin 姓名`: the first step of a real installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.tables import demand_tables
from liangshi.registry.access.actions.founding import found_city


class Command(BaseCommand):
    help = "建立市级教育局和第一位管理员，显示一次启用码"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="", help="教育局的全称")
        parser.add_argument("--admin", default="", help="第一位管理员的姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        demand_tables()
        try:
            login, code = found_city(options["name"], options["admin"])
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"{options['name']}已建立。请把下面两行交给{options['admin']}本人，启用码只显示这一次，7 天内有效：\n"
            f"  账号    {login}\n"
            f"  启用码  {code}\n"
            "在登录页点「启用账号」，填账号、启用码，设密码。过期了就把本命令原样再运行一次。"
        )
