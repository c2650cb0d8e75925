"""`liangshi worker`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import autodiscover_modules

from liangshi.foundation.base.tables import demand_guards, demand_tables
from liangshi.foundation.base.worker import BEAT, Worker


class Command(BaseCommand):
    help = "启动后台任务：匹配运算、导入等，以及每天一次的例行任务"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--beat", type=float, default=BEAT, help="每隔几秒报一次平安（默认 5）")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0.05 <= options["beat"] <= 60:
            raise CommandError("--beat 要在 0.05 到 60 秒之间。")
        demand_tables()
        demand_guards()
        autodiscover_modules("tasks")  # the rooms register their daily jobs when imported
        Worker(beat=options["beat"]).serve()
