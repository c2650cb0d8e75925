"""Whether the database has the tables that this version needs."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from liangshi.foundation.base.errors import DomainError


def demand_tables() -> None:
    """Raise DomainError `not_migrated` unless every migration has been applied."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise DomainError(
            "not_migrated", "数据表还没有建好，或不是这个版本的。请先运行 liangshi migrate，再运行这个命令。"
        )
