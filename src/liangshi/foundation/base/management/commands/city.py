"""`liangshi city --schools 60 --students 70000 --years 3 --seed 1`."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liangshi.foundation.base.city.makers import make_city
from liangshi.foundation.base.city.plan import Plan
from liangshi.foundation.base.city.rows import Rows
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.tables import demand_tables

FEWEST, MOST_YEARS = 50, 4  # students of a school; years


class Command(BaseCommand):
    help = "装入一座虚构的城市，供测量用：学校、师生、家长和几年的全部记录，直接写进空数据库"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--schools", type=int, default=60, help="学校数（默认 60）")
        parser.add_argument("--students", type=int, default=70_000, help="在读学生数（默认 70000）")
        parser.add_argument("--years", type=int, default=3, help="连同本学年的学年数（默认 3）")
        parser.add_argument("--seed", type=int, default=1, help="种子：同一天、同一个种子，写进的内容相同")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = Plan(options["schools"], options["students"], options["years"], options["seed"], today())
        if plan.schools < 1 or plan.students < FEWEST * plan.schools or not 1 <= plan.years <= MOST_YEARS:
            raise CommandError(
                f"至少一所学校，平均每校至少 {FEWEST} 名学生，学年数 1 到 {MOST_YEARS}。请改参数。",
            )
        demand_tables()
        began = time.monotonic()

        def told(number: int, rows: Rows) -> None:
            seconds = time.monotonic() - began
            self.stdout.write(
                f"第 {number + 1}/{plan.schools} 所 · {rows.counts.total():,} 行 · {seconds:.0f} 秒"
            )

        try:
            rows = make_city(plan, told)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.report(rows, time.monotonic() - began)

    def report(self, rows: Rows, seconds: float) -> None:
        for table, count in rows.counts.most_common():
            self.stdout.write(f"{count:>12,}  {table}")
        total = rows.counts.total()
        self.stdout.write(
            f"{total:>12,}  行，{seconds:.1f} 秒，每秒 {total / seconds:,.0f} 行。人名、号码全部为虚构。"
        )
