"""What a mentor fills in during a year: each form, its fields, how many seconds each field costs.

The seconds are estimates for one filling-in on a phone; the page shows the measured medians beside them. A form
that mentors meet and that is not here, or a field that is compulsory and not here, is a mistake that a test finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from liangshi.practice.talks.choices import COMPULSORY

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


def _fixed(form: str, labels: dict[str, str]) -> tuple[Field, ...]:
    """The fields that the room itself makes compulsory, with its own seconds."""
    return tuple(Field(code, labels[code], seconds, fixed=True) for code, seconds in COMPULSORY[form].items())


FORMS: tuple[Form, ...] = (
    Form(
        "talk",
        "记一次谈话",
        6,
        "每名学生一年 6 次：开学、期中、期末前后各学期一次",
        (
            *_fixed("talk", {"students": "学生", "day": "日期", "mode": "方式", "strategies": "策略"}),
            Field("place", "地点", 8),
            Field("cause", "缘由", 4),
            Field("topics", "五项管理", 5),
            Field("gist", "谈了什么", 45),
            Field("agreed", "约定和下一步", 25),
            Field("next_on", "下次什么时候", 6),
        ),
    ),
    Form(
        "activity",
        "小组活动",
        0.2,
        "一位导师一年 3 次，一次记全组",
        _fixed("activity", {"name": "名称", "day": "日期"}),
    ),
    Form(
        "goal",
        "和学生定目标",
        1,
        "每名学生一年请导师代填 1 次，其余由学生自己填",
        (Field("text", "目标", 20, fixed=True), Field("review_on", "复核日期", 5, fixed=True)),
    ),
    Form(
        "answer",
        "双向选择时回应学生",
        1,
        "每名填报您的学生点一下；不回应算愿意",
        (Field("verdict", "愿意、一般或暂不合适", 2, fixed=True),),
    ),
)
