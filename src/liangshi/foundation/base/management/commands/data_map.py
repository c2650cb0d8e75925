"""`liangshi data-map`: every text that is kept, with its class, as docs/data.md has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from liangshi.foundation.base.classes import OTHERS, TextColumn, class_of, plain_because, text_columns
from liangshi.foundation.base.sealed import SealedField

HEAD = """# 每一处文字的级别

由 `liangshi data-map > docs/data.md` 写出，不要手改。

- C0 公开，C1 校内，C2 涉及个人，C3 敏感，C4 严格限制。
- C3、C4 加密保存（密存）；数据库自己要比较的代码除外，原因写在旁边。
- 数字、日期、是否、谁和谁有关系（编号）不在表里，都是明文。
- 框架自己的表（会话、后台任务、登录失败）只有账号和编号，是 C1、C2。

| 表 | 文字 | 级别 | 保存 |
|---|---|---|---|
"""


def lines() -> Iterator[str]:
    """The rows of the table, of our own models; a column without a Chinese name is called as in the code."""
    for field in text_columns():
        if field.model._meta.app_label not in OTHERS:
            yield f"| {field.model._meta.label} | {_called(field)} | C{class_of(field) or 0:d} | {_kept(field)} |"


def _called(field: TextColumn) -> str:
    said = str(field.verbose_name)
    return f"`{field.name}`" if said.isascii() else f"{said} `{field.name}`"


def _kept(field: TextColumn) -> str:
    if isinstance(field, SealedField):
        return "密存"
    reason = plain_because(field)
    return f"明文：{reason}" if reason else "明文"


class Command(BaseCommand):
    help = "写出每一处文字的级别和保存方式（docs/data.md）"
    requires_system_checks: Any = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(HEAD + "\n".join(lines()))
