"""Whether the database has the tables that this version needs, guarded as they should be."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.postgresql.policies import demand_wall

DEMANDS: list[Callable[[], None]] = [demand_wall]


def demanded(demand: Callable[[], None]) -> Callable[[], None]:
    """Asked before a site or a worker starts; raises DomainError where the database is not as it should be."""
    DEMANDS.append(demand)
    return demand


def demand_guards() -> None:
    """Ask all of them."""
    for demand in DEMANDS:
        demand()


def demand_tables() -> None:
    """Raise DomainError `not_migrated` unless every migration has been applied."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise DomainError(
            "not_migrated", "数据表还没有建好，或不是这个版本的。请先运行 liangshi migrate，再运行这个命令。"
        )
