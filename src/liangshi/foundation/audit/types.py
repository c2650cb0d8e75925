"""What can stand in the log. Every type has a Chinese label and says how personal data leaves it.

A room declares its types once, in its `audit.py`:  `ROSTER_APPLIED = declare("roster.applied", "导入名册", …)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Shown(Enum):
    """How much of an entry about a student stands on his page 「谁看过」, which his school's office reads."""

    ALL = "时间和人"
    MONTH = "只有月份和人"
    MONTH_ALONE = "只有月份"
    NOT = "不列出"


class Leaves(Enum):
    """How personal data leaves an entry when a person's data are erased."""

    NONE = "不含个人信息，无需清除"
    DETAIL = "清空明细，保留摘要"


@dataclass(frozen=True, slots=True)
class EntryType:
    code: str
    label: str
    leaves: Leaves
    is_read: bool = False
    shown: Shown = Shown.ALL
    glance: bool = False  # of a reading: names in passing, in a list or a form; written once a sitting


TYPES: dict[str, EntryType] = {}
LABELS: dict[str, str] = {}


def declare(
    code: str,
    label: str,
    leaves: Leaves,
    *,
    read: bool = False,
    shown: Shown = Shown.ALL,
    glance: bool = False,
) -> EntryType:
    """Register one entry type. `leaves` must be chosen, it has no default."""
    if code in TYPES:
        raise ValueError(f"audit type {code} is declared twice")
    entry_type = EntryType(code, label, leaves, read, shown, glance)
    TYPES[code] = entry_type
    LABELS[code] = label
    return entry_type
