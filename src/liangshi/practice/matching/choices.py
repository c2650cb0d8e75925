"""Modes, aims and states of a round, and the table of its moves."""

from django.db.models import TextChoices

from liangshi.foundation.base.states import Moves

MAX_WISHES = 5
MAX_AVOID = 2


class Mode(TextChoices):
    WISHES = "wishes", "志愿优配"


class Aim(TextChoices):
    """What is made best once as few students as possible stay without a wish (values of `pairing.Aim`)."""

    SUM = "sum", "总体最优"
    GREEDY = "greedy", "第一志愿最多"
    GENEROUS = "generous", "兜底最稳"


class RoundState(TextChoices):
    DRAFT = "draft", "草稿"
    FEASIBLE = "feasible", "可行"
    OPEN = "open", "填报中"
    CLOSED = "closed", "截止"
    RUNNING = "running", "运算中"
    PROPOSED = "proposed", "提案"
    PUBLISHED = "published", "已公布"
    VOID = "void", "作废"


_S = RoundState
IN_PREPARATION = frozenset({_S.DRAFT, _S.FEASIBLE})
UNDER_WAY = frozenset({_S.OPEN, _S.CLOSED, _S.RUNNING, _S.PROPOSED})
FROZEN = frozenset({_S.CLOSED, _S.PROPOSED})  # the wishes are in, nothing is published, nothing computing
ANNOUNCED = UNDER_WAY | {_S.PUBLISHED}  # what students and teachers may know of

MOVES: Moves = {
    "edit": (IN_PREPARATION, _S.DRAFT),  # every change asks for a new proof
    "check": (IN_PREPARATION, _S.FEASIBLE),
    "open": (frozenset({_S.FEASIBLE}), _S.OPEN),
    "close": (frozenset({_S.OPEN}), _S.CLOSED),
    "run": (frozenset({_S.CLOSED, _S.RUNNING, _S.PROPOSED}), _S.RUNNING),  # RUNNING: after a killed worker
    "propose": (frozenset({_S.RUNNING}), _S.PROPOSED),
    "fail": (frozenset({_S.RUNNING}), _S.CLOSED),
    "reopen_input": (FROZEN, _S.CLOSED),
    "choose_aim": (FROZEN, _S.CLOSED),
    "publish": (frozenset({_S.PROPOSED}), _S.PUBLISHED),
    "void": (IN_PREPARATION | UNDER_WAY, _S.VOID),
}
MOVE_LABELS = {
    "edit": "修改设置",
    "check": "检查可行性",
    "open": "开启填报",
    "close": "截止",
    "run": "运算",
    "propose": "给出提案",
    "fail": "停止运算",
    "reopen_input": "更正志愿",
    "choose_aim": "换目标",
    "publish": "公布结果",
    "void": "作废",
}


class RunState(TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "运算中"
    DONE = "done", "完成"
    FAILED = "failed", "没有完成"
    DROPPED = "dropped", "已被新的运算取代"


UNFINISHED = frozenset({RunState.QUEUED, RunState.RUNNING})


class MoveReason(TextChoices):
    """Why the office gave one student another mentor than the computed one."""

    LODGING = "lodging", "照顾住宿安排"
    SPECIAL = "special", "特殊支持需要"
    RELATIVE = "relative", "亲属关系"
    AGREED = "agreed", "师生双方同意"
    TEACHING = "teaching", "任课班级调整"
    OTHER = "other", "其他（写一句）"


# What everybody may read; the others would tell something about a student or his family.
TOLD_REASONS = frozenset({MoveReason.LODGING, MoveReason.AGREED, MoveReason.TEACHING})
