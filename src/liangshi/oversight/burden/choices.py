"""What a mentor fills in during a year: each form, its fields, how many seconds each field costs.

Which fields are compulsory, and their seconds, each room says itself (`COMPULSORY`). The seconds are estimates for
one filling-in on a phone; where a form is timed, the page shows the measured medians beside them. A form that mentors
meet and that is not here, or a field that is compulsory and not here, is a mistake that a test finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from liangshi.practice.growth.choices import COMPULSORY as GROWTH
from liangshi.practice.matching.choices import COMPULSORY as MATCHING
from liangshi.practice.needs.choices import COMPULSORY as RELATIONS
from liangshi.practice.talks.choices import COMPULSORY as TALKS

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
    """`times`: how often in a year for one mentee, an assumption that the page states. `timed`: how long it really
    takes is measured (`foundation.base.timing`)."""

    code: str
    label: str
    times: float
    assumption: str
    fields: tuple[Field, ...]
    timed: bool = False

    def field(self, code: str) -> Field | None:
        return next((field for field in self.fields if field.code == code), None)


def _fixed(seconds: dict[str, int], **labels: str) -> tuple[Field, ...]:
    """The fields that the room itself makes compulsory, with its own seconds. ValueError where one has no label."""
    if seconds.keys() != labels.keys():
        raise ValueError(f"compulsory are {sorted(seconds)}, named {sorted(labels)}")
    return tuple(Field(code, label, seconds[code], fixed=True) for code, label in labels.items())


FORMS: tuple[Form, ...] = (
    Form(
        "talk",
        "记一次谈话",
        6,
        "每名学生一年 6 次：开学、期中、期末前后各学期一次",
        (
            *_fixed(TALKS["talk"], students="学生", day="日期", mode="方式", strategies="策略"),
            Field("place", "地点", 8),
            Field("cause", "缘由", 4),
            Field("topics", "五项管理", 5),
            Field("gist", "谈了什么", 45),
            Field("agreed", "约定和下一步", 25),
            Field("next_on", "下次什么时候", 6),
        ),
        timed=True,
    ),
    Form(
        "void",
        "作废一次谈话，取消一次活动",
        0.1,
        "一位导师一年一两次",
        _fixed(TALKS["void"], reason="为什么作废"),
    ),
    Form(
        "note",
        "随手记",
        2,
        "用不用随您，按每名学生一年 2 条算",
        _fixed(TALKS["note"], student="关于谁", text="写一笔"),
    ),
    Form(
        "activity",
        "小组活动",
        0.2,
        "一位导师一年 3 次，一次记全组",
        _fixed(TALKS["activity"], name="名称", day="日期"),
    ),
    Form(
        "event",
        "上报重大变故",
        0.1,
        "一位导师一年一两次",
        _fixed(TALKS["event"], kind="发生了什么", student="关于谁"),
    ),
    Form(
        "goal",
        "和学生定目标",
        1,
        "每名学生一年请导师代填 1 次，其余由学生自己填",
        _fixed(GROWTH["goal"], text="目标", strategy="方面", owner="谁来推动", review_on="哪天回头看"),
        timed=True,
    ),
    Form(
        "goal_close",
        "回头看一个目标",
        1,
        "每名学生一年请导师代填 1 次，其余由学生自己填",
        _fixed(GROWTH["goal_close"], outcome="怎么样了", closing="一句话"),
    ),
    Form(
        "shine",
        "闪光点",
        1,
        "记不记随您，按每名学生一年 1 条算",
        _fixed(GROWTH["shine"], virtue="五育", text="看到了什么", on="哪一天"),
    ),
    Form("shine_void", "作废一个闪光点", 0.05, "很少用到", _fixed(GROWTH["shine_void"], reason="为什么作废")),
    Form(
        "answer",
        "双向选择时回应学生",
        1,
        "每名填报您的学生点一下；不回应算愿意",
        _fixed(MATCHING["answer"], verdict="愿意、一般或暂不合适"),
    ),
    Form(
        "need",
        "提出一名学生需要多位导师",
        0.05,
        "很少用到",
        _fixed(RELATIONS["need"], category="类别", strategies="希望哪些方面有协同导师", review_on="复核日期"),
    ),
)
