"""`liangshi audit verify`: walk every chain of the audit log."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liangshi.foundation.audit.queries import verify_all
from liangshi.foundation.base.tables import demand_tables


class Command(BaseCommand):
    help = "逐条核对审计日志的哈希链；有一处不符就以 1 退出"

    def handle(self, *args: Any, **options: Any) -> None:
        demand_tables()
        results = verify_all()
        breaks = [problem for _, problem in results.values() if problem]
        total = sum(count for count, _ in results.values())
        if breaks:
            for problem in breaks:
                self.stderr.write(f"链 {problem.chain} 第 {problem.seq} 条：{problem.what}。")
            raise CommandError(f"审计日志有 {len(breaks)} 处不符。请停止使用并联系管理员核查数据库。")
        self.stdout.write(f"审计日志完好：{len(results)} 条链，共 {total} 条记录，逐条相符。")
