"""What a mentor fills in during a year: each form, its fields, how many seconds each field costs.

The seconds are estimates for one filling-in on a phone; the page shows the measured medians beside them. A form
that mentors meet and that is not here, or a field that is compulsory and not here, is a mistake that a test finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

MENTEES = 15
DEFAULT_CAP = Decimal("6.0")  # hours a year for a mentor of 15


@dataclass(frozen=True, slots=True)
class Field:
    """`fixed`: compulsory everywhere, because the record means nothing without it."""

    code: str
    label: str
    seconds: int
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """`times`: how often in a year for one mentee, an assumption that the page states."""

    code: str
    label: str
    times: float
    assumption: str
    fields: tuple[Field, ...]

    def field(self, code: str) -> Field | None:
        return next((field for field in self.fields if field.code == code), None)


FORMS: tuple[Form, ...] = (
    Form(
        "talk",
        "记一次谈话",
        6,
        "每名学生一年 6 次：开学、期中、期末前后各学期一次",
        (
            Field("students", "学生", 4, fixed=True),
            Field("date", "日期", 1, fixed=True),
            Field("mode", "方式", 2, fixed=True),
            Field("strategies", "策略", 3, fixed=True),
            Field("place", "地点", 8),
            Field("cause", "缘由", 4),
            Field("topics", "五项管理", 5),
            Field("gist", "要点", 45),
            Field("agreed", "约定与下一步", 25),
            Field("next_on", "下次日期", 6),
        ),
    ),
)
