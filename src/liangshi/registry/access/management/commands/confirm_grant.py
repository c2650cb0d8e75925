"""`liangshi confirm-grant`: what waits because nobody who may log in is left to agree to it; by number it is confirmed.

`--code 账号` gives a new activation code to somebody in office whom nobody else can give one.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liangshi.foundation.base.clock import last_day
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.tables import demand_tables
from liangshi.foundation.base.wall import program
from liangshi.registry.access.actions.founding import INSTALLATION
from liangshi.registry.access.actions.grants import Appointment, hand_code
from liangshi.registry.access.actions.proposals import agree_at_keyboard, at_keyboard
from liangshi.registry.access.queries import grants_of_login


class Command(BaseCommand):
    help = "确认没有第二位同事能同意的身份授予"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", nargs="?", type=int, help="要确认的那一项的序号；不写就只列出来")
        parser.add_argument("--code", default="", help="给这个账号发一次启用码")

    def handle(self, *args: Any, **options: Any) -> None:
        demand_tables()
        with program("the operator confirms at the keyboard"):
            try:
                self._do(options["number"], options["code"])
            except DomainError as refusal:
                raise CommandError(refusal.message) from refusal

    def _do(self, number: int | None, login: str) -> None:
        if login:
            return self._hand(login)
        waiting = at_keyboard()
        if number is None:
            for place, row in enumerate(waiting, start=1):
                where = row.school or row.bureau
                until = f"到 {last_day(row.ends_on)}  " if row.ends_on else ""
                self.stdout.write(
                    f"{place}  {row.get_does_display()}  {where}  {row.name}  {row.get_role_display()}  "
                    f"{until}{row.reason}  {row.asked_by}提出"
                )
            self.stdout.write(
                "核对任命文件以后，运行 liangshi confirm-grant 序号。"
                if waiting
                else "没有要在这里确认的身份授予。"
            )
            return None
        if not 1 <= number <= len(waiting):
            raise CommandError("没有这个序号。不写序号运行一次，看现在有哪些。")
        if made := agree_at_keyboard(waiting[number - 1], actor=INSTALLATION):
            self._show(made)
        return None

    def _hand(self, login: str) -> None:
        for row in grants_of_login(login):
            return self._show(hand_code(row, actor=INSTALLATION))
        raise CommandError("没有在任的人用这个账号。")

    def _show(self, made: Appointment) -> None:
        row = made.grant
        self.stdout.write(
            f"{row.person}：{row.get_role_display()}，到 {last_day(row.ends_on)}。账号 {made.account.login}"
        )
        self.stdout.write(
            f"启用码 {made.code}，只显示这一次，7 天内有效，请交给本人。" if made.code else made.then
        )
